"""Metrics: measures of how good a network is, besides the loss that it minimizes."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import ArrayLike, FloatArray, magnitude
from mlpkit.losses import Loss
from mlpkit.registry import Formula
from mlpkit.stack import LayerStack

__all__ = ["METRICS", "R2", "Accuracy", "BinaryAccuracy", "Metric", "MetricLike", "evaluate"]


class Metric(Formula, ABC):
    """A number for how good predictions are.

    Attributes
    ----------
    larger_is_better : bool, default True
        The direction; a subclass that measures an error sets it to False. None if it is not known, as for a function
        without such an attribute.
    averages : bool, default False
        Whether the metric of a set is the mean of those of its batches; training then need not go over its set again.
    """

    larger_is_better: bool | None = True
    averages: bool = False

    @property
    def name(self) -> str:
        """What a history calls it, which is the name of the class, ``"top_k"`` for ``TopK``."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()

    def check_targets(self, targets: NDArray[Any], n_out: int) -> None:
        """Raise a ValueError if the metric means nothing for such targets of a network with `n_out` outputs."""

    @abstractmethod
    def __call__(self, outputs: ArrayLike, targets: ArrayLike) -> float:
        """Return the metric.

        Parameters
        ----------
        outputs : array_like of shape (batch, n_out)
            The predictions of the network.
        targets : array_like of shape (batch,) or (batch, n_out)
            The right answers, as the losses take them.
        """


class Accuracy(Metric):
    """The share of samples whose class is right, for classes that exclude each other.

    With several outputs, the class is that of the largest one, and targets are class numbers or rows that add up to 1.
    With a single output, the class is 1 from 0.5 on, and 0 below.

    Examples
    --------
    >>> Accuracy()([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]], [1, 2])
    0.5
    >>> Accuracy()([[0.2], [0.6]], [[0], [1]])
    1.0
    """

    averages = True

    def __call__(self, outputs: ArrayLike, targets: ArrayLike) -> float:
        """Return the share of samples whose class is right."""
        outputs, targets = np.asarray(outputs), np.asarray(targets)
        if outputs.shape[1] == 1:
            return BinaryAccuracy()(outputs, targets)
        classes = targets if targets.ndim == 1 else targets.argmax(axis=1)
        return float(np.count_nonzero(outputs.argmax(axis=1) == classes)) / max(1, len(outputs))

    def check_targets(self, targets: NDArray[Any], n_out: int) -> None:
        """Raise a ValueError if the targets are no classes."""
        if n_out == 1:
            BinaryAccuracy().check_targets(targets, n_out)
        elif targets.ndim == 2 and not np.allclose(targets.sum(axis=1), 1, rtol=0, atol=1e-3):
            raise ValueError(
                "Accuracy expected class numbers, or rows of targets that add up to 1, got other rows; for several "
                "labels a sample use BinaryAccuracy(), for regression R2()"
            )


class BinaryAccuracy(Metric):
    """The share of answers that are right, for yes-or-no answers that do not exclude each other.

    An output says yes from 0.5 on, and each counts by itself: with several outputs, a sample of which some are right
    counts in part. It is the ``"accuracy"`` of a network that is trained with `BinaryCrossEntropy`, and Keras'
    ``BinaryAccuracy``; what scikit-learn's ``accuracy_score`` returns for several labels is the share of samples all
    of whose labels are right.

    Examples
    --------
    >>> BinaryAccuracy()([[0.9, 0.2, 0.7], [0.4, 0.4, 0.1]], [[1, 0, 1], [1, 0, 0]])  # 5 of 6
    0.8333333333333334
    """

    averages = True

    def __call__(self, outputs: ArrayLike, targets: ArrayLike) -> float:
        """Return the share of answers that are right."""
        outputs, targets = np.asarray(outputs), np.asarray(targets)
        right = (outputs >= 0.5) == (targets.reshape(outputs.shape) >= 0.5)
        return float(np.count_nonzero(right)) / max(1, outputs.size)

    def check_targets(self, targets: NDArray[Any], n_out: int) -> None:
        """Raise a ValueError if the targets are no yes-or-no answers."""
        if targets.ndim == 1 and n_out > 1:
            raise ValueError(
                f"BinaryAccuracy expected targets of shape (m, {n_out}), one answer for each output, got class numbers "
                f"of shape {targets.shape}; for classes that exclude each other use Accuracy()"
            )
        low, high = np.min(targets, initial=0), np.max(targets, initial=0)
        if not (low >= 0 and high <= 1):
            raise ValueError(
                f"Accuracy expected yes-or-no answers, targets between 0 and 1, got values from {low:g} to {high:g}; "
                "for regression use R2()"
            )


