"""Losses for numbers: mean squared error, its root, and mean absolute error."""

from __future__ import annotations

import math

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray, magnitude
from mlpkit.losses.base import Loss

__all__ = ["MAE", "MSE", "RMSE"]


class MSE(Loss):
    """Mean squared error, for regression.

    ``L = mean((P - Y)^2)`` over samples and outputs, with the gradient ``2 (P - Y) / P.size``. Texts differ in the
    convention: some halve the loss, so that the 2 disappears from the gradient; some sum over the outputs.

    Parameters
    ----------
    half : bool, default False
        Whether to use the convention with the factor 1/2, ``L = mean((P - Y)^2) / 2``.

    References
    ----------
    C. F. Gauss, "Theoria combinationis observationum erroribus minimis obnoxiae", 1823.

    Examples
    --------
    >>> MSE()([[5.0]], [[2.0]])
    9.0
    >>> MSE(half=True)([[5.0]], [[2.0]])
    4.5
    >>> MSE().backward([[5.0]], [[2.0]])
    array([[6.]])
    >>> MSE()([[5.0], [2.0]], [[2.0], [2.0]], weights=[1, 2])  # (1 * 9 + 2 * 0) / (1 + 2)
    3.0
    """

    def __init__(self, *, half: bool = False) -> None:
        self.half = half

    def forward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return ``mean((P - Y)^2)``, halved if `half`; inf where the square overflows."""
        predictions, targets = self.checked_arrays(predictions, targets)
        with np.errstate(over="ignore", under="ignore"):  # a diverging model has the loss inf, and may say so quietly
            loss = self.mean(np.square(predictions - targets), weights)
        return loss / 2 if self.half else loss

    def backward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
        """Return ``2 (P - Y) / P.size``, without the 2 if `half`."""
        predictions, targets = self.checked_arrays(predictions, targets)
        factor = 1 if self.half else 2
        return (predictions - targets) * (factor * self.mean_gradient(predictions, weights))


class RMSE(Loss):
    """Root mean squared error, for regression: like `MSE`, in the unit of the targets.

    ``L = sqrt(mean((P - Y)^2))`` over samples and outputs, with the gradient ``(P - Y) / (P.size L)``, taken as 0
    where all predictions are right. The mean is that of the whole batch: over several batches, the mean of their
    losses is another number.

    Examples
    --------
    >>> RMSE()([[5.0]], [[2.0]])
    3.0
    >>> RMSE().backward([[5.0]], [[2.0]])
    array([[1.]])
    """

    def forward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return ``sqrt(mean((P - Y)^2))``."""
        _, root, unit = self._in_units(predictions, targets, weights)
        return root * unit

    def backward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
        """Return ``(P - Y) / (P.size L)``."""
        errors, root, _ = self._in_units(predictions, targets, weights)
        return errors * self.mean_gradient(errors, weights) / (root or 1.0)

    def _in_units(
        self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None
    ) -> tuple[FloatArray, float, float]:
        """Return the errors and the loss, divided by a unit that keeps squares from overflowing, and the unit."""
        predictions, targets = self.checked_arrays(predictions, targets)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            errors = predictions - targets
            unit = magnitude(errors)
            errors = errors / unit
            return errors, math.sqrt(self.mean(np.square(errors), weights)), unit


class MAE(Loss):
    """Mean absolute error, for regression with outliers: a large error counts no more than its size.

    ``L = mean(|P - Y|)`` over samples and outputs, with the gradient ``sign(P - Y) / P.size``, 0 at the kink.

    References
    ----------
    R. J. Boscovich, "De litteraria expeditione per pontificiam ditionem", 1757.

    Examples
    --------
    >>> MAE()([[5.0], [1.0]], [[2.0], [2.0]])
    2.0
    >>> MAE().backward([[5.0], [1.0]], [[2.0], [2.0]])
    array([[ 0.5],
           [-0.5]])
    """

    def forward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return ``mean(|P - Y|)``."""
        predictions, targets = self.checked_arrays(predictions, targets)
        with np.errstate(over="ignore"):
            return self.mean(np.abs(predictions - targets), weights)

    def backward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
        """Return ``sign(P - Y) / P.size``."""
        predictions, targets = self.checked_arrays(predictions, targets)
        return np.sign(predictions - targets) * self.mean_gradient(predictions, weights)
