"""The sets that a training run works with, and their mini-batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import ArrayLike, DTypeLike, FloatArray
from mlpkit.losses import CrossEntropy, Loss

__all__ = ["Batch", "DatasetLike", "MiniBatches", "TrainingData", "as_arrays", "as_targets"]

Batch: TypeAlias = tuple[FloatArray, NDArray[Any], FloatArray | None]
"""Inputs (batch, n_in), targets (batch,) or (batch, n_out), and weights (batch,) or None."""


class DatasetLike(Protocol):
    """What `MLP.train` needs of a dataset, such as `mlpkit.Dataset`."""

    X_train: FloatArray
    y_train: NDArray[Any]
    X_test: FloatArray
    y_test: NDArray[Any]
    n_classes: int | None
    batch_size: int

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[FloatArray, NDArray[Any]]]:
        """Yield mini-batches of the shuffled training set."""


class MiniBatches:
    """Arrays, from which mini-batches are taken in a new order each epoch.

    Parameters
    ----------
    X, y : ndarray of shape (m, n_in) and (m,) or (m, n_out)
        Inputs and targets.
    weights : ndarray of shape (m,) or None
        How much each sample counts.
    batch_size : int
        How many samples a batch has; the last one has what is left.
    """

    def __init__(self, X: FloatArray, y: NDArray[Any], weights: FloatArray | None, batch_size: int) -> None:
        self.X, self.y, self.weights, self.batch_size = X, y, weights, batch_size

    def __call__(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield the batches of one epoch: copies of the rows that a permutation names."""
        order = rng.permutation(len(self.X))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            weights = None if self.weights is None else self.weights.take(rows)
            yield self.X.take(rows, axis=0), self.y.take(rows, axis=0), weights


class TrainingData:
    """The training, validation and test set of a run.

    Parameters
    ----------
    data : DatasetLike or pair of array_like
        A dataset, or inputs and targets.
    batch_size : int or None
        Samples a batch; that of the dataset, or 32, if None.
    validation_split : float
        The share of the training set that is held out.
    sample_weights : array_like of shape (m,) or None
        How much each sample of the training set counts.
    dtype : dtype
        That of the network.
    rng : numpy.random.Generator
        Draws what is held out.

    Attributes
    ----------
    train : tuple of ndarray
        Inputs, targets, and weights or None.
    held_out : dict of str to tuple of ndarray
        Inputs and targets of the sets ``"validation"`` and ``"test"``, as far as there are any.

    Raises
    ------
    ValueError
        If the arrays do not fit together, or a setting is out of its range.
    """

    def __init__(
        self,
        data: DatasetLike | tuple[ArrayLike, ArrayLike],
        batch_size: int | None,
        validation_split: float,
        sample_weights: ArrayLike | None,
        dtype: DTypeLike,
        rng: np.random.Generator,
    ) -> None:
        self.held_out: dict[str, tuple[FloatArray, NDArray[Any]]] = {}
        self._dataset: DatasetLike | None = None
        if isinstance(data, (tuple, list)):
            X, y = as_arrays(data, dtype)
            self.batch_size = 32 if batch_size is None else batch_size
        else:
            if not all(hasattr(data, name) for name in ("X_train", "y_train", "X_test", "batches", "batch_size")):
                raise ValueError(
                    f"MLP.train expected a dataset or a pair (X, y) of arrays, got {type(data).__name__}; "
                    "give it a Dataset(...), or model.train((X, y), ...)"
                )
            X, y = data.X_train, data.y_train
            self.batch_size = data.batch_size if batch_size is None else batch_size
            if len(data.X_test):
                self.held_out["test"] = data.X_test, data.y_test
            if not validation_split and sample_weights is None and self.batch_size == data.batch_size:
                self._dataset = data
        if self.batch_size < 1:
            raise ValueError(f"MLP.train expected a batch_size of at least 1, got {self.batch_size}")
        weights = None if sample_weights is None else np.asarray(sample_weights, dtype)
        if weights is not None and weights.shape != (len(X),):
            raise ValueError(f"MLP.train expected one weight for each of {len(X)} samples, got shape {weights.shape}")
        if not 0 <= validation_split < 1:
            raise ValueError(f"MLP.train expected validation_split of at least 0 and below 1, got {validation_split}")
        n_held_out = round(validation_split * len(X))
        if n_held_out:
            order = rng.permutation(len(X))
            rows, kept = order[:n_held_out], order[n_held_out:]
            self.held_out["validation"] = X.take(rows, axis=0), y.take(rows, axis=0)
            X, y = X.take(kept, axis=0), y.take(kept, axis=0)
            weights = None if weights is None else weights.take(kept)
        if not len(X):
            raise ValueError("MLP.train expected at least one sample to train with, got none")
        self.train = X, y, weights
        self.n_batches = -(-len(X) // self.batch_size)

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Go through the training set once; the dataset itself gives the batches unless a part is held out."""
        if self._dataset is None:
            return MiniBatches(*self.train, self.batch_size)(rng)
        return ((X, y, None) for X, y in self._dataset.batches(rng))


def as_targets(y: NDArray[Any], n_out: int, loss: Loss) -> NDArray[Any]:
    """Bring targets into the form that the loss needs, for a network with `n_out` outputs.

    Class numbers stay as they are for cross-entropy; for other losses they become one column, or one-hot rows.

    Examples
    --------
    >>> from mlpkit.losses import MSE
    >>> as_targets(np.array([0, 2]), 3, MSE())
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    if y.ndim != 1 or isinstance(loss, CrossEntropy):
        return y
    if n_out == 1:
        return y.reshape(-1, 1)
    if y.dtype.kind not in "iub" or not 0 <= y.min(initial=0) <= y.max(initial=0) < n_out:
        raise ValueError(
            f"MLP.train expected targets of shape (m, {n_out}), or classes from 0 to {n_out - 1} of shape (m,), "
            f"got {y.dtype} of shape {y.shape}; give the last layer one output for each class or target"
        )
    rows: FloatArray = np.eye(n_out)[y.astype(np.intp)]
    return rows


def as_arrays(
    data: DatasetLike | tuple[ArrayLike, ArrayLike] | list[ArrayLike], dtype: DTypeLike
) -> tuple[FloatArray, NDArray[Any]]:
    """Return inputs and targets: a pair as arrays, after checking their shapes, or the test set of a dataset."""
    if not isinstance(data, (tuple, list)):
        return data.X_test, data.y_test
    if len(data) != 2:
        raise ValueError(f"MLP expected a pair (X, y), got {len(data)} things; sample_weights have their own name")
    X, y = np.asarray(data[0], dtype), np.asarray(data[1])
    if X.ndim != 2 or y.ndim not in (1, 2) or len(X) != len(y):
        raise ValueError(
            f"MLP expected X of shape (m, n_in) and y of shape (m,) or (m, n_out), got {X.shape} and {y.shape}; "
            "rows are samples"
        )
    return X, y
