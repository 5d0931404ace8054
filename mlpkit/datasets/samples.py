"""Inputs with their targets, as all sources of samples give them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import ArrayLike, DTypeLike, FloatArray

__all__ = ["Samples", "as_samples", "one_hot"]

Samples: TypeAlias = tuple[FloatArray, NDArray[Any]]  # inputs (m, n_features), and classes (m,) or targets (m, k)


def one_hot(y: ArrayLike, n_classes: int, *, dtype: DTypeLike = np.float32) -> FloatArray:
    """Write each class as a row with a 1 in its place and 0 elsewhere.

    Parameters
    ----------
    y : array_like of shape (m,)
        Classes from 0 to ``n_classes - 1``.
    n_classes : int
        How many classes there are.
    dtype : dtype, default float32
        Floating dtype of the result.

    Returns
    -------
    ndarray of shape (m, n_classes)

    Raises
    ------
    ValueError
        If `y` holds something else than such classes.

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    classes = np.asarray(y)
    if classes.ndim != 1 or classes.dtype.kind not in "iu":
        raise ValueError(
            f"one_hot expected integer classes of shape (m,), got {classes.dtype} of shape {classes.shape}; "
            "give one class for each sample: y.ravel().astype(int)"
        )
    if classes.size and not 0 <= classes.min() <= classes.max() < n_classes:
        raise ValueError(
            f"one_hot expected classes from 0 to {n_classes - 1}, got {classes.min()} to {classes.max()}; "
            "number the classes from 0, or give the right n_classes"
        )
    rows = np.zeros((len(classes), n_classes), dtype)
    rows[np.arange(len(classes)), classes] = 1
    return rows


def as_samples(X: ArrayLike, y: ArrayLike, label: str = "train") -> Samples:
    """Check that inputs and targets fit together, and give them in the dtypes of this library.

    Parameters
    ----------
    X : array_like of shape (m, n_features)
        Inputs, one sample a row.
    y : array_like of shape (m,) or (m, k)
        Integers of shape (m,) are classes, numbered from 0; everything else is targets for regression.
    label : str, default "train"
        How error messages call the samples.

    Returns
    -------
    X : ndarray of shape (m, n_features), float32
    y : ndarray of shape (m,), int64, or of shape (m, k), float32

    Raises
    ------
    ValueError
        If there are no samples, or not as many targets as inputs, or a class is negative.

    Examples
    --------
    >>> as_samples([[1], [2]], [0.5, 0.7])[1].shape
    (2, 1)
    >>> as_samples([[1], [2]], [0, 1])[1]
    array([0, 1])
    """
    inputs, targets = np.asarray(X, dtype=np.float32), np.asarray(y)
    if inputs.ndim != 2 or not inputs.size:
        raise ValueError(
            f"Dataset expected X_{label} of shape (m, n_features), got {inputs.shape}; "
            "one sample is one row, and images are flattened: X.reshape(len(X), -1)"
        )
    if targets.ndim not in (1, 2) or len(targets) != len(inputs):
        raise ValueError(
            f"Dataset expected y_{label} of shape ({len(inputs)},) or ({len(inputs)}, k), one row for each row of "
            f"X_{label}; got {targets.shape}"
        )
    if targets.ndim == 1 and targets.dtype.kind in "iub":
        targets = targets.astype(np.int64)
        if targets.min() < 0:
            raise ValueError(
                f"Dataset expected the classes in y_{label} to be numbered from 0, got {targets.min()}; number them: "
                "np.unique(y, return_inverse=True)[1]"
            )
        return inputs, targets
    return inputs, targets.astype(np.float32).reshape(len(inputs), -1)
