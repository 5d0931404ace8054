"""Generated sets: small enough to draw, each with a lesson of its own.

A generator takes the number of samples, the standard deviation of the noise, and the source of randomness, and gives
the inputs, (n, n_features), and the targets: classes, (n,), or numbers, (n, 1). Classes take turns, row by row, so
that any number of rows holds them in equal shares.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.datasets.samples import Samples

__all__ = [
    "TOY_SETS",
    "ToySet",
    "blobs",
    "circles",
    "flu",
    "line",
    "logic_and",
    "logic_or",
    "logic_xor",
    "moons",
    "spirals",
]


def line(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Draw points near the line ``y = 2 x + 1``, for regression.

    Parameters
    ----------
    n : int
        Number of samples.
    noise : float
        Standard deviation of what is added to `y`.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    X : ndarray of shape (n, 1)
        Uniform in [-1, 1).
    y : ndarray of shape (n, 1)

    Examples
    --------
    >>> X, y = line(3, noise=0.0, rng=np.random.default_rng(0))
    >>> np.allclose(y, 2 * X + 1)
    True
    """
    X = rng.uniform(-1, 1, (n, 1))
    return X, 2 * X + 1 + rng.normal(0, noise, (n, 1))


def _gate(answers: tuple[int, int, int, int], n: int, noise: float, rng: np.random.Generator) -> Samples:
    """Visit the corners (0, 0), (0, 1), (1, 0), (1, 1) in turn."""
    corner = np.arange(n) % 4
    X = np.stack([corner // 2, corner % 2], axis=1) + rng.normal(0, noise, (n, 2))
    return X, np.array(answers)[corner]


def logic_xor(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Draw around the corners of a square: class 1 where exactly one input is 1. No straight line separates them.

    Parameters are those of `line`; the inputs have the shape (n, 2), the classes (n,).

    References
    ----------
    M. Minsky and S. Papert, "Perceptrons", 1969.

    Examples
    --------
    >>> X, y = logic_xor(4, noise=0.0, rng=np.random.default_rng(0))
    >>> y
    array([0, 1, 1, 0])
    """
    return _gate((0, 1, 1, 0), n, noise, rng)


def logic_and(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Draw around the corners of a square: class 1 where both inputs are 1. A straight line separates them.

    Parameters are those of `line`; the inputs have the shape (n, 2), the classes (n,).

    Examples
    --------
    >>> X, y = logic_and(4, noise=0.0, rng=np.random.default_rng(0))
    >>> y
    array([0, 0, 0, 1])
    """
    return _gate((0, 0, 0, 1), n, noise, rng)


def logic_or(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Draw around the corners of a square: class 1 where an input is 1. A straight line separates them.

    Parameters are those of `line`; the inputs have the shape (n, 2), the classes (n,).

    Examples
    --------
    >>> X, y = logic_or(4, noise=0.0, rng=np.random.default_rng(0))
    >>> y
    array([0, 1, 1, 1])
    """
    return _gate((0, 1, 1, 1), n, noise, rng)


def flu(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """List patients with or without stomach ache, fever and cough: class 1, the flu, where ``-x1 + 3 x2 + 3 x3 >= 5``.

    Parameters are those of `line`; the inputs have the shape (n, 3), the classes (n,). The eight possible patients take
    turns.

    Examples
    --------
    >>> X, y = flu(8, noise=0.0, rng=np.random.default_rng(0))
    >>> X[y == 1]
    array([[0., 1., 1.],
           [1., 1., 1.]])
    """
    patient = np.arange(n)[:, np.newaxis] // np.array([4, 2, 1]) % 2
    y = (patient @ np.array([-1, 3, 3]) >= 5).astype(np.int64)
    return patient + rng.normal(0, noise, patient.shape), y


def circles(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Draw from a circle of radius 1 (class 0) and one of radius 0.5 inside it (class 1).

    Parameters are those of `line`; the inputs have the shape (n, 2), the classes (n,).

    Examples
    --------
    >>> X, y = circles(4, noise=0.0, rng=np.random.default_rng(0))
    >>> np.hypot(*X.T), y
    (array([1. , 0.5, 1. , 0.5]), array([0, 1, 0, 1]))
    """
    y = np.arange(n) % 2
    radius, angle = np.where(y == 1, 0.5, 1.0), rng.uniform(0, 2 * math.pi, n)
    return _polar(radius, angle) + rng.normal(0, noise, (n, 2)), y


def moons(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Draw from two half-circles that reach into each other.

    Parameters are those of `line`; the inputs have the shape (n, 2), the classes (n,).

    Examples
    --------
    >>> X, y = moons(4, noise=0.0, rng=np.random.default_rng(0))
    >>> X.shape, y
    ((4, 2), array([0, 1, 0, 1]))
    """
    y = np.arange(n) % 2
    X = _polar(np.ones(n), rng.uniform(0, math.pi, n))
    X[y == 1] = np.array([1.0, 0.5]) - X[y == 1]
    return X + rng.normal(0, noise, (n, 2)), y


def spirals(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Draw from two spirals that wind around each other one and a half times.

    Parameters are those of `line`; the inputs have the shape (n, 2), the classes (n,).

    References
    ----------
    K. J. Lang and M. J. Witbrock, "Learning to tell two spirals apart", 1988.

    Examples
    --------
    >>> X, y = spirals(4, noise=0.0, rng=np.random.default_rng(0))
    >>> bool(np.hypot(*X.T).max() <= 1)
    True
    """
    y = np.arange(n) % 2
    radius = 0.1 + 0.9 * np.sqrt(rng.uniform(0, 1, n))  # the root spreads the points evenly along the arm
    return _polar(radius, 3 * math.pi * radius + math.pi * y) + rng.normal(0, noise, (n, 2)), y


def blobs(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Draw three clouds around (0, 1), (-0.87, -0.5) and (0.87, -0.5), one class each.

    Parameters are those of `line`; the inputs have the shape (n, 2), the classes (n,).

    Examples
    --------
    >>> X, y = blobs(3, noise=0.0, rng=np.random.default_rng(0))
    >>> X.round(2) + 0.0, y
    (array([[ 0.  ,  1.  ],
           [-0.87, -0.5 ],
           [ 0.87, -0.5 ]]), array([0, 1, 2]))
    """
    y = np.arange(n) % 3
    return _polar(np.ones(n), math.pi / 2 + y * (2 * math.pi / 3)) + rng.normal(0, noise, (n, 2)), y


def _polar(radius: FloatArray, angle: FloatArray) -> FloatArray:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


class ToySet(NamedTuple):
    """A generated set, and what it is like if nothing else is asked for.

    Attributes
    ----------
    generate : callable
        Gives inputs and targets, as `line` does.
    class_names : tuple of str or None
        What the classes mean; None for regression.
    noise : float
        Standard deviation of the noise.
    train_size, test_size : int
        Numbers of samples; a truth table needs one row for each case.
    """

    generate: Callable[..., Samples]
    class_names: tuple[str, ...] | None
    noise: float
    train_size: int
    test_size: int


TOY_SETS: dict[str, ToySet] = {
    "line": ToySet(line, None, 0.2, 200, 100),
    "xor": ToySet(logic_xor, ("false", "true"), 0.0, 4, 4),
    "and": ToySet(logic_and, ("false", "true"), 0.0, 4, 4),
    "or": ToySet(logic_or, ("false", "true"), 0.0, 4, 4),
    "circles": ToySet(circles, ("outer", "inner"), 0.08, 200, 100),
    "moons": ToySet(moons, ("upper", "lower"), 0.1, 200, 100),
    "spirals": ToySet(spirals, ("first", "second"), 0.02, 400, 200),
    "blobs": ToySet(blobs, ("top", "left", "right"), 0.25, 300, 150),
    "flu": ToySet(flu, ("healthy", "flu"), 0.0, 8, 8),
}
