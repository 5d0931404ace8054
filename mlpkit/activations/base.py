"""Activation functions: what a neuron does with its weighted sum.

None of them gives a floating point warning for any finite or infinite input, and all keep the dtype they are given.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray, as_floating
from mlpkit.registry import Formula

__all__ = ["ACTIVATIONS", "Activation", "Identity", "LeakyReLU", "ReLU", "Sigmoid", "Step", "Tanh"]


class Activation(Formula, ABC):
    """A function of the pre-activations ``Z = X W + b`` of a layer.

    A subclass gives `forward` and `derivative`, and a `backward` of its own where that is faster.

    Attributes
    ----------
    kinks : tuple of float
        The inputs at which the function has no derivative, so that a gradient check has to step around them.
    """

    kinks: ClassVar[tuple[float, ...]] = ()

    def __call__(self, z: ArrayLike) -> FloatArray:
        """Return ``f(z)``, the same as `forward`."""
        return self.forward(z)

    @abstractmethod
    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``f(z)``, an array of the shape of `z`."""

    @abstractmethod
    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return ``f'(z)``, an array of the shape of `z`."""

    def backward(self, dA: FloatArray, Z: FloatArray, A: FloatArray) -> FloatArray:
        """Carry the gradient of the loss from the outputs back to the pre-activations.

        Parameters
        ----------
        dA, Z, A : ndarray of shape (batch, n)
            Gradient of the loss with respect to the outputs, pre-activations, and outputs ``f(Z)``.

        Returns
        -------
        ndarray of shape (batch, n)
            ``dZ = dA * f'(Z)``, the chain rule element by element.
        """
        return dA * self.derivative(Z)


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

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``1 / (1 + exp(-z))``."""
        # For very negative z, exp(-z) overflows to inf and 1 / inf = 0 is the right limit: only the warning must go.
        with np.errstate(over="ignore", under="ignore"):
            return 1 / (1 + np.exp(-as_floating(z)))

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
        return np.maximum(as_floating(z), 0)

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return 1 where ``z > 0``, else 0."""
        z = as_floating(z)
        return (z > 0).astype(z.dtype)

    def backward(self, dA: FloatArray, Z: FloatArray, A: FloatArray) -> FloatArray:
        """Return `dA` where ``Z > 0``, else 0."""
        return dA * (Z > 0)  # a product, not np.where or a masked assignment: those are many times slower


class LeakyReLU(Activation):
    """A rectified linear unit whose negative side keeps a small slope, so that it cannot die.

    ``f(z) = max(epsilon z, z)``; ``f'(z) = 1`` for ``z > 0`` and ``epsilon`` otherwise.

    Parameters
    ----------
    epsilon : float, default 0.01
        Slope for negative inputs, between 0 and 1.

    Raises
    ------
    ValueError
        If `epsilon` does not lie strictly between 0 and 1.

    References
    ----------
    A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

    Examples
    --------
    >>> LeakyReLU(epsilon=0.1)([-2.0, 3.0])
    array([-0.2,  3. ])
    """

    kinks = (0.0,)

    def __init__(self, epsilon: float = 0.01) -> None:
        if not 0 < epsilon < 1:
            raise ValueError(
                f"LeakyReLU expected epsilon between 0 and 1, got {epsilon}; "
                "use ReLU() for slope 0 and Identity() for slope 1"
            )
        self.epsilon = float(epsilon)  # a numpy float64 would upcast float32 arrays

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``max(epsilon z, z)``."""
        z = as_floating(z)
        with np.errstate(under="ignore"):  # epsilon times the smallest numbers is zero, as it should be
            return np.maximum(z, np.multiply(z, self.epsilon))

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return 1 where ``z > 0``, else `epsilon`."""
        z = as_floating(z)
        return np.maximum(np.asarray(z > 0, z.dtype), self.epsilon)


ACTIVATIONS: dict[str, type[Activation]] = {
    "identity": Identity,
    "step": Step,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
}
