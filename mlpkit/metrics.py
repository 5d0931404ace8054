"""Metrics: measures of how good a network is, besides the loss that it minimizes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.losses import Loss
from mlpkit.registry import Formula, resolve
from mlpkit.stack import LayerStack

__all__ = ["METRICS", "R2", "Accuracy", "Metric", "evaluate"]


class Metric(Formula, ABC):
    """A number for how good predictions are; larger is better.

    Attributes
    ----------
    averages : bool
        Whether the metric of a set is the mean of those of its batches.
    """

    averages: ClassVar[bool] = True

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
    """The share of samples whose class is right.

    With several outputs, the class is that of the largest one, and targets are class numbers or one-hot rows. With a
    single output, the class is 1 from 0.5 on, and 0 below.

    Examples
    --------
    >>> Accuracy()([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]], [1, 2])
    0.5
    >>> Accuracy()([[0.2], [0.6]], [[0], [1]])
    1.0
    """

    def __call__(self, outputs: ArrayLike, targets: ArrayLike) -> float:
        """Return the share of samples whose class is right."""
        outputs, targets = np.asarray(outputs), np.asarray(targets)
        if outputs.shape[1] == 1:
            return float(np.mean((outputs >= 0.5) == (targets.reshape(outputs.shape) >= 0.5)))
        classes = targets if targets.ndim == 1 else targets.argmax(axis=1)
        return float(np.count_nonzero(outputs.argmax(axis=1) == classes)) / max(1, len(outputs))


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

    averages = False

    def __call__(self, outputs: ArrayLike, targets: ArrayLike) -> float:
        """Return the share of the variance that is explained."""
        outputs, targets = np.asarray(outputs, np.float64), np.asarray(targets, np.float64)
        targets = targets.reshape(outputs.shape)
        spread = float(np.sum((targets - targets.mean(axis=0)) ** 2))
        return 1 - float(np.sum((outputs - targets) ** 2)) / spread if spread else 0.0


METRICS: dict[str, type[Metric]] = {
    "accuracy": Accuracy,
    "r2": R2,
}
"""The metrics that have a name."""


def evaluate(
    model: LayerStack,
    X: FloatArray,
    y: NDArray[Any],
    loss: Loss,
    metrics: Iterable[str],
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
    metrics : iterable of str
        ``"loss"``, and names in `METRICS`.
    sample_weights : array_like of shape (m,), optional
        How much each sample counts in the loss.
    batch_size : int, default 1024
        How many samples are computed at a time.

    Returns
    -------
    dict of str to float
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
        for name in metrics:
            if name != "loss":
                results[name] = resolve(name, METRICS, Metric)(P, y)
            elif head is None:
                results[name] = loss.forward(P, y, sample_weights) + penalty
            else:
                results[name] = head[0].forward_logits(np.concatenate(logits), y, sample_weights) + penalty
    return results
