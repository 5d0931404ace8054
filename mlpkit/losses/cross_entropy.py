"""Losses for probabilities: binary and categorical cross-entropy, each also from logits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpkit.activations import Sigmoid, Softmax
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.losses.base import LogitLoss
from mlpkit.registry import as_floating

__all__ = ["BinaryCrossEntropy", "CrossEntropy"]


def _check_range(P: FloatArray, loss: str, activation: str, layer: object) -> None:
    """Raise a ValueError if predictions are not between 0 and 1."""
    if not (P.min(initial=0) >= 0 and P.max(initial=0) <= 1):
        found = f"the outputs of {layer}" if layer is not None else f"values from {P.min():g} to {P.max():g}"
        raise ValueError(
            f"{loss} expected probabilities between 0 and 1, got {found}; give the last layer activation={activation!r}"
        )


def _away_from_certainty(predictions: FloatArray) -> FloatArray:
    """Return the predictions, those nearer to 0 or 1 than the resolution of the dtype moved to that distance."""
    resolution = np.finfo(predictions.dtype).eps
    return np.clip(predictions, resolution, 1 - resolution)


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

    answers = "labels"
    output_activation = Sigmoid

    def forward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return ``-mean(Y ln P + (1 - Y) ln(1 - P))``."""
        P, Y = self.checked_arrays(predictions, targets)
        self.check_predictions(P)
        self.check_targets(Y, Y.size)
        P = _away_from_certainty(P)
        return self.mean((Y - 1) * np.log1p(-P) - Y * np.log(P), weights)

    def backward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
        """Return ``(P - Y) / (P (1 - P)) / P.size``."""
        P, Y = self.checked_arrays(predictions, targets)
        self.check_predictions(P)
        P = _away_from_certainty(P)
        return (P - Y) / (P * (1 - P)) * self.mean_gradient(P, weights)

    def forward_logits(self, logits: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return ``mean(max(Z, 0) - Z Y + ln(1 + exp(-|Z|)))``, exact for every size of logit."""
        Z, Y = self.checked_arrays(logits, targets)
        self.check_targets(Y, Y.size)
        return self._from_logits(Z, Y, weights)

    def backward_logits(
        self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None
    ) -> FloatArray:
        """Return ``(P - Y) / P.size``."""
        P, Y = self.checked_arrays(predictions, targets)
        return (P - Y) * self.mean_gradient(P, weights)

    def both_from_logits(
        self, logits: FloatArray, predictions: FloatArray, targets: ArrayLike, weights: ArrayLike | None = None
    ) -> tuple[float, FloatArray]:
        """Return loss and gradient."""
        P, Y = self.checked_arrays(predictions, targets)
        dZ = P - Y
        dZ *= self.mean_gradient(P, weights)
        return self._from_logits(logits, Y, weights), dZ

    @np.errstate(over="ignore", under="ignore", invalid="ignore")
    def _from_logits(self, Z: FloatArray, Y: FloatArray, weights: ArrayLike | None) -> float:
        loss = self.mean(np.logaddexp(0, Z) - Z * Y, weights)  # ln(exp(0) + exp(Z)), which cannot overflow
        if loss != loss:  # nan: an infinite logit that is right costs 0, not inf - inf
            largest = np.finfo(Z.dtype).max
            Z = np.clip(Z, -largest, largest)
            loss = self.mean(np.logaddexp(0, Z) - Z * Y, weights)
        return loss

    def check_targets(self, targets: ArrayLike, n_out: int) -> None:
        """Raise a ValueError if a target is not between 0 and 1."""
        Y = np.asarray(targets)
        if not (np.minimum.reduce(Y, None, initial=0) >= 0 and np.maximum.reduce(Y, None, initial=0) <= 1):
            raise ValueError(
                f"BinaryCrossEntropy expected targets between 0 and 1, got values from {Y.min():g} to {Y.max():g}; "
                "code the two answers as 0 and 1"
            )

    def check_predictions(self, predictions: FloatArray, layer: object = None) -> None:
        """Raise a ValueError if a prediction is not between 0 and 1."""
        _check_range(predictions, "BinaryCrossEntropy", "sigmoid", layer)


class CrossEntropy(LogitLoss):
    """Minus the log-likelihood of the right class, for classes that exclude each other.

    ``L = -mean_i(sum_j y_ij ln p_ij)`` over the samples. A network whose last activation is the softmax computes it
    from the logits ``Z``, where ``L = mean_i(ln(sum_j exp(z_ij)) - sum_j y_ij z_ij)`` loses no digits and the gradient
    is ``(P - Y) / batch``. From probabilities alone, those nearer to 0 than the resolution of the dtype count as that
    near, which keeps the loss finite.

    The targets are class numbers from 0, of shape (batch,), or rows that add up to 1, of shape (batch, n_classes):
    one-hot, or the probabilities of the classes. Some texts call the sum of one `BinaryCrossEntropy` for each class the
    cross-entropy; that is another loss.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", section 4.3.4, 2006.

    Examples
    --------
    >>> round(CrossEntropy()([[0.2, 0.5, 0.3]], [1]), 4)  # -ln 0.5
    0.6931
    >>> CrossEntropy()([[0.2, 0.5, 0.3]], [1]) == CrossEntropy()([[0.2, 0.5, 0.3]], [[0, 1, 0]])
    True
    >>> CrossEntropy().forward_logits([[0.0, 1000.0]], [0])
    1000.0
    """

    answers = "classes"
    output_activation = Softmax

    def forward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return ``-mean_i(sum_j y_ij ln p_ij)``."""
        P = self._probabilities(predictions)
        return self.mean(-self._at_targets(np.log(P), targets), weights)

    def backward(self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
        """Return ``-Y / P / batch``."""
        P = self._probabilities(predictions)
        return self._one_hot(P, targets) / P * -self.normalized_weights(P, weights)

    def forward_logits(self, logits: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return ``mean_i(ln(sum_j exp(z_ij)) - sum_j y_ij z_ij)``, exact for every size of logit."""
        Z = self._scores(logits)
        half = np.finfo(Z.dtype).max / 2
        Z = np.clip(Z, -half, half)  # infinite logits count as large ones, whose differences are finite
        with np.errstate(under="ignore"):
            Z = Z - np.maximum.reduce(Z, axis=1, keepdims=True)
            log_total = np.log(np.add.reduce(np.exp(Z), axis=1))
            return self.mean(log_total - self._at_targets(Z, targets), weights)

    def backward_logits(
        self, predictions: ArrayLike, targets: ArrayLike, weights: ArrayLike | None = None
    ) -> FloatArray:
        """Return ``(P - Y) / batch``."""
        P = self._scores(predictions)
        return (P - self._one_hot(P, targets)) * self.normalized_weights(P, weights)

    def both_from_logits(
        self, logits: FloatArray, predictions: FloatArray, targets: ArrayLike, weights: ArrayLike | None = None
    ) -> tuple[float, FloatArray]:
        """Return loss and gradient; for class numbers, both from the probability of the right class."""
        if weights is not None or np.shape(targets) != predictions.shape[:1]:
            return super().both_from_logits(logits, predictions, targets, weights)
        batch, n_classes = predictions.shape
        position = np.arange(0, batch * n_classes, n_classes) + np.asarray(targets).astype(np.intp, copy=False)
        right = predictions.reshape(-1).take(position)
        if not np.minimum.reduce(right, initial=1) > np.finfo(right.dtype).tiny:  # its logarithm has lost its digits
            return super().both_from_logits(logits, predictions, targets)
        dZ = predictions * (1 / max(1, batch))
        dZ.reshape(-1)[position] -= 1 / max(1, batch)
        return self.mean(-np.log(right), None), dZ

    def as_targets(self, y: NDArray[Any], n_out: int) -> NDArray[Any]:
        """Return the targets as they are: this loss takes class numbers."""
        return y

    def check_targets(self, targets: ArrayLike, n_out: int) -> None:
        """Raise a ValueError if the targets are neither class numbers below `n_out` nor rows that add up to 1."""
        Y = np.asarray(targets)
        self._one_hot(self._scores(np.empty((len(Y), n_out), np.float32)), Y)

    def check_predictions(self, predictions: FloatArray, layer: object = None) -> None:
        """Raise a ValueError if the predictions are not probabilities that add up to 1 in each row."""
        _check_range(predictions, "CrossEntropy", "softmax", layer)
        totals = np.add.reduce(predictions, axis=1, dtype=np.float64)
        if not np.allclose(totals, 1, rtol=0, atol=1e-3):
            found = f"sums from {totals.min():.4g} to {totals.max():.4g}"
            raise ValueError(
                "CrossEntropy expected probabilities that add up to 1 in each row, got "
                f"{f'the outputs of {layer}' if layer is not None else found}; give the last layer activation='softmax'"
            )

    def _probabilities(self, predictions: ArrayLike) -> FloatArray:
        P = self._scores(predictions)
        self.check_predictions(P)
        return _away_from_certainty(P)

    def _scores(self, predictions: ArrayLike) -> FloatArray:
        predictions = as_floating(predictions)
        if predictions.ndim != 2 or predictions.shape[1] < 2:
            raise ValueError(
                f"CrossEntropy expected predictions of shape (batch, n_classes) with at least two classes, "
                f"got {predictions.shape}; for one yes-or-no output use BinaryCrossEntropy()"
            )
        return predictions

    def _labels(self, P: FloatArray, targets: ArrayLike) -> NDArray[np.intp]:
        """Return class numbers, of shape (batch,), after checking them."""
        given = np.asarray(targets)
        labels = given.astype(np.intp, copy=False)
        if given.shape != P.shape[:1]:
            raise ValueError(
                f"CrossEntropy expected one class number for each of {len(P)} predictions, or rows of the shape "
                f"{P.shape}, got targets of shape {given.shape}; give one target for each prediction"
            )
        if given.dtype.kind not in "iu" and not np.array_equal(labels, given):
            raise ValueError(f"CrossEntropy expected whole class numbers, got {given.dtype} values; round them")
        if not (np.minimum.reduce(labels, initial=0) >= 0 and np.maximum.reduce(labels, initial=0) < P.shape[1]):
            raise ValueError(
                f"CrossEntropy expected class numbers from 0 to {P.shape[1] - 1}, got values from {labels.min()} to "
                f"{labels.max()}; number the classes from 0, or widen the last layer"
            )
        return labels

    def _one_hot(self, P: FloatArray, targets: ArrayLike) -> FloatArray:
        """Return the targets as rows that add up to 1, of the shape of `P`."""
        if np.ndim(targets) == 1:
            Y = np.zeros_like(P)
            Y[np.arange(len(P)), self._labels(P, targets)] = 1
            return Y
        _, Y = self.checked_arrays(P, targets)
        if not (Y.min(initial=0) >= 0 and np.allclose(np.add.reduce(Y, axis=1), 1, rtol=0, atol=1e-3)):
            raise ValueError(
                "CrossEntropy expected rows of targets that are probabilities and add up to 1; for classes that do "
                "not exclude each other use BinaryCrossEntropy()"
            )
        return Y

    def _at_targets(self, values: FloatArray, targets: ArrayLike) -> FloatArray:
        """Return ``sum_j y_ij v_ij`` for each row, of shape (batch,)."""
        if np.ndim(targets) == 1:
            chosen: FloatArray = values[np.arange(len(values)), self._labels(values, targets)]
            return chosen
        total: FloatArray = np.sum(self._one_hot(values, targets) * values, axis=1)
        return total
