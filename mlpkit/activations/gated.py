"""Activations that multiply their input by a soft step: SiLU and GELU."""

from __future__ import annotations

import math

import numpy as np

from mlpkit.activations.base import Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.registry import as_floating

__all__ = ["GELU", "SiLU"]

FAR = 40.0
"""Beyond it the soft steps of GELU are 0 and 1 in every dtype."""


class SiLU(Activation):
    """The sigmoid linear unit, also called swish: a rectified linear unit with a soft and slightly negative bend.

    ``f(z) = z s(z)`` with the sigmoid ``s(z) = 1 / (1 + exp(-z))``; ``f'(z) = s(z) (1 + z (1 - s(z)))``.

    References
    ----------
    S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-weighted linear units for neural network function approximation in
    reinforcement learning", 2018.

    Examples
    --------
    >>> SiLU()([-100.0, 0.0, 1.0, 100.0]).round(4)
    array([ -0.    ,   0.    ,   0.7311, 100.    ])
    """

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``z s(z)``."""
        z = as_floating(z)
        with np.errstate(under="ignore"):
            return _above(z, -1e4) * _sigmoid(z)

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return ``s(z) (1 + z s(-z))``."""
        z = as_floating(z)
        with np.errstate(under="ignore"):
            inner = np.clip(z, -1e4, 1e4)
            return _sigmoid(z) * (1 + inner * _sigmoid(-z))


class GELU(Activation):
    """The Gaussian error linear unit: its input times the probability that a standard normal number is smaller.

    ``f(z) = z Phi(z)`` with ``Phi(z) = (1 + erf(z / sqrt(2))) / 2``; ``f'(z) = Phi(z) + z phi(z)`` with the density
    ``phi(z) = exp(-z^2 / 2) / sqrt(2 pi)``.

    Parameters
    ----------
    approximate : {"none", "tanh"}
        ``"tanh"`` for the paper's approximation ``z (1 + tanh(u)) / 2`` with ``u = sqrt(2 / pi) (z + 0.044715 z^3)``,
        which is off by 5e-4 at most and quicker: numpy has no ``erf``, and Python's takes one number at a time.

    Raises
    ------
    ValueError
        If `approximate` is neither.

    References
    ----------
    D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", 2016.

    Examples
    --------
    >>> GELU()([-100.0, 0.0, 1.0, 100.0]).round(4)
    array([ -0.    ,   0.    ,   0.8413, 100.    ])
    >>> GELU(approximate="tanh")([1.0]).round(4)
    array([0.8412])
    """

    def __init__(self, approximate: str = "none") -> None:
        if approximate not in ("none", "tanh"):
            raise ValueError(
                f'GELU expected approximate to be "none" or "tanh", got {approximate!r}; choose one of them'
            )
        self.approximate = approximate

    def forward(self, z: ArrayLike) -> FloatArray:
        """Return ``z Phi(z)``."""
        z = as_floating(z)
        with np.errstate(under="ignore"):
            return _above(z, -FAR) * self._step_and_slope(z)[0]

    def derivative(self, z: ArrayLike) -> FloatArray:
        """Return ``Phi(z) + z phi(z)``."""
        z = as_floating(z)
        with np.errstate(under="ignore"):
            step, slope = self._step_and_slope(z)
            return step + np.clip(z, -FAR, FAR) * slope

    def _step_and_slope(self, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return ``Phi(z)``, or what approximates it, and its slope."""
        z = np.clip(z, -FAR, FAR)
        if self.approximate == "none":
            return _normal_cdf(z), np.exp(z * z / -2) * (1 / math.sqrt(2 * math.pi))
        # (1 + tanh(u)) / 2 is the sigmoid of 2 u, in which nothing cancels
        rate = 2 * math.sqrt(2 / math.pi)
        twice_u = z * (rate + (rate * 0.044715) * z * z)
        step = _sigmoid(twice_u)
        return step, step * _sigmoid(-twice_u) * (rate * (1 + 3 * 0.044715 * z * z))


def _above(z: FloatArray, least: float) -> FloatArray:
    """Return `z`, but not less than where its factor is 0 anyway: the product of infinity and 0 is nan."""
    return np.maximum(z, z.dtype.type(least))


def _sigmoid(z: FloatArray) -> FloatArray:
    """Return ``1 / (1 + exp(-z))``, exact also where ``exp(-z)`` would overflow."""
    a: FloatArray = np.exp(np.minimum(z, 0))
    a /= 1 + np.exp(-np.abs(z))
    return a


def _normal_cdf(z: FloatArray) -> FloatArray:
    """Return ``erfc(-z / sqrt(2)) / 2``, in which, unlike ``1 + erf``, nothing cancels."""
    scaled = np.ravel(z).astype(np.float64) / -math.sqrt(2)
    values = np.fromiter(map(math.erfc, scaled.tolist()), np.float64, scaled.size)
    cdf: FloatArray = (values * 0.5).astype(z.dtype)
    return cdf.reshape(z.shape)
