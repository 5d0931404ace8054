"""What every loss has: one number for how wrong the predictions are, and its gradient.

Predictions have the shape (batch, n_out), and the loss is a mean over the samples; those with one term for each output
take the mean over the outputs too. With weights, it is the weighted mean over the samples.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from mlpkit.activations import Activation
from mlpkit.arrays import ArrayLike, FloatArray, as_floating
from mlpkit.registry import Formula

__all__ = ["LogitLoss", "Loss"]


class Loss(Formula, ABC):
    """A differentiable measure of the distance between predictions and targets."""

    def __call__(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return the loss, the same as `forward`."""
        return self.forward(predictions, targets, weights)

    @abstractmethod
    def forward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return the loss.

        Parameters
        ----------
        predictions, targets : array_like of shape (batch, n_out)
            What the network says and what is right.
        weights : array_like of shape (batch,), optional
            How much each sample counts, all alike if not given; only their ratios matter.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If the shapes differ, or a weight is negative or not finite.
        """

    @abstractmethod
    def backward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
        """Return the gradient of the loss with respect to the predictions, of the same shape."""

    def check_targets(self, targets: ArrayLike, n_out: int) -> None:
        """Raise a ValueError if no network with `n_out` outputs could learn these targets."""

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

    def shares(self, predictions: FloatArray, weights: ArrayLike | None) -> FloatArray | float:
        """Return what each sample's mean counts: ``1 / batch``, or ``w_i / sum(w)`` of a shape that broadcasts."""
        if weights is None:
            return 1 / max(1, len(predictions) if predictions.ndim else 1)
        w = np.asarray(weights, predictions.dtype)
        if w.shape != predictions.shape[:1]:
            raise ValueError(
                f"{type(self).__name__} expected one weight for each sample, shape {predictions.shape[:1]}, "
                f"got {w.shape}; give weights of shape (batch,)"
            )
        total = float(w.sum())
        if not (w.min(initial=0) >= 0 and total < np.inf):
            raise ValueError(f"{type(self).__name__} expected finite weights that are not negative, got {w}")
        w = w / total if total else w  # a batch in which nothing counts has the loss 0
        return w.reshape(-1, *[1] * (predictions.ndim - 1))

    def mean(self, terms: FloatArray, weights: ArrayLike | None) -> float:
        """Return the mean over samples and outputs of one term for each, of shape (batch, n_out)."""
        if weights is None:
            return float(np.add.reduce(terms, axis=None)) / max(1, terms.size) + 0.0  # 0, never minus 0
        return float(np.sum(terms * self.shares(terms, weights))) * len(terms) / max(1, terms.size)

    def entry_shares(self, predictions: FloatArray, weights: ArrayLike | None) -> FloatArray | float:
        """Return the derivative of `mean` for each term, of a shape that broadcasts."""
        if weights is None:
            return 1 / max(1, predictions.size)
        return self.shares(predictions, weights) * (max(1, len(np.atleast_1d(predictions))) / max(1, predictions.size))


class LogitLoss(Loss):
    """A loss that is best computed from the pre-activations (logits) of the output layer.

    Attributes
    ----------
    output_activation : type of Activation
        The activation whose logits the loss takes.
    """

    output_activation: ClassVar[type[Activation]]

    @abstractmethod
    def forward_logits(self, logits: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return the loss of the predictions ``output_activation(logits)``, both of shape (batch, n_out)."""

    @abstractmethod
    def backward_logits(
        self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None
    ) -> FloatArray:
        """Return the gradient with respect to the logits, of shape (batch, n_out), from the predictions."""

    def both_from_logits(
        self, logits: FloatArray, predictions: FloatArray, targets: ArrayLike, weights: ArrayLike | None = None
    ) -> tuple[float, FloatArray]:
        """Return what `forward_logits` and `backward_logits` return, which may share their work.

        The targets may be taken for granted: `check_targets` has been called for them.
        """
        return self.forward_logits(logits, targets, weights), self.backward_logits(predictions, targets, weights)
