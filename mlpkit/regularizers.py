"""Regularizers: a penalty on large weights or activities, added to the loss."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.registry import Formula

__all__ = ["L1", "L2", "REGULARIZERS", "Regularizer"]


class Regularizer(Formula, ABC):
    """A penalty on the size of numbers.

    Parameters
    ----------
    strength : float, default 0.01
        The factor in front of the penalty.

    Raises
    ------
    ValueError
        If `strength` is negative or not finite.
    """

    def __init__(self, strength: float = 0.01) -> None:
        if not 0 <= strength < math.inf:
            raise ValueError(
                f"{type(self).__name__} expected a strength that is finite and not negative, got {strength}; "
                "choose another, such as 0.01"
            )
        self.strength = float(strength)  # a numpy float64 would upcast float32 arrays

    @abstractmethod
    def penalty(self, values: FloatArray) -> float:
        """Return the penalty on an array of any shape."""

    @abstractmethod
    def gradient(self, values: FloatArray) -> FloatArray:
        """Return the derivative of the penalty for each entry of `values`."""


class L1(Regularizer):
    """The sum of absolute values, which pushes weights to exactly zero.

    ``R(w) = strength sum |w|`` with the gradient ``strength sign(w)``.

    References
    ----------
    R. Tibshirani, "Regression shrinkage and selection via the lasso", 1996.

    Examples
    --------
    >>> L1(0.5).penalty(np.array([2.0, -4.0]))
    3.0
    >>> L1(0.5).gradient(np.array([2.0, -4.0]))
    array([ 0.5, -0.5])
    """

    def penalty(self, values: FloatArray) -> float:
        """Return ``strength sum |w|``."""
        return self.strength * float(np.abs(values).sum())

    def gradient(self, values: FloatArray) -> FloatArray:
        """Return ``strength sign(w)``, which is 0 at the kink."""
        return self.strength * np.sign(values)


class L2(Regularizer):
    """The sum of squares, which keeps weights small.

    ``R(w) = strength sum w^2`` with the gradient ``2 strength w``. Texts differ in the convention: some halve it.

    References
    ----------
    A. E. Hoerl and R. W. Kennard, "Ridge regression: biased estimation for nonorthogonal problems", 1970.

    A. Krogh and J. A. Hertz, "A simple weight decay can improve generalization", 1992.

    Examples
    --------
    >>> L2(0.5).penalty(np.array([2.0, -4.0]))
    10.0
    >>> L2(0.5).gradient(np.array([2.0, -4.0]))
    array([ 2., -4.])
    """

    def penalty(self, values: FloatArray) -> float:
        """Return ``strength sum w^2``."""
        return self.strength * float(np.square(values).sum())

    def gradient(self, values: FloatArray) -> FloatArray:
        """Return ``2 strength w``."""
        return (2 * self.strength) * values


REGULARIZERS: dict[str, type[Regularizer]] = {
    "l1": L1,
    "l2": L2,
}
"""The regularizers that have a name."""
