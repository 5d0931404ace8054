"""The base of all activations: a value, a slope, and a way back for gradients.

None of them gives a floating point warning for any finite or infinite input, and all keep the dtype they are given.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.registry import Formula

__all__ = ["Activation"]


class Activation(Formula, ABC):
    """A function of the pre-activations ``Z = X W + b`` of a layer.

    A subclass gives `forward` and `derivative`, and a `backward` of its own where that is faster.

    Attributes
    ----------
    kinks : tuple of float
        The inputs at which the slope jumps or bends, so that a gradient check has to step around them.
    elementwise : bool
        Whether each output depends on its own input alone. Where it does not, `derivative` is the diagonal of the
        Jacobian, and only `backward` tells the whole.
    learned : dict of str to float
        Initial values of learned parameters, by name. A layer keeps one of each for each of its neurons, and trains
        them with its weights.
    """

    kinks: ClassVar[tuple[float, ...]] = ()
    elementwise: ClassVar[bool] = True
    _params: Mapping[str, FloatArray] = MappingProxyType({})
    _grads: Mapping[str, FloatArray] = MappingProxyType({})

    @property
    def learned(self) -> dict[str, float]:
        """Initial values of learned parameters by name; empty for most activations."""
        return {}

    def bind(self, params: Mapping[str, FloatArray], grads: Mapping[str, FloatArray]) -> Activation:
        """Return the activation for a layer with these parameters and gradients; itself if it learns nothing.

        A copy reads what is `learned` from ``self._params``, arrays of shape (n,) by name, and writes the gradients in
        `backward`, into the arrays of ``self._grads``. Both are empty where there is no layer.
        """
        if not self.learned:
            return self
        bound = copy.copy(self)
        bound._params, bound._grads = params, grads
        return bound

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
