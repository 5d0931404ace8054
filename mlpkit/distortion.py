"""Small images moved, turned and zoomed: the same thing seen a little differently."""

from __future__ import annotations

import math

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray

__all__ = ["distort", "move"]

BACKGROUND = -1.0


def distort(
    X: ArrayLike,
    rng: np.random.Generator | int,
    *,
    shift: float = 1.0,
    turn: float = 20.0,
    zoom: float = 0.15,
    noise: float = 0.0,
) -> FloatArray:
    """Move, turn and zoom each image by an amount of its own, drawn at random, and add noise.

    Parameters
    ----------
    X : array_like of shape (m, side·side)
        Square images, one flattened image a row; -1 is background, 1 is ink.
    rng : numpy.random.Generator or int
        Source of randomness, or a seed.
    shift : float
        Largest move down or up, and to either side, in pixels.
    turn : float
        Largest turn to either side, in degrees.
    zoom : float
        Largest change in size: 0.15 means between 15 % smaller and 15 % larger.
    noise : float
        Standard deviation of the noise that is added to each pixel; pixels stay within [-1, 1].

    Returns
    -------
    ndarray of shape (m, side·side), float32
        New images; `X` stays as it was.

    Raises
    ------
    ValueError
        If the rows are no square images.

    References
    ----------
    P. Y. Simard, D. Steinkraus and J. C. Platt, "Best practices for convolutional neural networks applied to visual
    document analysis", 2003.

    Examples
    --------
    >>> from mlpkit import Dataset
    >>> X = Dataset("digits").X_train
    >>> distort(X, rng=0).shape
    (1198, 64)
    >>> np.allclose(distort(X, rng=0, shift=0, turn=0, zoom=0), X, atol=1e-5)
    True
    """
    rng, images = np.random.default_rng(rng), np.asarray(X, np.float32)
    m = len(images)
    down, right, angle, size = (rng.uniform(-top, top, size=m) for top in (shift, shift, turn, zoom))
    moved = move(images, down, right, angle, 1 + size)
    if noise:
        moved += rng.normal(scale=noise, size=moved.shape).astype(np.float32)
    return moved.clip(-1, 1)


def move(X: ArrayLike, down: ArrayLike, right: ArrayLike, turn: ArrayLike = 0.0, size: ArrayLike = 1.0) -> FloatArray:
    """Move, turn and zoom each image by given amounts.

    What comes in from outside is background; between pixels, values are interpolated linearly.

    Parameters
    ----------
    X : array_like of shape (m, side·side)
        Square images, one flattened image a row.
    down, right : array_like of shape (m,), or numbers
        How far to move, in pixels.
    turn : array_like of shape (m,), or a number
        By how much to turn about the middle, in degrees, clockwise.
    size : array_like of shape (m,), or a number
        By what to multiply the size.

    Returns
    -------
    ndarray of shape (m, side·side), float32

    Raises
    ------
    ValueError
        If the rows are no square images.

    Examples
    --------
    >>> move([[1, -1, -1, -1]], down=0, right=1).tolist()
    [[-1.0, 1.0, -1.0, -1.0]]
    """
    images = np.asarray(X, np.float32)
    side = math.isqrt(images.shape[-1])
    if images.ndim != 2 or side * side != images.shape[1]:
        raise ValueError(
            f"move expected square images as rows, shape (m, side·side), got {images.shape}; "
            "flatten them: images.reshape(len(images), -1)"
        )
    m, middle = len(images), (side - 1) / 2
    each = [np.broadcast_to(np.asarray(one, float), m)[:, None, None] for one in (down, right, turn, size)]
    row, column = np.indices((side, side)) - middle
    y, x, angle = row - each[0], column - each[1], np.deg2rad(each[2])
    source_row = (np.cos(angle) * y - np.sin(angle) * x) / each[3] + middle  # where each pixel comes from
    source_column = (np.sin(angle) * y + np.cos(angle) * x) / each[3] + middle
    bordered = np.pad(images.reshape(m, side, side), ((0, 0), (1, 2), (1, 2)), constant_values=BACKGROUND)
    top, left = (np.clip(np.floor(at), -1, side) for at in (source_row, source_column))
    lower, later = np.clip(source_row - top, 0, 1), np.clip(source_column - left, 0, 1)
    i, j, which = top.astype(int) + 1, left.astype(int) + 1, np.arange(m)[:, None, None]
    upper_row = bordered[which, i, j] * (1 - later) + bordered[which, i, j + 1] * later
    lower_row = bordered[which, i + 1, j] * (1 - later) + bordered[which, i + 1, j + 1] * later
    moved: FloatArray = (upper_row * (1 - lower) + lower_row * lower).reshape(m, side * side).astype(np.float32)
    return moved
