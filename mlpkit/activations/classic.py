"""The activations of the lectures: identity, step, sigmoid, tanh, ReLU and softmax."""

from __future__ import annotations

import numpy as np

from mlpkit.activations.base import Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.registry import as_floating, constant

__all__ = ["Identity", "ReLU", "Sigmoid", "Softmax", "Step", "Tanh"]


class Identity(Activation):
    """The identity, for outputs that may be any number.

    ``f(z) = z`` and ``f'(z) = 1``, with values in (-inf, inf).

    Examples
    --------
    >>> Identity()([-1.0, 2.0])
    array([-1.,  2.])
    """

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return `z` itself, as a new array."""
        return +as_floating(z)  # the plus copies: no activation hands back its argument

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return ones."""
        return np.ones_like(as_floating(z))

    def backward(self, dA: FloatArray, Z: FloatArray, A: FloatArray) -> FloatArray:
        """Return `dA` itself, as a new array."""
        return +dA


class Step(Activation):
    """The threshold neuron: it fires when its weighted sum reaches zero.

    ``f(z) = 1`` for ``z >= 0``, else 0. ``f'(z) = 0`` wherever it exists, so that gradient descent cannot train it.

    References
    ----------
    W. S. McCulloch and W. Pitts, "A logical calculus of the ideas immanent in nervous activity", 1943.

    Examples
    --------
    >>> Step()([-0.1, 0.0, 3.0])
    array([0., 1., 1.])
    """

    kinks = (0.0,)

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return 1 where ``z >= 0``, else 0."""
        z = as_floating(z)
        return (z >= 0).astype(z.dtype)

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return zeros."""
        return np.zeros_like(as_floating(z))


class Sigmoid(Activation):
    """The logistic function, a step with soft edges, for probabilities.

    ``f(z) = 1 / (1 + exp(-z))`` and ``f'(z) = f(z) (1 - f(z))``, with values in (0, 1).

    Examples
    --------
    >>> Sigmoid()([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """

    @np.errstate(over="ignore", under="ignore")
    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``1 / (1 + exp(-z))``."""
        # For very negative z, exp(-z) overflows to inf and 1 / inf = 0 is the right limit: only the warning must go.
        a = np.exp(-as_floating(z))
        a += 1
        return 1 / a

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return ``a (1 - a)`` with ``a = f(z)``."""
        a = self.forward(z)
        return a * (1 - a)

    def backward(self, dA: FloatArray, Z: FloatArray, A: FloatArray) -> FloatArray:
        """Return ``dA * A (1 - A)``."""
        return dA * (A * (1 - A))


class Tanh(Activation):
    """The hyperbolic tangent, a sigmoid centred on zero.

    ``f(z) = tanh(z)`` and ``f'(z) = 1 - tanh(z)^2``, with values in (-1, 1).

    Examples
    --------
    >>> Tanh()([0.0, 1000.0])
    array([0., 1.])
    """

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``tanh(z)``."""
        return np.tanh(as_floating(z))

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return ``1 - a^2`` with ``a = tanh(z)``."""
        a = self.forward(z)
        return (1 - a) * (1 + a)  # equals 1 - a^2, and a tiny a cannot underflow

    def backward(self, dA: FloatArray, Z: FloatArray, A: FloatArray) -> FloatArray:
        """Return ``dA * (1 - A^2)``."""
        return dA * ((1 - A) * (1 + A))


class ReLU(Activation):
    """The rectified linear unit, the usual choice for hidden layers.

    ``f(z) = max(0, z)``; ``f'(z) = 1`` for ``z > 0`` and ``0`` otherwise (at the kink, 0 is a convention).

    References
    ----------
    X. Glorot, A. Bordes and Y. Bengio, "Deep sparse rectifier neural networks", 2011.

    Examples
    --------
    >>> ReLU()([-2.0, 0.0, 3.0])
    array([0., 0., 3.])
    """

    kinks = (0.0,)

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``max(0, z)``."""
        z = as_floating(z)
        return np.maximum(z, constant(0, z.dtype))

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return 1 where ``z > 0``, else 0."""
        z = as_floating(z)
        return (z > 0).astype(z.dtype)

    def backward(self, dA: FloatArray, Z: FloatArray, A: FloatArray) -> FloatArray:
        """Return `dA` where ``Z > 0``, else 0."""
        # a product of numbers: with truth values it is slower, with np.where or a masked assignment many times slower
        slope = (constant(0, Z.dtype) < Z).astype(dA.dtype)
        slope *= dA
        return slope


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
