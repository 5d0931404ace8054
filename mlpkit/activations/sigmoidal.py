"""The line, the step, and the curves between them: identity, step, sigmoid and tanh."""

from __future__ import annotations

import numpy as np

from mlpkit.activations.base import Activation
from mlpkit.arrays import ArrayLike, FloatArray, as_floating

__all__ = ["Identity", "Sigmoid", "Step", "Tanh"]


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
