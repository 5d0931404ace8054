"""The handwritten digits that come with scikit-learn: the default set, which needs no network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by

__all__ = ["load_digits"]


def load_digits() -> tuple[FloatArray, NDArray[np.int64]]:
    """Load 1797 images of 8x8 pixels, with values from 0 to 16 scaled to [-1, 1] by ``(x - 8) / 8``.

    Returns
    -------
    X : ndarray of shape (1797, 64), float32
        One flattened image a row.
    y : ndarray of shape (1797,)
        The digits, 0 to 9.

    References
    ----------
    E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits", UCI Machine Learning Repository, 1998.

    Examples
    --------
    >>> X, y = load_digits()
    >>> X.shape, float(X.min()), float(X.max()), y[:5]
    ((1797, 64), -1.0, 1.0, array([0, 1, 2, 3, 4]))
    """
    with needed_by('Dataset("digits")'):
        from sklearn import datasets  # takes a second to import
    images, y = datasets.load_digits(return_X_y=True)
    X = images.astype(np.float32)
    X -= 8
    X /= 8
    return X, y.astype(np.int64)
