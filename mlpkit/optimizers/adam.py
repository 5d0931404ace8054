"""Adam and its descendants: a step of about the learning rate for every parameter."""

from __future__ import annotations

import math
import operator
from functools import lru_cache
from itertools import accumulate
from typing import Any, ClassVar

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.optimizers.base import FRACTION, NOT_NEGATIVE, Optimizer
from mlpkit.registry import constant
from mlpkit.schedules import Schedule

__all__ = ["Adam", "AdamW", "Nadam", "add_squares", "least_epsilon"]

FULL_MOMENTUM = 1 << 18
"""From this step on ``0.96^(0.004 t)`` is below the rounding of 1, so that ``mu_t`` is ``beta_1``, and ``M_t`` is 0."""


class Adam(Optimizer):
    """Adaptive moment estimation: a step of about the learning rate for every parameter.

    ``m`` and ``v`` are running means of the gradient and of its square; dividing by ``1 - beta^t`` makes up for their
    start at zero. Then ``w = w - learning_rate m_hat / (sqrt(v_hat) + epsilon)``.

    Parameters
    ----------
    learning_rate : float or Schedule, default 1e-3
        Length of a typical step.
    beta_1, beta_2 : float, default 0.9 and 0.999
        How slowly the two running means forget.
    epsilon : float, default 1e-8
        Keeps the division safe where the gradient is zero.

    References
    ----------
    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015.

    Examples
    --------
    >>> w = np.array([1.0, 1.0])
    >>> adam = Adam(learning_rate=0.1)
    >>> adam.update(w, np.array([100.0, -0.01]), adam.init(w))  # the first step has the same length for both
    >>> w.round(6)
    array([0.9, 1.1])
    """

    n_memory = 2
    ranges: ClassVar = {**Optimizer.ranges, "beta_1": FRACTION, "beta_2": FRACTION, "epsilon": NOT_NEGATIVE}

    def __init__(
        self,
        learning_rate: float | Schedule = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        self.learning_rate = learning_rate
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply algorithm 1 of the paper, to running sums in the place of running means.

        This is the one departure from the paper: ``M = m / (1 - beta_1)`` and ``V = v / (1 - beta_2)`` are kept instead
        of ``m`` and ``v``, since that spares two of twelve passes over the arrays, an eighth of the time of a step.
        """
        M, V = memory
        g, step = add_squares(V, g, self.beta_2)
        M *= constant(self.beta_1, M.dtype)
        M += g
        scale = math.sqrt((1 - self.beta_2) / (1 - self.beta_2**t))  # sqrt(v_hat) = scale sqrt(V)
        np.sqrt(V, out=step)
        step += max(self.epsilon / scale, least_epsilon(V.dtype))
        np.divide(M, step, out=step)
        step *= self.rate(t) * (1 - self.beta_1) / (1 - self.beta_1**t) / scale
        w -= step


class AdamW(Adam):
    """Adam with weight decay that is kept apart from the gradient.

    ``w = w - learning_rate weight_decay w``, then Adam's step. In Adam itself, a penalty on the weights is divided by
    ``sqrt(v_hat)`` like every gradient, so that it holds weights with large gradients back less than others.

    Parameters
    ----------
    learning_rate : float or Schedule, default 1e-3
        Length of a typical step.
    beta_1, beta_2 : float, default 0.9 and 0.999
        How slowly the two running means forget.
    epsilon : float, default 1e-8
        Keeps the division safe where the gradient is zero.
    weight_decay : float, default 0.01
        Share of a weight that a step of learning rate 1 takes away.

    References
    ----------
    I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019.

    Examples
    --------
    >>> w = np.array([1.0])
    >>> adamw = AdamW(learning_rate=0.1, weight_decay=0.5)
    >>> adamw.update(w, np.array([0.0]), adamw.init(w))  # without a gradient, the decay alone
    >>> w
    array([0.95])
    """

    ranges: ClassVar = {**Adam.ranges, "weight_decay": NOT_NEGATIVE}

    def __init__(
        self,
        learning_rate: float | Schedule = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon)
        self.weight_decay = weight_decay

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Shrink the weights by their decay, then apply Adam's formulas."""
        w *= 1 - self.rate(t) * self.weight_decay
        super().update_block(w, g, t, *memory)


class Nadam(Adam):
    """Adam with Nesterov's momentum, which looks ahead along the running mean of the gradients.

    With ``mu_t = beta_1 (1 - 0.96^(0.004 t) / 2)`` and ``M_t = mu_1 mu_2 ... mu_t``, the step of Adam has in place of
    ``m_hat`` the sum ``g (1 - mu_t) / (1 - M_t) + m mu_(t+1) / (1 - M_(t+1))``.

    Parameters
    ----------
    learning_rate : float or Schedule, default 2e-3
        Length of a typical step.
    beta_1, beta_2 : float, default 0.9 and 0.999
        How slowly the two running means forget.
    epsilon : float, default 1e-8
        Keeps the division safe where the gradient is zero.

    References
    ----------
    T. Dozat, "Incorporating Nesterov momentum into Adam", 2016.

    Examples
    --------
    >>> w = np.array([1.0, 1.0])
    >>> nadam = Nadam(learning_rate=0.1)
    >>> nadam.update(w, np.array([100.0, -0.01]), nadam.init(w))
    >>> w.round(3)
    array([0.894, 1.106])
    """

    def __init__(
        self,
        learning_rate: float | Schedule = 2e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon)

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply the formulas of the paper, with its schedule of the momentum."""
        M, V = memory
        g, _ = add_squares(V, g, self.beta_2)
        M *= constant(self.beta_1, M.dtype)
        M += g
        m, v_hat = (1 - self.beta_1) * M, V * ((1 - self.beta_2) / (1 - self.beta_2**t))
        mu, products = _momenta(self.beta_1, min(1 << (t + 1).bit_length(), FULL_MOMENTUM))
        now, soon = min(t, FULL_MOMENTUM - 1), min(t + 1, FULL_MOMENTUM - 1)
        m_hat = g * ((1 - mu[now]) / (1 - products[now])) + m * (mu[soon] / (1 - products[soon]))
        w -= self.rate(t) * m_hat / (np.sqrt(v_hat) + max(self.epsilon, least_epsilon(V.dtype)))


@lru_cache(maxsize=8)
def _momenta(beta_1: float, length: int) -> tuple[list[float], list[float]]:
    """Return Nadam's ``mu_t``, and their products up to t, for every t below `length`; entry 0 is 1."""
    mu = [1.0, *(beta_1 * (1 - 0.5 * 0.96 ** (0.004 * t)) for t in range(1, length))]
    return mu, list(accumulate(mu, operator.mul))


@np.errstate(over="raise")  # the processor notices an overflow by itself; as a decorator, this is quick
def add_squares(
    sums: FloatArray, g: FloatArray, keep: float = 1.0, share: float = 1.0
) -> tuple[FloatArray, FloatArray]:
    """Set ``sums = keep sums + share g^2`` in place; they stay finite for every finite gradient.

    The square of a float32 above 1.8e19 is infinite; in such a sum it would make all later steps 0. So a gradient with
    squares that overflow, alone or in the sum, is cut off where a thousand can be added up.

    Parameters
    ----------
    sums, g : ndarray of shape (n,)
        The sums, and a gradient.
    keep, share : float
        What is left of the old sums, and what comes of the new squares.

    Returns
    -------
    g : ndarray of shape (n,)
        The gradient, cut off if need be.
    scratch : ndarray of shape (n,)
        An array to compute in.

    Examples
    --------
    >>> v = np.array([1.0, 1.0], np.float32)
    >>> g, _ = add_squares(v, np.array([2.0, 1e30], np.float32))
    >>> v
    array([5.0000000e+00, 3.3230696e+35], dtype=float32)
    """
    try:
        squares = g * g
    except FloatingPointError:
        g = _cut_off(g)
        squares = g * g
    if keep != 1:
        sums *= constant(keep, sums.dtype)
    if share != 1:
        squares *= share
    try:
        sums += squares
    except FloatingPointError:
        g = _cut_off(g)
        np.minimum(sums, np.finfo(sums.dtype).max, out=sums)
    return g, squares


def _cut_off(g: FloatArray) -> FloatArray:
    """Cut off the finite entries of a gradient; infinite ones are for others to notice."""
    limit = math.sqrt(np.finfo(g.dtype).max) / 32
    return np.where(np.isinf(g), g, np.clip(g, -limit, limit))


@lru_cache(maxsize=8)
def least_epsilon(dtype: np.dtype[Any]) -> float:
    """Return the root of the smallest number of a dtype: what is added to a root of squares should not be less.

    The square of a float32 below 2.6e-23 is 0, and the division by its root would make the longest of all steps.
    """
    return math.sqrt(np.nextafter(dtype.type(0), dtype.type(1)))
