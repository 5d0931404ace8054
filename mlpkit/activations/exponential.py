"""Smooth relatives of the rectified linear unit: ELU, SELU and softplus."""

from __future__ import annotations

import math

import numpy as np

from mlpkit.activations.base import Activation
from mlpkit.activations.classic import Sigmoid
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.registry import as_floating

__all__ = ["ELU", "SELU", "Softplus"]


class ELU(Activation):
    """The exponential linear unit, whose negative side bends towards ``-alpha`` instead of breaking off.

    ``f(z) = z`` for ``z > 0`` and ``alpha (exp(z) - 1)`` otherwise; ``f'(z) = 1`` or ``alpha exp(z)``.

    Parameters
    ----------
    alpha : float, default 1.0
        The limit on the negative side, with its sign turned; only 1 leaves no kink at zero.

    Raises
    ------
    ValueError
        If `alpha` is not a positive finite number.

    References
    ----------
    D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep network learning by exponential linear
    units (ELUs)", 2016.

    Examples
    --------
    >>> ELU()([-1000.0, 0.0, 3.0])
    array([-1.,  0.,  3.])
    """

    kinks = (0.0,)

    def __init__(self, alpha: float = 1.0) -> None:
        if not 0 < alpha < math.inf:
            raise ValueError(f"ELU expected alpha to be positive and finite, got {alpha}; use ReLU() for alpha 0")
        self.alpha = float(alpha)

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return `z` where ``z > 0``, else ``alpha (exp(z) - 1)``."""
        z = as_floating(z)
        with np.errstate(under="ignore"):
            return np.maximum(z, 0) + self.alpha * np.expm1(np.minimum(z, 0))

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return 1 where ``z > 0``, else ``alpha exp(z)``."""
        z = as_floating(z)
        negative = np.asarray(z <= 0, z.dtype)
        with np.errstate(under="ignore"):
            return (1 - negative) + negative * (self.alpha * np.exp(np.minimum(z, 0)))


class SELU(Activation):
    """The scaled exponential linear unit, which draws activations towards mean 0 and variance 1 from layer to layer.

    ``f(z) = scale z`` for ``z > 0`` and ``scale alpha (exp(z) - 1)`` otherwise, with the two numbers of the paper,
    ``alpha = 1.6733`` and ``scale = 1.0507``. Use it with `LecunNormal` weights.

    References
    ----------
    G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter, "Self-normalizing neural networks", 2017.

    Examples
    --------
    >>> SELU()([-1000.0, 0.0, 1.0]).round(4)
    array([-1.7581,  0.    ,  1.0507])
    """

    kinks = (0.0,)
    ALPHA = 1.6732632423543772848170429916717
    SCALE = 1.0507009873554804934193349852946
    _elu = ELU(ALPHA)

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``scale elu(z)``."""
        with np.errstate(over="ignore", under="ignore"):
            return self.SCALE * self._elu.forward(z)

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return ``scale elu'(z)``."""
        with np.errstate(under="ignore"):
            return self.SCALE * self._elu.derivative(z)


class Softplus(Activation):
    """A rectified linear unit without the kink; its slope is the sigmoid.

    ``f(z) = ln(1 + exp(z))`` and ``f'(z) = 1 / (1 + exp(-z))``, with values in (0, inf).

    References
    ----------
    C. Dugas, Y. Bengio et al., "Incorporating second-order functional knowledge for better option pricing", 2000.

    Examples
    --------
    >>> Softplus()([-1000.0, 0.0, 10.0]).round(4)
    array([ 0.    ,  0.6931, 10.    ])
    """

    _slope = Sigmoid()

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``max(z, 0) + ln(1 + exp(-|z|))``, which is the same and cannot overflow."""
        z = as_floating(z)
        with np.errstate(under="ignore"):
            return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return ``1 / (1 + exp(-z))``."""
        return self._slope.forward(z)
