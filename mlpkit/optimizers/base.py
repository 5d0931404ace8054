"""What every optimizer has: settings that are checked, a memory outside of it, and steps that run in blocks.

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
from mlpkit.schedules import Schedule

__all__ = ["BLOCK_SIZE", "Optimizer", "OptimizerState", "blocks"]

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


def blocks(
    parameters: FloatArray, gradients: FloatArray, state: OptimizerState
) -> list[tuple[FloatArray, FloatArray, list[FloatArray]]]:
    """Cut parameters, gradients and memory into views of at most `BLOCK_SIZE` elements."""
    w, g = parameters.reshape(-1), gradients.reshape(-1)
    slices = [slice(start, start + BLOCK_SIZE) for start in range(0, w.size, BLOCK_SIZE)]
    return [(w[block], g[block], [memory[block] for memory in state.memory]) for block in slices]


class Optimizer(Formula, ABC):
    """A rule that changes parameters in place, given their gradients; a subclass gives `update_block`.

    Attributes
    ----------
    n_memory : int
        How many arrays the formula carries from step to step.
    learning_rate : float or Schedule
        How large the steps are; a schedule counts the steps of each parameter vector from 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range, at the start or when it is changed later.
    """

    n_memory: ClassVar[int] = 0

    learning_rate: float | Schedule

    def __setattr__(self, name: str, value: float | Schedule) -> None:
        """Set a hyperparameter, checked and as a Python float: a numpy float64 would upcast float32 arrays."""
        if name == "learning_rate" and isinstance(value, Schedule):
            object.__setattr__(self, name, value)
            return
        value = float(value)  # type: ignore[arg-type]  # only the learning rate may be a schedule
        if name in ("learning_rate", "epsilon", "weight_decay"):
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
        for w, g, memory in blocks(parameters, gradients.astype(parameters.dtype, copy=False), state):
            self.update_block(w, g, state.step, *memory)

    def rate(self, t: int) -> float:
        """Return the learning rate of step `t`, counted from 1."""
        rate = self.learning_rate
        return rate if isinstance(rate, float) else rate(t - 1)

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
