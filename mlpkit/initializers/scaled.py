"""Initializers that keep the size of activations or gradients from layer to layer."""

from __future__ import annotations

import math

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.initializers.base import Initializer
from mlpkit.initializers.plain import Normal, Uniform

__all__ = [
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "Orthogonal",
]


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


class LecunUniform(Initializer):
    """Uniform values of variance ``1 / n_in``, which keeps the size of the activations; for SELU, and for tanh.

    References
    ----------
    Y. LeCun, L. Bottou, G. Orr and K.-R. Müller, "Efficient backprop", 1998.
    """

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return values in ``[-limit, limit)`` with ``limit = sqrt(3 / n_in)``."""
        n_in, _ = _fans(shape)
        return Uniform(math.sqrt(3 / n_in)).draw(shape, rng)


class LecunNormal(Initializer):
    """Normal values of variance ``1 / n_in``, which keeps the size of the activations; for SELU, and for tanh.

    References
    ----------
    Y. LeCun, L. Bottou, G. Orr and K.-R. Müller, "Efficient backprop", 1998.
    """

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return values with mean 0 and variance ``1 / n_in``."""
        n_in, _ = _fans(shape)
        return Normal(math.sqrt(1 / n_in)).draw(shape, rng)


class Orthogonal(Initializer):
    """A random matrix that keeps lengths: its columns, or its rows if those are fewer, are orthogonal unit vectors.

    The Q of the QR decomposition of a normal matrix, with signs that make every such matrix equally likely.

    Parameters
    ----------
    gain : float, default 1.0
        What the matrix is multiplied by; ``sqrt(2)`` suits ReLU.

    References
    ----------
    A. M. Saxe, J. L. McClelland and S. Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks", 2014.

    Examples
    --------
    >>> W = Orthogonal()((5, 3), rng=0)
    >>> bool(np.allclose(W.T @ W, np.eye(3), atol=1e-6))
    True
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return `gain` times a matrix with orthonormal columns or rows."""
        n_in, n_out = _fans(shape)
        q, r = np.linalg.qr(rng.normal(size=(max(n_in, n_out), min(n_in, n_out))))
        q *= np.sign(np.diag(r))
        return self.gain * (q if n_in >= n_out else q.T)
