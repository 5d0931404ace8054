"""Types of arrays of numbers, and the dtypes that can be trained."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = ["ArrayLike", "DTypeLike", "FloatArray", "trainable_dtype"]

FloatArray: TypeAlias = NDArray[np.floating[Any]]


def trainable_dtype(dtype: DTypeLike, owner: str) -> np.dtype[Any]:
    """Return a dtype, after checking that parameters of it can be trained.

    Parameters
    ----------
    dtype : dtype
        The dtype of parameters.
    owner : str
        Whose they are, for the error message.

    Returns
    -------
    numpy.dtype

    Raises
    ------
    ValueError
        If it is not floating, or is float16: its largest number is 65504, which the square of a gradient of 256
        exceeds, and its smallest is 6e-8, to which the epsilon of the optimizers is zero.

    Examples
    --------
    >>> trainable_dtype("f4", "Dense")
    dtype('float32')
    """
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise ValueError(f"{owner} expected a floating dtype, got {dtype}; use np.float32 or np.float64")
    if dtype.itemsize < 4:
        raise ValueError(
            f"{owner} expected float32 or float64, got {dtype}; in this precision the squares of gradients above 255 "
            "are infinite and the epsilon of the optimizers is 0, so that training ends in nan: use np.float32"
        )
    return dtype
