"""Gradient descent, plain, with momentum, and with Nesterov's momentum."""

from __future__ import annotations

from typing import ClassVar

from mlpkit.arrays import FloatArray
from mlpkit.optimizers.base import FRACTION, NOT_NEGATIVE, Optimizer
from mlpkit.schedules import Schedule

__all__ = ["SGD", "Nesterov"]


class SGD(Optimizer):
    """(Stochastic) gradient descent, with momentum on request.

    ``v = momentum v + g`` and ``w = w - learning_rate v``: the velocity adds up gradients, the step goes against it.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.01
        Length of the step for a gradient of 1.
    momentum : float, default 0.0
        Share of the velocity that survives a step; 0 is plain gradient descent, ``w = w - learning_rate g``.
    weight_decay : float, default 0.0
        Adds ``weight_decay w`` to the gradient, as half a penalty of ``weight_decay sum w^2`` would.

    References
    ----------
    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.

    Examples
    --------
    >>> w = np.array([2.0, 1.0])
    >>> sgd = SGD(learning_rate=0.1)
    >>> sgd.update(w, np.array([12.0, 6.0]), sgd.init(w))
    >>> w
    array([0.8, 0.4])
    """

    n_memory = 1
    ranges: ClassVar = {**Optimizer.ranges, "momentum": FRACTION, "weight_decay": NOT_NEGATIVE}

    def __init__(
        self, learning_rate: float | Schedule = 0.01, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.weight_decay = weight_decay

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply ``v = momentum v + g``, ``w = w - learning_rate v``."""
        if self.weight_decay:
            g = g + self.weight_decay * w
        if self.momentum:
            (v,) = memory
            v *= self.momentum
            v += g
            g = v
        w -= self.rate(t) * g


class Nesterov(Optimizer):
    """Gradient descent with Nesterov's momentum, which looks ahead along the velocity.

    ``v = momentum v + g`` and ``w = w - learning_rate (g + momentum v)``: Nesterov's formulas, written for the point
    that he looks ahead to.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.01
        Length of the step for a gradient of 1.
    momentum : float, default 0.9
        Share of the velocity that survives a step.
    weight_decay : float, default 0.0
        Adds ``weight_decay w`` to the gradient.

    References
    ----------
    Y. Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k²)", 1983.

    I. Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.

    Examples
    --------
    >>> w = np.array([1.0])
    >>> nesterov = Nesterov(learning_rate=0.1, momentum=0.5)
    >>> nesterov.update(w, np.array([2.0]), nesterov.init(w))  # v = 2, w = 1 - 0.1 (2 + 0.5 * 2)
    >>> w
    array([0.7])
    """

    n_memory = 1
    ranges: ClassVar = {**Optimizer.ranges, "momentum": FRACTION, "weight_decay": NOT_NEGATIVE}

    def __init__(
        self, learning_rate: float | Schedule = 0.01, momentum: float = 0.9, weight_decay: float = 0.0
    ) -> None:
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.weight_decay = weight_decay

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply ``v = momentum v + g``, ``w = w - learning_rate (g + momentum v)``."""
        if self.weight_decay:
            g = g + self.weight_decay * w
        (v,) = memory
        v *= self.momentum
        v += g
        rate = self.rate(t)
        step = rate * g
        step += (rate * self.momentum) * v  # g + momentum v may overflow, where the step does not
        w -= step
