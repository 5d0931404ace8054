"""Optimizers: how a step is made from a gradient.

An optimizer holds the settings only. What it remembers of a parameter vector (velocities, averages, the number of
steps) is an `OptimizerState`, so that one optimizer may serve several layers and models without mixing them up.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.registry import Formula

__all__ = ["OPTIMIZERS", "SGD", "Adam", "Nesterov", "Optimizer", "OptimizerState"]

BLOCK_SIZE = 32_768  # elements updated at a time: few enough for all arrays of the formula to stay in the cache


class OptimizerState:
    """What an optimizer remembers of one parameter array.

    Attributes
    ----------
    step : int
        The number of updates so far.
    memory : list of ndarray
        One flat array for each quantity that the formula carries from step to step, such as a velocity.
    """

    def __init__(self, memory: list[FloatArray]) -> None:
        self.step = 0
        self.memory = memory


class Optimizer(Formula, ABC):
    """A rule that changes parameters in place, given their gradients; a subclass gives `update_block`.

    Attributes
    ----------
    n_memory : int
        How many arrays the formula carries from step to step.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range, at the start or when it is changed later.
    """

    n_memory: ClassVar[int] = 0

    def __setattr__(self, name: str, value: float) -> None:
        """Set a hyperparameter, checked and as a Python float: a numpy float64 would upcast float32 arrays."""
        value = float(value)
        if name in ("learning_rate", "epsilon"):
            fits, rule = 0 <= value < math.inf, "a finite number that is not negative"
        else:
            fits, rule = 0 <= value < 1, "at least 0 and below 1"
        if not fits:
            raise ValueError(f"{type(self).__name__} expected {name} to be {rule}, got {value}; choose another")
        super().__setattr__(name, value)

    def init(self, parameters: FloatArray) -> OptimizerState:
        """Return the empty memory for a parameter array that `update` will change."""
        return OptimizerState([np.zeros(parameters.size, parameters.dtype) for _ in range(self.n_memory)])

    def update(self, parameters: FloatArray, gradients: FloatArray, state: OptimizerState) -> None:
        """Make one step: change `parameters` and `state` in place.

        Parameters
        ----------
        parameters, gradients : ndarray of one shape
            What to change, contiguous in memory, and the gradient of the loss.
        state : OptimizerState
            What `init` returned for these parameters.

        Raises
        ------
        ValueError
            If the shapes differ, or `parameters` is not a contiguous floating array.
        """
        if parameters.shape != gradients.shape:
            raise ValueError(
                f"{type(self).__name__} expected gradients of the shape of the parameters, {parameters.shape}, "
                f"got {gradients.shape}; give one derivative for each parameter"
            )
        if parameters.dtype.kind != "f" or not parameters.flags.c_contiguous:
            raise ValueError(
                f"{type(self).__name__} changes a contiguous floating array in place, got dtype {parameters.dtype} "
                f"and strides {parameters.strides}; make one: np.ascontiguousarray(parameters, dtype=float)"
            )
        state.step += 1
        w, g = parameters.reshape(-1), gradients.reshape(-1)
        for start in range(0, w.size, BLOCK_SIZE):
            block = slice(start, start + BLOCK_SIZE)
            self.update_block(w[block], g[block], state.step, *(memory[block] for memory in state.memory))

    @abstractmethod
    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply the formula to one block: change `w` and `memory` in place.

        Parameters
        ----------
        w, g, *memory : ndarray of shape (n,)
            Parameters, gradients, and the `n_memory` arrays.
        t : int
            The number of this step, from 1.
        """


class SGD(Optimizer):
    """(Stochastic) gradient descent, with momentum on request.

    ``v = momentum v + g`` and ``w = w - learning_rate v``: the velocity adds up gradients, the step goes against it.

    Parameters
    ----------
    learning_rate : float, default 0.01
        Length of the step for a gradient of 1.
    momentum : float, default 0.0
        Share of the velocity that survives a step; 0 is plain gradient descent, ``w = w - learning_rate g``.

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

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.0) -> None:
        self.learning_rate = learning_rate
        self.momentum = momentum

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply ``v = momentum v + g``, ``w = w - learning_rate v``."""
        if self.momentum:
            (v,) = memory
            v *= self.momentum
            v += g
            g = v
        w -= self.learning_rate * g


class Nesterov(Optimizer):
    """Gradient descent with Nesterov's momentum, which looks ahead along the velocity.

    ``v = momentum v + g`` and ``w = w - learning_rate (g + momentum v)``: Nesterov's formulas, written for the point
    that he looks ahead to.

    Parameters
    ----------
    learning_rate : float, default 0.01
        Length of the step for a gradient of 1.
    momentum : float, default 0.9
        Share of the velocity that survives a step.

    References
    ----------
    Y. Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k^2)", 1983.
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

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.9) -> None:
        self.learning_rate = learning_rate
        self.momentum = momentum

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply ``v = momentum v + g``, ``w = w - learning_rate (g + momentum v)``."""
        (v,) = memory
        v *= self.momentum
        v += g
        w -= self.learning_rate * (g + self.momentum * v)


class Adam(Optimizer):
    """Adaptive moment estimation: a step of about the learning rate for every parameter.

    ``m`` and ``v`` are running means of the gradient and of its square; dividing by ``1 - beta^t`` makes up for their
    start at zero. Then ``w = w - learning_rate m_hat / (sqrt(v_hat) + epsilon)``.

    Parameters
    ----------
    learning_rate : float, default 1e-3
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

    def __init__(
        self, learning_rate: float = 1e-3, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8
    ) -> None:
        self.learning_rate = learning_rate
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def update_block(self, w: FloatArray, g: FloatArray, t: int, *memory: FloatArray) -> None:
        """Apply Adam's formulas, algorithm 1 of the paper."""
        m, v = memory
        m *= self.beta_1
        m += (1 - self.beta_1) * g
        v *= self.beta_2
        v += (1 - self.beta_2) * g * g
        m_hat = m / (1 - self.beta_1**t)
        v_hat = v / (1 - self.beta_2**t)
        w -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "nesterov": Nesterov,
    "adam": Adam,
}
