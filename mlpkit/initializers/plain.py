"""Initializers that do not look at the width of the layer."""

from __future__ import annotations

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.initializers.base import Initializer

__all__ = ["Constant", "Normal", "Uniform", "Zeros"]


class Zeros(Initializer):
    """All zeros: right for biases, wrong for hidden weights, whose neurons would stay equal for ever.

    Examples
    --------
    >>> Zeros()((3,))
    array([0., 0., 0.], dtype=float32)
    """

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return zeros."""
        return np.zeros(shape)


class Constant(Initializer):
    """The same value everywhere: for biases, such as 0.1 before a ReLU.

    Parameters
    ----------
    value : float, default 0.0
        The value.

    Examples
    --------
    >>> Constant(0.1)((3,))
    array([0.1, 0.1, 0.1], dtype=float32)
    """

    def __init__(self, value: float = 0.0) -> None:
        self.value = value

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return `value` everywhere."""
        return np.full(shape, self.value, np.float64)


class Normal(Initializer):
    """Normal values around zero, whatever the width of the layer.

    Parameters
    ----------
    std : float, default 1.0
        Standard deviation.

    Examples
    --------
    >>> Normal(std=0.1)((2, 3), rng=0).shape
    (2, 3)
    """

    def __init__(self, std: float = 1.0) -> None:
        self.std = std

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return values with mean 0 and standard deviation `std`."""
        return rng.normal(0.0, self.std, shape)


class Uniform(Initializer):
    """Uniform values between ``-limit`` and ``limit``, whatever the width of the layer.

    Parameters
    ----------
    limit : float, default 1.0
        Largest absolute value.

    Examples
    --------
    >>> bool(abs(Uniform(limit=0.5)((100, 100), rng=0)).max() <= 0.5)
    True
    """

    def __init__(self, limit: float = 1.0) -> None:
        self.limit = limit

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return values in ``[-limit, limit)``."""
        return rng.uniform(-self.limit, self.limit, shape)
