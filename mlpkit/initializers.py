"""Initializers: the first values of weights and biases.

All draw in float64 and round to the dtype asked for, so that one seed gives the same network in every precision.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np

from mlpkit.arrays import DTypeLike, FloatArray
from mlpkit.registry import Formula

__all__ = [
    "INITIALIZERS",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "Normal",
    "Uniform",
    "Zeros",
]


class Initializer(Formula, ABC):
    """A rule for the first values of a parameter; a subclass gives `draw`."""

    def __call__(
        self,
        shape: tuple[int, ...],
        *,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> FloatArray:
        """Return a new array of first values.

        Parameters
        ----------
        shape : tuple of int
            ``(n_in, n_out)`` for weights, ``(n_out,)`` for biases.
        dtype : dtype, default float32
            Floating dtype of the result.
        rng : numpy.random.Generator or int, optional
            Source of randomness, or a seed for a new one; without it the values differ from call to call.

        Returns
        -------
        ndarray of shape `shape`
        """
        return self.draw(shape, np.random.default_rng(rng)).astype(dtype)

    @abstractmethod
    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return a float64 array of `shape`, drawn from `rng`."""


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


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    if len(shape) != 2:
        raise ValueError(
            "an initializer that depends on the width expected the shape (n_in, n_out) of a weight matrix, "
            f"got {shape}; use Zeros(), Normal() or Uniform() for biases"
        )
    return shape[0], shape[1]


class GlorotUniform(Initializer):
    """Uniform values of variance ``2 / (n_in + n_out)``, for sigmoid and tanh.

    The variance is a compromise: ``1 / n_in`` would keep the size of the activations from layer to layer, ``1 / n_out``
    that of the gradients.

    References
    ----------
    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.

    Examples
    --------
    >>> bool(abs(GlorotUniform()((2, 4), rng=0)).max() <= 1.0)  # the limit is sqrt(6 / (2 + 4)) = 1
    True
    """

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return values in ``[-limit, limit)`` with ``limit = sqrt(6 / (n_in + n_out))``."""
        n_in, n_out = _fans(shape)
        return Uniform(math.sqrt(6 / (n_in + n_out))).draw(shape, rng)


class GlorotNormal(Initializer):
    """Normal values of variance ``2 / (n_in + n_out)``, for sigmoid and tanh.

    References
    ----------
    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
    """

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return values with mean 0 and variance ``2 / (n_in + n_out)``."""
        n_in, n_out = _fans(shape)
        return Normal(math.sqrt(2 / (n_in + n_out))).draw(shape, rng)


class HeUniform(Initializer):
    """Uniform values of variance ``2 / n_in``, for ReLU, which sets half of its inputs to zero.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", 2015.
    """

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return values in ``[-limit, limit)`` with ``limit = sqrt(6 / n_in)``."""
        n_in, _ = _fans(shape)
        return Uniform(math.sqrt(6 / n_in)).draw(shape, rng)


class HeNormal(Initializer):
    """Normal values of variance ``2 / n_in``, for ReLU, which sets half of its inputs to zero.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", 2015.
    """

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return values with mean 0 and variance ``2 / n_in``."""
        n_in, _ = _fans(shape)
        return Normal(math.sqrt(2 / n_in)).draw(shape, rng)


INITIALIZERS: dict[str, type[Initializer]] = {
    "zeros": Zeros,
    "normal": Normal,
    "uniform": Uniform,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_normal": HeNormal,
    "he_uniform": HeUniform,
}
