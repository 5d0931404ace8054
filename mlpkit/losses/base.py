"""The base of all losses: one number for how wrong the predictions are, and its gradient.

Predictions have the shape (batch, n_out), and the loss is a mean over the samples; those with one term for each output
take the mean over the outputs too. With weights, it is the weighted mean over the samples.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from mlpkit.activations import Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.registry import Formula, as_floating

__all__ = ["LogitLoss", "Loss"]


class Loss(Formula, ABC):
    """A differentiable measure of the distance between predictions and targets.

    Attributes
    ----------
    answers : {"numbers", "labels", "classes"}
        What the targets are: numbers, yes-or-no answers, or classes that exclude each other. What accuracy means
        follows from it.
    """

    answers: ClassVar[Literal["numbers", "labels", "classes"]] = "numbers"

    def __call__(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return the loss, the same as `forward`."""
        return self.forward(predictions, targets, weights)

    @abstractmethod
    def forward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return the loss.

        Parameters
        ----------
        predictions, targets : array_like of shape (batch, n_out)
            The predictions of the network and the right answers.
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

    def check_predictions(self, predictions: FloatArray, layer: object = None) -> None:
        """Raise a ValueError if the loss is not defined for these predictions, of shape (batch, n_out).

        The message names the layer whose outputs they are, or, without one, their values.
        """

    def as_targets(self, y: NDArray[Any], n_out: int) -> NDArray[Any]:
        """Return targets in the form that this loss takes, for a network with `n_out` outputs.

        Rows stay as they are. Numbers of shape (m,) become a column for one output; classes become one-hot rows for
        several.

        Examples
        --------
        >>> from mlpkit.losses import MSE
        >>> MSE().as_targets(np.array([0, 2]), 3)
        array([[1., 0., 0.],
               [0., 0., 1.]])
        """
        if y.ndim != 1:
            return y
        if n_out == 1:
            return y.reshape(-1, 1)
        if y.dtype.kind not in "iub" or not 0 <= y.min(initial=0) <= y.max(initial=0) < n_out:
            raise ValueError(
                f"{type(self).__name__} expected targets of shape (m, {n_out}), or classes from 0 to {n_out - 1} of "
                f"shape (m,), got {y.dtype} of shape {y.shape}; give the last layer one output for each class or target"
            )
        one_hot: FloatArray = np.eye(n_out)[y.astype(np.intp)]
        return one_hot

    def checked_arrays(self, predictions: ArrayLike, targets: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return both as floating arrays of one dtype, after checking that the shapes agree."""
        predictions = as_floating(predictions)
        targets = np.asarray(targets, dtype=predictions.dtype)
        if targets.shape != predictions.shape:
            hint = "give one target for each prediction"
            if targets.ndim == 2 and targets.shape[1] == 1 and len(targets) == len(predictions):
                hint = "class numbers have the shape (m,): y.ravel()"
            elif targets.size == predictions.size:
                hint = f"reshape the targets: y.reshape({predictions.shape})"
            raise ValueError(
                f"{type(self).__name__} expected targets of the shape of the predictions, {predictions.shape}, "
                f"got {targets.shape}; {hint}"
            )
        return predictions, targets

    def normalized_weights(self, predictions: FloatArray, weights: ArrayLike | None) -> FloatArray | float:
        """Return each sample's weight in the mean: ``1 / batch``, or ``w_i / sum(w)`` of a shape that broadcasts."""
        if weights is None:
            return 1 / max(1, len(predictions) if predictions.ndim else 1)
        w = np.asarray(weights, np.float64)
        if w.shape != predictions.shape[:1]:
            raise ValueError(
                f"{type(self).__name__} expected one weight for each sample, shape {predictions.shape[:1]}, "
                f"got {w.shape}; give weights of shape (batch,)"
            )
        largest = float(w.max(initial=0))
        if not (w.min(initial=0) >= 0 and largest < np.inf):
            raise ValueError(f"{type(self).__name__} expected finite weights that are not negative, got {w}")
        if largest:  # else a batch of weight 0 has the loss 0
            w = w / largest  # so that the sum is finite
            w = w / np.add.reduce(w)
        return w.astype(predictions.dtype).reshape(-1, *[1] * (predictions.ndim - 1))

    def mean(self, terms: FloatArray, weights: ArrayLike | None) -> float:
        """Return the mean over samples and outputs of terms of shape (batch, n_out), added up in float64."""
        factor = 1
        if weights is not None:
            terms, factor = terms * self.normalized_weights(terms, weights), len(terms)
        total = float(np.add.reduce(terms, axis=None, dtype=np.float64)) * factor
        if math.isinf(total):  # the mean may be finite
            return float(np.add.reduce(terms * (factor / terms.size), axis=None, dtype=np.float64))
        return total / max(1, terms.size) + 0.0  # 0, never minus 0

    def mean_gradient(self, predictions: FloatArray, weights: ArrayLike | None) -> FloatArray | float:
        """Return the derivative of `mean` with respect to each term, of a shape that broadcasts."""
        if weights is None:
            return 1 / max(1, predictions.size)
        n_samples = max(1, len(np.atleast_1d(predictions)))
        return self.normalized_weights(predictions, weights) * (n_samples / max(1, predictions.size))


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
        """Return the results of `forward_logits` and `backward_logits`, which may share their work.

        The targets have passed `check_targets`.
        """
        return self.forward_logits(logits, targets, weights), self.backward_logits(predictions, targets, weights)
