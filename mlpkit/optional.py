"""Packages that only some parts of the library need."""

from __future__ import annotations

import importlib.util
from typing import Any

__all__ = ["is_installed", "require"]

DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow"}
"""Packages that are installed under another name than they are imported."""


def require(module: str, purpose: str) -> Any:
    """Import a module of another package than numpy.

    Parameters
    ----------
    module : str
        The module.
    purpose : str
        What needs it, for the error message.

    Returns
    -------
    module

    Raises
    ------
    ModuleNotFoundError
        If its package is not installed; the message tells how to install it.

    Examples
    --------
    >>> require("perceptronics.models", "this example")
    Traceback (most recent call last):
        ...
    ModuleNotFoundError: this example needs the package perceptronics; install it: python -m pip install perceptronics
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != package:
            raise  # the package is there, but lacks something itself
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
