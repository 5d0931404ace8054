"""The sets of a training run, and the one place where mini-batches are made."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from numbers import Real
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import ArrayLike, DTypeLike, FloatArray, as_numbers
from mlpkit.registry import check_count, check_finite

__all__ = ["Arrays", "DatasetLike", "TrainingSet", "as_arrays", "checked_set", "mean_weight", "training_sets"]

Arrays: TypeAlias = tuple[NDArray[Any], ...]
"""Inputs (m, n_in), targets (m,) or (m, n_out), and, if samples have weights, these, (m,)."""


class DatasetLike(Protocol):
    """The part of a dataset, such as `mlpkit.Dataset`, that `MLP.train` needs."""

    X_train: FloatArray
    y_train: NDArray[Any]
    X_test: FloatArray
    y_test: NDArray[Any]
    n_classes: int | None
    batch_size: int

    def batches(self, rng: np.random.Generator) -> Iterator[Arrays]:
        """Yield mini-batches of the shuffled training set."""


class TrainingSet:
    """Samples to learn from, in mini-batches.

    Attributes
    ----------
    X_train, y_train : ndarray of shape (m, n_features) and (m,) or (m, k)
        Inputs and targets.
    weights_train : ndarray of shape (m,) or None
        How much each sample counts; None if all count alike.
    batch_size : int
        How many samples `batches` gives at a time.
    """

    X_train: FloatArray
    y_train: NDArray[Any]
    weights_train: FloatArray | None = None
    batch_size: int

    def batches(self, rng: np.random.Generator | int | None = None) -> Iterator[Arrays]:
        """Go through the training set once, in a new order, `batch_size` samples at a time.

        Parameters
        ----------
        rng : numpy.random.Generator or int, optional
            Draws the order. Give one Generator to all epochs: an int gives the same order every time, and without it
            the order cannot be repeated.

        Yields
        ------
        X : ndarray of shape (batch_size, n_features)
            Copies of the samples; the last batch holds what is left, and may be smaller.
        y : ndarray of shape (batch_size,) or (batch_size, k)
        weights : ndarray of shape (batch_size,)
            Only if the samples have weights.

        Examples
        --------
        >>> from mlpkit import Dataset
        >>> for X, y in Dataset("xor", batch_size=3).batches(rng=0):
        ...     print(X.tolist(), y)
        [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]] [1 0 1]
        [[1.0, 1.0]] [0]
        """
        order = np.random.default_rng(rng).permutation(len(self.X_train))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            # the method: small batches take twice as long by X[rows], three times by np.take
            X, y = self.X_train.take(rows, axis=0), self.y_train.take(rows, axis=0)
            yield (X, y) if self.weights_train is None else (X, y, self.weights_train.take(rows))


def training_sets(
    data: DatasetLike | tuple[ArrayLike, ArrayLike],
    dtype: DTypeLike,
    batch_size: int | None,
    validation_split: float,
    validation_data: Sequence[ArrayLike] | None,
    sample_weights: ArrayLike | None,
    rng: np.random.Generator,
) -> tuple[TrainingSet | DatasetLike, dict[str, Arrays]]:
    """Return the set to train with, and the sets to evaluate on.

    Parameters
    ----------
    data : DatasetLike or pair of array_like
        A dataset, which stays as it is, or inputs and targets.
    dtype : dtype
        That of the network, for inputs given as a pair.
    batch_size : int or None
        Samples a batch; that of the dataset, or 32, if None.
    validation_split : float
        The share of the training set to hold out.
    validation_data : pair or triple of array_like, or None
        Inputs, targets and perhaps weights of the samples to validate on.
    sample_weights : array_like of shape (m,) or None
        How much each sample of the training set counts.
    rng : numpy.random.Generator
        Draws which samples are held out.

    Returns
    -------
    training : TrainingSet or DatasetLike
        The dataset itself if nothing is to change, else a shallow copy with other rows, weights or batch size; its
        `batches` are those of the dataset's own class. Weights are in float64.
    held_out : dict of str to tuple of ndarray
        Inputs, targets and weights, if there are any, of the sets ``"validation"`` and ``"test"``.

    Raises
    ------
    ValueError
        If the arrays do not fit together, or a setting is out of its range.
    """
    held_out: dict[str, Arrays] = {}
    training: TrainingSet | DatasetLike
    if isinstance(data, (tuple, list)):
        training = TrainingSet()
        training.X_train, training.y_train = as_arrays(data, dtype)
        training.batch_size = 32
    else:
        _check_dataset(data)
        training = data
        if len(data.X_test):
            held_out["test"] = data.X_test, data.y_test
    X, y, n_samples = training.X_train, training.y_train, len(training.X_train)
    if not n_samples:
        raise ValueError("MLP.train expected at least one sample to train with, got none")
    changes: dict[str, Any] = {}
    size = check_count(training.batch_size if batch_size is None else batch_size, "MLP.train", "batch_size")
    if size != training.batch_size:
        changes["batch_size"] = size
    if sample_weights is None:
        sample_weights = getattr(training, "weights_train", None)  # of a dataset that has its own
    weights = None if sample_weights is None else _checked_weights(sample_weights, n_samples)
    n_held_out = _n_held_out(validation_split, n_samples)
    if n_held_out and validation_data is not None:
        raise ValueError("MLP.train expected validation_split or validation_data, got both; leave one out")
    if validation_data is not None:
        held_out["validation"] = checked_set(validation_data, dtype, "validation_data")
    if n_held_out:
        order = rng.permutation(n_samples)
        rows, kept = order[:n_held_out], order[n_held_out:]
        held_out["validation"] = X.take(rows, axis=0), y.take(rows, axis=0)
        changes |= {"X_train": X.take(kept, axis=0), "y_train": y.take(kept, axis=0)}
        if weights is not None:
            held_out["validation"] += (weights.take(rows),)
            weights = weights.take(kept)
    if weights is not None:
        if not weights.any():
            raise ValueError("MLP.train expected a sample to train with that counts, got weights that are all zero")
        changes["weights_train"] = weights
    for which, (inputs, targets, *_) in {"training": (X, y), **held_out}.items():
        check_finite(inputs, f"the inputs of the {which} set")
        check_finite(targets, f"the targets of the {which} set")
    if changes:
        training = copy.copy(training)
        for name, value in changes.items():
            setattr(training, name, value)
    return training, held_out


def _n_held_out(validation_split: float, n_samples: int) -> int:
    """Return how many samples a share of the training set is."""
    number: Any = validation_split
    if not isinstance(number, Real) or not 0 <= float(number) < 1:
        raise ValueError(f"MLP.train expected validation_split of at least 0 and below 1, got {validation_split!r}")
    n_held_out = round(validation_split * n_samples)
    if validation_split and not 0 < n_held_out < n_samples:
        raise ValueError(
            f"MLP.train expected validation_split to leave samples on both sides, got {validation_split} of "
            f"{n_samples} samples, which is {n_held_out}; choose another share, or give validation_data"
        )
    return n_held_out


def _checked_weights(sample_weights: ArrayLike, n_samples: int) -> FloatArray:
    """Return weights in float64, after checking them."""
    weights = as_numbers(sample_weights, "sample_weights", np.float64)
    if weights.shape != (n_samples,):
        raise ValueError(f"MLP expected one weight for each of {n_samples} samples, got shape {weights.shape}")
    if not (weights.min(initial=0) >= 0 and weights.max(initial=0) < np.inf):
        raise ValueError("MLP expected sample weights that are finite and not negative, got other ones")
    return weights


def mean_weight(weights: NDArray[Any] | None) -> float:
    """Return the mean of weights, which is finite also where their sum is not; 0 if there are none."""
    if weights is None:
        return 0.0
    largest = float(weights.max(initial=0)) or 1.0
    return float(np.mean(weights / largest)) * largest


def checked_set(data: Sequence[ArrayLike], dtype: DTypeLike, name: str) -> Arrays:
    """Return inputs and targets, and weights if there are any; an error message calls them `name`."""
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        got = f"{len(data)} things" if isinstance(data, (tuple, list)) else type(data).__name__
        raise ValueError(f"MLP.train expected {name} of the form (X, y) or (X, y, weights), got {got}")
    X, y = as_arrays(tuple(data[:2]), dtype)
    if not len(X):
        raise ValueError(f"MLP.train expected {name} with at least one sample, got none")
    check_finite(X, f"the inputs of {name}")
    check_finite(y, f"the targets of {name}")
    return (X, y, *(_checked_weights(weights, len(X)) for weights in data[2:]))


def _check_dataset(data: DatasetLike) -> None:
    """Raise a ValueError if an object lacks an attribute of `DatasetLike`."""
    missing = [name for name in (*DatasetLike.__annotations__, "batches") if not hasattr(data, name)]
    if missing:
        raise ValueError(
            f"MLP.train expected a dataset or a pair (X, y) of arrays, got {type(data).__name__}, which has no "
            f"{', '.join(missing)}; give it a Dataset(...), or model.train((X, y), ...)"
        )


def as_arrays(
    data: DatasetLike | tuple[ArrayLike, ArrayLike] | list[ArrayLike], dtype: DTypeLike
) -> tuple[FloatArray, NDArray[Any]]:
    """Return inputs and targets: a pair as arrays, after checking their shapes, or the test set of a dataset."""
    if not isinstance(data, (tuple, list)):
        _check_dataset(data)
        if not len(data.X_test):
            raise ValueError(f"MLP.evaluate expected a dataset with a test set, got {data}; give a pair (X, y)")
        return data.X_test, data.y_test
    if len(data) != 2:
        raise ValueError(f"MLP expected a pair (X, y), got {len(data)} things; sample_weights have their own name")
    X, y = as_numbers(data[0], "X", dtype), as_numbers(data[1], "y")
    if X.ndim != 2 or y.ndim not in (1, 2) or len(X) != len(y):
        raise ValueError(
            f"MLP expected X of shape (m, n_in) and y of shape (m,) or (m, n_out), got {X.shape} and {y.shape}; "
            "rows are samples"
        )
    return X, y
