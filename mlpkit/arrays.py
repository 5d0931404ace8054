"""What the library means by an array of numbers."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = ["ArrayLike", "DTypeLike", "FloatArray", "as_floating"]

FloatArray: TypeAlias = NDArray[np.floating[Any]]


def as_floating(values: ArrayLike) -> FloatArray:
    """Give `values` as a floating array, leaving an array that is one already untouched.

    Parameters
    ----------
    values : array_like
        Numbers of any shape.

    Returns
    -------
    ndarray
        The same array if its dtype is floating (float32 stays float32), else a float64 copy.

    Examples
    --------
    >>> as_floating([1, 2]).dtype
    dtype('float64')
    >>> as_floating(np.ones(2, dtype=np.float32)).dtype
    dtype('float32')
    """
    array = np.asarray(values)
    return array if array.dtype.kind == "f" else array.astype(np.float64)
