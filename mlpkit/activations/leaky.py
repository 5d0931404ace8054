"""Rectified linear units with a slope on the negative side, given or learned."""

from __future__ import annotations

import math

import numpy as np

from mlpkit.activations.base import Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.registry import as_floating

__all__ = ["LeakyReLU", "PReLU"]


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


class PReLU(Activation):
    """A leaky rectified linear unit that learns its slope, one for each neuron.

    ``f(z) = z`` for ``z > 0`` and ``slope z`` otherwise; ``f'(z) = 1`` or ``slope``. The slope of neuron j has the
    gradient ``dL/dslope_j = sum_i dA_ij min(0, z_ij)``. A layer keeps the slopes among its parameters, of shape
    (n_out,), under the name ``"slope"``; outside of a layer the slope is the initial one.

    Parameters
    ----------
    initial : float, default 0.25
        The slope before any learning.

    Raises
    ------
    ValueError
        If `initial` is not finite.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", 2015.

    Examples
    --------
    >>> PReLU()([-2.0, 3.0])
    array([-0.5,  3. ])
    >>> from mlpkit.layers import Dense
    >>> Dense(3, 2, activation=PReLU()).params["slope"]
    array([0.25, 0.25], dtype=float32)
    """

    kinks = (0.0,)

    def __init__(self, initial: float = 0.25) -> None:
        if not math.isfinite(initial):
            raise ValueError(f"PReLU expected a finite initial slope, got {initial}; 0.25 is usual")
        self.initial = float(initial)

    @property
    def learned(self) -> dict[str, float]:
        """The initial slope, by name."""
        return {"slope": self.initial}

    @property
    def slope(self) -> FloatArray | float:
        """The slopes that the layer has learned, of shape (n,); the initial one outside of a layer."""
        return self._params.get("slope", self.initial)

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return `z` where ``z > 0``, else ``slope z``."""
        z = as_floating(z)
        with np.errstate(all="ignore"):  # of the product where z > 0, which is not used
            return np.where(z > 0, z, z * self.slope)

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return 1 where ``z > 0``, else the slope."""
        z = as_floating(z)
        positive = np.asarray(z > 0, z.dtype)
        return positive + (1 - positive) * np.asarray(self.slope, z.dtype)

    def backward(self, dA: FloatArray, Z: FloatArray, A: FloatArray) -> FloatArray:
        """Return ``dA f'(Z)``, and set the gradient of the slopes, ``sum_i dA_ij min(0, z_ij)``."""
        if "slope" in self._grads:
            np.sum(dA * np.minimum(Z, 0), axis=0, out=self._grads["slope"])
        return super().backward(dA, Z, A)
