"""Formulas: chosen by name, such as ``"relu"`` for ``ReLU()``, and computed with floating arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray

__all__ = ["Formula", "as_floating", "resolve"]

T = TypeVar("T")


class Formula:
    """A formula with its settings (an activation, a loss, ...), which prints as the call that makes it.

    Examples
    --------
    >>> from mlpkit.activations import LeakyReLU
    >>> LeakyReLU(0.1)
    LeakyReLU(epsilon=0.1)
    """

    @property
    def settings(self) -> dict[str, Any]:
        """The arguments that make an equal formula, by name."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        return f"{type(self).__name__}({settings})"


def resolve(choice: T | str, registry: Mapping[str, type[T]], base: type) -> T:
    """Return `choice` itself, or a new object of the class that it names.

    Parameters
    ----------
    choice : object or str
        An instance of `base`, or a name in `registry`.
    registry : mapping of str to class
        The names on offer.
    base : type
        What every choice must be an instance of.

    Returns
    -------
    object
        An instance of `base`.

    Raises
    ------
    ValueError
        If `choice` is neither an instance of `base` nor a known name.

    Examples
    --------
    >>> from mlpkit.activations import ACTIVATIONS, Activation
    >>> resolve("relu", ACTIVATIONS, Activation)
    ReLU()
    """
    if isinstance(choice, base):
        return choice  # type: ignore[return-value]  # base is the common class of the registry's entries
    if isinstance(choice, str) and choice in registry:
        return registry[choice]()
    kind = base.__name__
    rule = f"{kind} expected an instance or one of the names {', '.join(sorted(registry))}"
    if isinstance(choice, type):
        raise ValueError(f"{rule}; got the class {choice.__name__}; create an instance: {choice.__name__}()")
    raise ValueError(f"{rule}; got {choice!r}; choose a name from the list or pass an instance")


def as_floating(values: ArrayLike) -> FloatArray:
    """Return `values` as a floating array, and an array that is one already as it is.

    Parameters
    ----------
    values : array_like
        Numbers of any shape.

    Returns
    -------
    ndarray
        The same array if its dtype is floating (float32 stays float32), else a float64 copy.

    Examples
    --------
    >>> as_floating([1, 2]).dtype
    dtype('float64')
    >>> as_floating(np.ones(2, dtype=np.float32)).dtype
    dtype('float32')
    """
    array = np.asarray(values)
    return array if array.dtype.kind == "f" else array.astype(np.float64)
