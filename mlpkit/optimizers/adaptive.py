"""Optimizers that divide by the size that the gradients had: AdaGrad, AdaDelta and RMSProp."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.optimizers.adam import add_squares, least_epsilon
from mlpkit.optimizers.base import FRACTION, NOT_NEGATIVE, Optimizer
from mlpkit.schedules import Schedule

__all__ = ["AdaDelta", "AdaGrad", "RMSProp"]


class AdaGrad(Optimizer):
    """Gradient descent whose steps shrink for parameters with a history of large gradients.

    ``v = v + g^2`` and ``w = w - learning_rate g / (sqrt(v) + epsilon)``: the memory never fades, so the steps become
    ever shorter.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.01
        Length of the first step.
    epsilon : float, default 1e-10
        Keeps the division safe where the gradient is zero.

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
    2011.

    Examples
    --------
    >>> w = np.array([1.0])
    >>> adagrad = AdaGrad(learning_rate=0.1)
    >>> state = adagrad.init(w)
    >>> adagrad.update(w, np.array([3.0]), state)  # 0.1 * 3 / sqrt(9)
    >>> adagrad.update(w, np.array([4.0]), state)  # 0.1 * 4 / sqrt(9 + 16)
    >>> w.round(6)
    array([0.82])
    """

    n_memory = 1
    ranges: ClassVar = {**Optimizer.ranges, "epsilon": NOT_NEGATIVE}

    def __init__(self, learning_rate: float | Schedule = 0.01, epsilon: float = 1e-10) -> None:
        self.learning_rate = learning_rate
        self.epsilon = epsilon

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply ``v = v + g^2``, ``w = w - learning_rate g / (sqrt(v) + epsilon)``."""
        (v,) = memory
        g, _ = add_squares(v, g)
        w -= self.rate(t) * g / (np.sqrt(v) + max(self.epsilon, least_epsilon(v.dtype)))


class RMSProp(Optimizer):
    """Gradient descent divided by the recent size of the gradient: AdaGrad with a memory that fades.

    ``v = rho v + (1 - rho) g^2`` and ``w = w - learning_rate g / (sqrt(v) + epsilon)``.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.01
        Length of a typical step.
    rho : float, default 0.99
        How slowly the running mean forgets.
    epsilon : float, default 1e-8
        Keeps the division safe where the gradient is zero.

    References
    ----------
    T. Tieleman and G. Hinton, "Lecture 6.5: rmsprop", Neural Networks for Machine Learning, 2012.

    Examples
    --------
    >>> w = np.array([1.0])
    >>> rmsprop = RMSProp(learning_rate=0.1, rho=0.75)
    >>> rmsprop.update(w, np.array([3.0]), rmsprop.init(w))  # 0.1 * 3 / sqrt(0.25 * 9)
    >>> w.round(6)
    array([0.8])
    """

    n_memory = 1
    ranges: ClassVar = {**Optimizer.ranges, "rho": FRACTION, "epsilon": NOT_NEGATIVE}

    def __init__(self, learning_rate: float | Schedule = 0.01, rho: float = 0.99, epsilon: float = 1e-8) -> None:
        self.learning_rate = learning_rate
        self.rho = rho
        self.epsilon = epsilon

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply ``v = rho v + (1 - rho) g^2``, ``w = w - learning_rate g / (sqrt(v) + epsilon)``."""
        (v,) = memory
        g, _ = add_squares(v, g, self.rho, 1 - self.rho)
        w -= self.rate(t) * g / (np.sqrt(v) + max(self.epsilon, least_epsilon(v.dtype)))


class AdaDelta(Optimizer):
    """RMSProp whose steps have the unit of the parameters, so that no learning rate has to be found.

    ``v = rho v + (1 - rho) g^2``, ``d = g sqrt(u + epsilon) / sqrt(v + epsilon)``, ``u = rho u + (1 - rho) d^2`` and
    ``w = w - learning_rate d``: the running mean ``u`` of earlier steps takes the place of a learning rate.

    Parameters
    ----------
    learning_rate : float or Schedule, default 1.0
        A factor on the step; 1 is the method of the paper.
    rho : float, default 0.9
        How slowly the running means forget.
    epsilon : float, default 1e-6
        Starts the steps, and keeps the division safe.

    References
    ----------
    M. D. Zeiler, "ADADELTA: an adaptive learning rate method", 2012.

    Examples
    --------
    >>> w = np.array([1.0])
    >>> adadelta = AdaDelta(rho=0.75, epsilon=1.0)
    >>> adadelta.update(w, np.array([4.0]), adadelta.init(w))  # 4 * sqrt(0 + 1) / sqrt(0.25 * 16 + 1)
    >>> w.round(4)
    array([-0.7889])
    """

    n_memory = 2
    ranges: ClassVar = {**Optimizer.ranges, "rho": FRACTION, "epsilon": NOT_NEGATIVE}

    def __init__(self, learning_rate: float | Schedule = 1.0, rho: float = 0.9, epsilon: float = 1e-6) -> None:
        self.learning_rate = learning_rate
        self.rho = rho
        self.epsilon = epsilon

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply the formulas of the paper, algorithm 1."""
        v, u = memory
        g, _ = add_squares(v, g, self.rho, 1 - self.rho)
        epsilon = max(self.epsilon, least_epsilon(v.dtype) ** 2)
        d = g * (np.sqrt(u + epsilon) / np.sqrt(v + epsilon))
        add_squares(u, d, self.rho, 1 - self.rho)
        w -= self.rate(t) * d
