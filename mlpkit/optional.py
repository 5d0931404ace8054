"""Packages that only some parts of the library need."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["is_installed", "needed_by"]

DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow"}
"""Packages that are installed under another name than they are imported."""


@contextmanager
def needed_by(purpose: str) -> Iterator[None]:
    """Tell how to install a package that the imports in this block do not find.

    Parameters
    ----------
    purpose : str
        The part of the library that needs them, for the error message.

    Raises
    ------
    ModuleNotFoundError
        If a package is not installed.

    Examples
    --------
    >>> with needed_by("this example"):
    ...     import perceptronics
    Traceback (most recent call last):
        ...
    ModuleNotFoundError: this example needs the package perceptronics; install it: python -m pip install perceptronics
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        name = DISTRIBUTIONS.get(package, package)
        raise ModuleNotFoundError(
            f"{purpose} needs the package {name}; install it: python -m pip install {name}", name=error.name
        ) from None


def is_installed(package: str) -> bool:
    """Return whether a package can be found, without importing it."""
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):  # it is kept from being imported
        return False
