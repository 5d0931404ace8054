"""From a photograph or a drawing to an image like those of the digits: 8x8 numbers from -1 to 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import ArrayLike, FloatArray

__all__ = ["count_blocks", "find_ink", "fit_frame", "to_digit"]

SIDE, BLOCK = 32, 4  # the digits are counts of inked dots in the 4x4 blocks of 32x32 dots


def to_digit(picture: ArrayLike) -> FloatArray:
    """Turn a picture of one dark digit on light paper into what a network for the digits takes.

    Parameters
    ----------
    picture : array_like of shape (height, width)
        Brightness, 0 is black; any light paper will do.

    Returns
    -------
    ndarray of shape (64,), float32
        From -1, no ink, to 1; all -1 if the paper is empty.

    Examples
    --------
    >>> paper = np.full((50, 40), 250)
    >>> paper[10:40, 18:23] = 20
    >>> to_digit(paper).reshape(8, 8)[:2]
    array([[-1. , -1. , -1. ,  0.5,  0.5, -1. , -1. , -1. ],
           [-1. , -1. , -1. ,  0.5,  0.5, -1. , -1. , -1. ]], dtype=float32)
    """
    counts = count_blocks(fit_frame(find_ink(picture)))
    return ((counts - 8) / 8).astype(np.float32).ravel()


def find_ink(picture: ArrayLike) -> NDArray[np.bool_]:
    """Mark the ink of a picture: all that is nearer to its darkest than to its lightest value.

    Parameters
    ----------
    picture : array_like of shape (height, width)
        Brightness, 0 is black.

    Returns
    -------
    ndarray of shape (height, width), bool

    Examples
    --------
    >>> find_ink([[200, 190, 40], [210, 60, 205]])
    array([[False, False,  True],
           [False,  True, False]])
    >>> bool(find_ink([[7, 7]]).any())
    False
    """
    grey = np.asarray(picture, float)
    ink: NDArray[np.bool_] = grey < (grey.min() + grey.max()) / 2
    return ink


def fit_frame(ink: ArrayLike, side: int = SIDE) -> NDArray[np.bool_]:
    """Cut out the ink, put it into the middle of a square, and scale that to `side` dots.

    Parameters
    ----------
    ink : array_like of shape (height, width), bool
        Where there is ink.
    side : int
        Side of the result.

    Returns
    -------
    ndarray of shape (side, side), bool

    Examples
    --------
    >>> fit_frame([[0, 0, 0], [0, 1, 0], [0, 1, 0]], 4).astype(int)
    array([[0, 1, 1, 0],
           [0, 1, 1, 0],
           [0, 1, 1, 0],
           [0, 1, 1, 0]])
    """
    ink = np.asarray(ink, bool)
    if not ink.any():
        return np.zeros((side, side), bool)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    longest = max(cut.shape)
    at = (np.arange(side) + 0.5) * longest / side  # the middles of the new dots, measured in old ones
    i, j = (np.floor(at - (longest - length) / 2).astype(int) for length in cut.shape)
    inside = ((i >= 0) & (i < cut.shape[0]))[:, None] & ((j >= 0) & (j < cut.shape[1]))
    fitted: NDArray[np.bool_] = inside & cut[np.ix_(i.clip(0, cut.shape[0] - 1), j.clip(0, cut.shape[1] - 1))]
    return fitted


def count_blocks(dots: ArrayLike, block: int = BLOCK) -> NDArray[np.int64]:
    """Count the inked dots in each block.

    Parameters
    ----------
    dots : array_like of shape (k·block, k·block), bool
        Where there is ink.
    block : int
        Side of a block.

    Returns
    -------
    ndarray of shape (k, k), int64

    Examples
    --------
    >>> count_blocks([[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]], 2)
    array([[3, 0],
           [0, 1]])
    """
    dots = np.asarray(dots, bool)
    k = len(dots) // block
    counts: NDArray[np.int64] = dots.reshape(k, block, k, block).sum(axis=(1, 3))
    return counts