class R2(Metric):
    """The coefficient of determination: the share of the targets' variance that the predictions explain.

    ``1 - sum((P - Y)^2) / sum((Y - mean(Y))^2)``, with the mean of each column; 1 is perfect, 0 is as good as always
    predicting the mean. Targets that do not vary have the value 0.

    References
    ----------
    S. Wright, "Correlation and causation", 1921.

    Examples
    --------
    >>> R2()([[1.0], [2.0], [2.0]], [[1.0], [2.0], [3.0]])
    0.5
    """

    def __call__(self, outputs: ArrayLike, targets: ArrayLike) -> float:
        """Return the share of the variance that is explained."""
        outputs, targets = np.asarray(outputs, np.float64), np.asarray(targets, np.float64)
        unit = max(magnitude(outputs), magnitude(targets))  # the share has none
        outputs, targets = outputs / unit, targets.reshape(outputs.shape) / unit
        spread = float(np.sum((targets - targets.mean(axis=0)) ** 2))
        return 1 - float(np.sum((outputs - targets) ** 2)) / spread if spread else 0.0

    def check_targets(self, targets: NDArray[Any], n_out: int) -> None:
        """Raise a ValueError for class numbers."""
        if targets.ndim == 1 and n_out > 1:
            raise ValueError(
                f"R2 expected numbers to predict, of shape (m, {n_out}), got class numbers of shape {targets.shape}; "
                "for classes use Accuracy()"
            )


class FunctionMetric(Metric):
    """A function of outputs and targets as a metric, under its own name; its direction is unknown unless it says so."""

    def __init__(self, function: Callable[[FloatArray, NDArray[Any]], float]) -> None:
        self.function = function
        self.larger_is_better = getattr(function, "larger_is_better", None)

    @property
    def name(self) -> str:
        """The name of the function."""
        return str(self.function.__name__)

    def __call__(self, outputs: ArrayLike, targets: ArrayLike) -> float:
        """Return what the function returns."""
        return self.function(np.asarray(outputs), np.asarray(targets))


METRICS: dict[str, type[Metric]] = {
    "accuracy": Accuracy,
    "binary_accuracy": BinaryAccuracy,
    "r2": R2,
}
"""The metrics that have a name."""

MetricLike: TypeAlias = str | Metric | Callable[[FloatArray, NDArray[Any]], float]
"""What ``metrics=[...]`` may hold. This is a name, a metric, or a function of outputs and targets that has a name."""


def evaluate(
    model: LayerStack,
    X: FloatArray,
    y: NDArray[Any],
    loss: Loss,
    metrics: Mapping[str, Metric | None],
    *,
    sample_weights: ArrayLike | None = None,
    batch_size: int = 1024,
) -> dict[str, float]:
    """Return the loss and other metrics of a whole set, computed `batch_size` samples at a time.

    Parameters
    ----------
    model : MLP
        The network, which behaves as outside of training.
    X, y : ndarray of shape (m, n_in) and (m,) or (m, n_out)
        The set.
    loss : Loss
        The loss; the penalties of regularizers are added to it, as in training.
    metrics : mapping of str to Metric or None
        What to compute, by name; None stands for the loss.
    sample_weights : array_like of shape (m,), optional
        How much each sample counts in the loss.
    batch_size : int, default 1024
        How many samples are computed at a time.

    Returns
    -------
    dict of str to float

    Raises
    ------
    ValueError
        If a metric is no number.
    """
    outputs, logits, penalty = [], [], 0.0
    head = model.logits_head(loss)
    with np.errstate(all="ignore"):  # a network that has diverged may say so in numbers
        for start in range(0, max(1, len(X)), batch_size):
            batch = X[start : start + batch_size]
            outputs.append(model.forward(batch))
            if head is not None:
                logits.append(head[1].Z)
            penalty += model.penalty() * max(1, len(batch)) / max(1, len(X))
        P, results = np.concatenate(outputs), {}
        for name, metric in metrics.items():
            if metric is not None:
                results[name] = _number(metric(P, y), name)
            elif head is None:
                results[name] = loss.forward(P, y, sample_weights) + penalty
            else:
                results[name] = head[0].forward_logits(np.concatenate(logits), y, sample_weights) + penalty
    return results


def _number(value: Any, name: str) -> float:
    if np.ndim(value) or np.asarray(value).dtype.kind not in "biuf":
        raise ValueError(f"the metric {name} should return one number, got {value!r}; take a mean over the samples")
    return float(value)
