"""Types of arrays of numbers, and the dtypes that can be trained."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = ["ArrayLike", "DTypeLike", "FloatArray", "as_numbers", "magnitude", "trainable_dtype"]

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


def magnitude(values: FloatArray) -> float:
    """Return the power of two just below the largest absolute value.

    Values divided by it, which costs no digits, have squares that neither overflow nor vanish.

    Examples
    --------
    >>> magnitude(np.array([3.0, -1e200, np.nan])), magnitude(np.array([-5.0, 3.0]))
    (0.5, 4.0)
    """
    return math.ldexp(0.5, math.frexp(float(np.max(np.abs(values), initial=0.0)))[1])


def as_numbers(data: ArrayLike, name: str, dtype: DTypeLike | None = None) -> NDArray[Any]:
    """Return data as an array of real numbers, of a dtype if one is given.

    Raises
    ------
    ValueError
        If the data are text, complex numbers, or other things, or values are masked; the message calls them `name`.

    Examples
    --------
    >>> as_numbers([0, 1], "y")
    array([0, 1])
    """
    if isinstance(data, np.ma.MaskedArray) and np.ma.is_masked(data):
        raise ValueError(f"MLP expected {name} without gaps, got an array with masked values; leave these samples out")
    try:
        array = np.asarray(data)
        if array.dtype.kind == "O":
            array = np.array(array.tolist())  # numbers that were stored as objects
    except (ValueError, TypeError):
        raise ValueError(f"MLP expected {name} to be an array of numbers, got rows of different lengths") from None
    if array.dtype.kind not in "biuf":
        cure = "give real numbers"
        if array.dtype.kind in "USO" and name == "y":
            cure = "number the classes: y = np.unique(labels, return_inverse=True)[1]"
        raise ValueError(f"MLP expected {name} to be an array of numbers, got {array.dtype} values; {cure}")
    return array if dtype is None else array.astype(dtype, copy=False)
