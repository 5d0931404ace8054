"""What a zygote loads beforehand, so that its forks need not."""

from __future__ import annotations

import re
from collections.abc import Iterable

ALWAYS = ("numpy", "numpy.random", "numpy.testing", "autograder.execute.capture:warm_up")
"""What nearly every notebook uses: modules to import and functions to call."""
SLOW = {
    "matplotlib": ("matplotlib.pyplot", "matplotlib.backends.backend_agg"),
    "pandas": ("pandas",),
    "scipy": ("scipy.stats", "scipy.optimize"),
    "seaborn": ("seaborn",),
    "sklearn": ("sklearn.base", "sklearn.linear_model"),
    "sympy": ("sympy",),
}
"""Packages whose import takes longer than most cells, and the modules that bring most of each.

None of them starts a thread when it is imported: a fork would be without it.
"""


def slow_modules(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the modules of slow packages that are named anywhere in these texts.

    A name that stands in a comment only costs one import too many; what is not found here is
    imported by each submission by itself.
    """
    words = {word for source in sources for word in re.findall(r"\w+", source)}
    return tuple(module for package, modules in SLOW.items() if package in words for module in modules)
