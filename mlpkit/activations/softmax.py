"""Softmax: scores become probabilities of classes that exclude each other."""

from __future__ import annotations

import numpy as np

from mlpkit.activations.base import Activation
from mlpkit.arrays import ArrayLike, FloatArray, as_floating

__all__ = ["Softmax"]


class Softmax(Activation):
    """Positive outputs that add up to 1 in every row, for the probabilities of classes.

    ``f(z)_j = exp(z_j) / sum_k exp(z_k)`` with ``df_j/dz_k = f_j ([j = k] - f_k)``, over the last axis. The largest
    score is subtracted first, which changes nothing but keeps ``exp`` from overflowing. Infinite scores count as the
    largest finite ones.

    References
    ----------
    J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.

    Examples
    --------
    >>> Softmax()([[0.0, 0.0], [1000.0, 0.0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """

    elementwise = False

    @np.errstate(over="ignore", under="ignore", invalid="ignore")
    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``exp(z_j) / sum_k exp(z_k)`` over the last axis."""
        z = as_floating(z)
        z = z if z.ndim else z.reshape(1)
        a = _shifted_exponentials(z)
        total = np.add.reduce(a, axis=-1, keepdims=True)
        if not np.minimum.reduce(total, axis=None, initial=1) > 0:  # inf - inf is nan, and a row of -inf gives 0
            largest = np.finfo(z.dtype).max
            a = _shifted_exponentials(np.clip(z, -largest, largest))
            total = np.add.reduce(a, axis=-1, keepdims=True)
        a /= total
        return a

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return ``a (1 - a)`` with ``a = f(z)``, the slope of each output against its own score."""
        a = self.forward(z)
        with np.errstate(under="ignore"):
            return a * (1 - a)

    def backward(self, dA: FloatArray, Z: FloatArray, A: FloatArray) -> FloatArray:
        """Return ``dZ_j = A_j (dA_j - sum_k dA_k A_k)`` for each row."""
        with np.errstate(under="ignore"):
            return A * (dA - np.add.reduce(dA * A, axis=-1, keepdims=True))


def _shifted_exponentials(z: FloatArray) -> FloatArray:
    a = z - np.maximum.reduce(z, axis=-1, keepdims=True, initial=-np.inf)
    return np.exp(a, out=a)
