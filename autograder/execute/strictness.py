"""Whether numpy's floating-point problems and warnings are errors, carried from a test to the code it calls.

A test says ``with np.errstate(over="raise")`` around a call; the call happens in another process.
"""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


def strictness() -> list[Any]:
    """Return the state in force here: numpy's, and the built-in categories of warnings that are errors."""
    strict = []
    for action, message, category, module, line in warnings.filters:
        name = getattr(category, "__name__", "")
        if action == "error" and not (message or module or line) and name in vars(builtins):
            strict.append(name)
    return [dict(np.geterr()), strict]


@contextmanager
def strict(state: list[Any]) -> Iterator[None]:
    """Put a state of `strictness` in force."""
    numpy_state, categories = state
    with np.errstate(**numpy_state), warnings.catch_warnings():
        for name in categories:
            warnings.simplefilter("error", getattr(builtins, name))
        yield
