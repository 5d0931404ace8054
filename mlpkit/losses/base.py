"""Losses: one number for how wrong the predictions are, and its gradient.

Predictions and targets have the same shape, (batch, n_out), and the loss is the mean over all entries: over the samples
and over the outputs. With one output that is the mean over the samples.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from mlpkit.activations import Activation, Sigmoid
from mlpkit.arrays import ArrayLike, FloatArray, as_floating
from mlpkit.registry import Formula

__all__ = ["LOSSES", "MSE", "BinaryCrossEntropy", "LogitLoss", "Loss"]


class Loss(Formula, ABC):
    """A differentiable measure of the distance between predictions and targets."""

    def __call__(self, predictions: ArrayLike, targets: ArrayLike) -> float:
        """Return the loss, the same as `forward`."""
        return self.forward(predictions, targets)

    @abstractmethod
    def forward(self, predictions: ArrayLike, targets: ArrayLike) -> float:
        """Return the loss.

        Parameters
        ----------
        predictions, targets : array_like of shape (batch, n_out)
            What the network says and what is right.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If the shapes differ.
        """

    @abstractmethod
    def backward(self, predictions: ArrayLike, targets: ArrayLike) -> FloatArray:
        """Return the gradient of the loss with respect to the predictions, of the same shape."""

    def matched(self, predictions: ArrayLike, targets: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return both as floating arrays of one dtype, after checking that the shapes agree."""
        predictions = as_floating(predictions)
        targets = np.asarray(targets, dtype=predictions.dtype)
        if targets.shape != predictions.shape:
            hint = "give one target for each prediction"
            if targets.size == predictions.size:
                hint = f"reshape the targets: y.reshape({predictions.shape})"
            raise ValueError(
                f"{type(self).__name__} expected targets of the shape of the predictions, {predictions.shape}, "
                f"got {targets.shape}; {hint}"
            )
        return predictions, targets


class LogitLoss(Loss):
    """A loss that is best computed from the pre-activations (logits) of the output layer.

    Attributes
    ----------
    output_activation : type of Activation
        The activation whose logits the loss takes.
    """

    output_activation: ClassVar[type[Activation]]

    @abstractmethod
    def forward_logits(self, logits: ArrayLike, targets: ArrayLike) -> float:
        """Return the loss of the predictions ``output_activation(logits)``, both of shape (batch, n_out)."""

    @abstractmethod
    def backward_logits(self, predictions: ArrayLike, targets: ArrayLike) -> FloatArray:
        """Return the gradient with respect to the logits, of shape (batch, n_out), from the predictions."""


class MSE(Loss):
    """Mean squared error, for regression.

    ``L = mean((P - Y)^2)`` over samples and outputs, with the gradient ``2 (P - Y) / P.size``. Texts differ in the
    convention: some halve the loss, so that the 2 disappears from the gradient.

    Parameters
    ----------
    half : bool, default False
        Whether to use the convention with the factor 1/2, ``L = mean((P - Y)^2) / 2``.

    Examples
    --------
    >>> MSE()([[5.0]], [[2.0]])
    9.0
    >>> MSE(half=True)([[5.0]], [[2.0]])
    4.5
    >>> MSE().backward([[5.0]], [[2.0]])
    array([[6.]])
    """

    def __init__(self, *, half: bool = False) -> None:
        self.half = half

    def forward(self, predictions: ArrayLike, targets: ArrayLike) -> float:
        """Return ``mean((P - Y)^2)``, halved if `half`; inf where the square overflows."""
        predictions, targets = self.matched(predictions, targets)
        with np.errstate(over="ignore", under="ignore"):  # a diverging model has the loss inf, and may say so quietly
            loss = float(np.mean((predictions - targets) ** 2))
        return loss / 2 if self.half else loss

    def backward(self, predictions: ArrayLike, targets: ArrayLike) -> FloatArray:
        """Return ``2 (P - Y) / P.size``, without the 2 if `half`."""
        predictions, targets = self.matched(predictions, targets)
        factor = 1 if self.half else 2
        return (predictions - targets) * (factor / predictions.size)


class BinaryCrossEntropy(LogitLoss):
    """Minus the log-likelihood of yes-or-no answers, for one or several independent probabilities.

    ``L = -mean(Y ln P + (1 - Y) ln(1 - P))`` over samples and outputs. A network whose last activation is the sigmoid
    computes it from the logits ``Z``, where ``L = mean(max(Z, 0) - Z Y + ln(1 + exp(-|Z|)))`` loses no digits and the
    gradient is ``(P - Y) / P.size``. From probabilities alone, those nearer to 0 or 1 than the resolution of the dtype
    count as that near, which keeps the loss finite.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", section 4.3.2, 2006.

    Examples
    --------
    >>> round(BinaryCrossEntropy()([[0.8], [0.4]], [[1], [0]]), 4)  # (-ln 0.8 - ln 0.6) / 2
    0.367
    >>> BinaryCrossEntropy().forward_logits([[1000.0]], [[0]])
    1000.0
    """

    output_activation = Sigmoid

    def forward(self, predictions: ArrayLike, targets: ArrayLike) -> float:
        """Return ``-mean(Y ln P + (1 - Y) ln(1 - P))``."""
        P, Y = self._probabilities(predictions, targets)
        self._check_targets(Y)
        return -float(np.mean(Y * np.log(P) + (1 - Y) * np.log1p(-P)))

    def backward(self, predictions: ArrayLike, targets: ArrayLike) -> FloatArray:
        """Return ``(P - Y) / (P (1 - P)) / P.size``."""
        P, Y = self._probabilities(predictions, targets)
        return (P - Y) / (P * (1 - P) * P.size)

    def forward_logits(self, logits: ArrayLike, targets: ArrayLike) -> float:
        """Return ``mean(max(Z, 0) - Z Y + ln(1 + exp(-|Z|)))``, exact for every size of logit."""
        Z, Y = self.matched(logits, targets)
        self._check_targets(Y)
        largest = np.finfo(Z.dtype).max
        Z = np.clip(Z, -largest, largest)  # an infinite logit that is right costs 0, not inf - inf
        with np.errstate(over="ignore", under="ignore"):
            return float(np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))))

    def backward_logits(self, predictions: ArrayLike, targets: ArrayLike) -> FloatArray:
        """Return ``(P - Y) / P.size``."""
        P, Y = self.matched(predictions, targets)
        return (P - Y) / P.size

    @staticmethod
    def _check_targets(Y: FloatArray) -> None:
        if not (Y.min(initial=0) >= 0 and Y.max(initial=0) <= 1):
            raise ValueError(
                f"BinaryCrossEntropy expected targets between 0 and 1, got values from {Y.min():g} to {Y.max():g}; "
                "code the two answers as 0 and 1"
            )

    def _probabilities(self, predictions: ArrayLike, targets: ArrayLike) -> tuple[FloatArray, FloatArray]:
        P, Y = self.matched(predictions, targets)
        if not (P.min(initial=0) >= 0 and P.max(initial=0) <= 1):
            raise ValueError(
                f"BinaryCrossEntropy expected probabilities between 0 and 1, got values from {P.min():g} to "
                f"{P.max():g}; end the network with activation=Sigmoid()"
            )
        resolution = np.finfo(P.dtype).eps
        return np.clip(P, resolution, 1 - resolution), Y


LOSSES: dict[str, type[Loss]] = {
    "mse": MSE,
    "binary_cross_entropy": BinaryCrossEntropy,
}
