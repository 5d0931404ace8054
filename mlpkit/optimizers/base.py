"""The base of all optimizers: checked settings, and a step whose memory is kept with the parameters.

An optimizer holds the settings only. Its memory of some parameters (velocities, averages, the number of steps) is an
`OptimizerState`, so that one optimizer may serve several layers and models without mixing them up.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import is_not
from typing import ClassVar, TypeAlias

import numpy as np

from mlpkit.arrays import FloatArray, trainable_dtype
from mlpkit.registry import CheckedFormula, Range
from mlpkit.schedules import Schedule

__all__ = ["BLOCK_SIZE", "FRACTION", "NOT_NEGATIVE", "Optimizer", "OptimizerState", "Updates"]

NOT_NEGATIVE = Range()
"""The range of an epsilon or a weight decay."""
FRACTION = Range(below=1.0)
"""The range of a momentum, or of another share that survives a step."""

BLOCK_SIZE = 32_768
"""Elements updated at a time: few enough for all arrays of a formula to stay in the cache."""


_Block: TypeAlias = tuple[FloatArray, FloatArray, list[FloatArray]]
"""Parameters, their gradients, and what an optimizer remembers of them."""


class OptimizerState:
    """The memory of an optimizer for one parameter array.

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


class Optimizer(CheckedFormula, ABC):
    """A rule that changes parameters in place, given their gradients; a subclass gives `update_block`.

    It may have any settings; the learning rate is checked, and what the subclass enters in `ranges`.

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
    ranges: ClassVar = {"learning_rate": Range(also=(Schedule,))}

    learning_rate: float | Schedule

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
            If the shapes differ, or `parameters` is not a contiguous array of a dtype that can be trained.
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
        trainable_dtype(parameters.dtype, type(self).__name__)
        state.step += 1
        for w, g, memory in _blocks(parameters, gradients.astype(parameters.dtype, copy=False), state.memory):
            self.update_block(w, g, state.step, *memory)

    def rate(self, t: int) -> float:
        """Return the learning rate of step `t`, counted from 1."""
        rate = self.learning_rate
        if isinstance(rate, float):
            return rate
        value: float = rate(t - 1)
        if type(value) is not float or not 0 <= value < math.inf:  # a schedule of one's own may return anything
            value = NOT_NEGATIVE.checked(value, type(rate).__name__, f"the learning rate of step {t - 1}")
        return value

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


class Updates:
    """The steps of a long parameter vector whose stretches (one for each layer) may have optimizers of their own.

    Each stretch has a state of its own, so that the others go on undisturbed when one is given another optimizer, which
    starts with an empty memory. Neighbours that share an optimizer are updated in one go.

    Parameters
    ----------
    parameters, gradients : ndarray of shape (n,)
        The vectors.
    stretches : sequence of (int, int)
        Where each stretch begins and ends, in order, without gaps.

    Attributes
    ----------
    states : dict of (int, int) to (Optimizer, OptimizerState)
        The optimizer of each stretch, as of the last step, and its memory.
    """

    def __init__(self, parameters: FloatArray, gradients: FloatArray, stretches: Sequence[tuple[int, int]]) -> None:
        self._parameters, self._gradients, self.stretches = parameters, gradients, stretches
        self.states: dict[tuple[int, int], tuple[Optimizer, OptimizerState]] = {}
        self._optimizers: list[Optimizer | None] = []
        self._runs: list[_Run] = []

    def step(self, optimizers: list[Optimizer | None]) -> None:
        """Make one step with the gradients that the vector now holds.

        `optimizers` has one for each stretch, or None to leave the stretch and what is remembered of it as they are.
        """
        if len(optimizers) != len(self._optimizers) or any(map(is_not, optimizers, self._optimizers)):
            self._assign(optimizers)
        for run in self._runs:
            optimizer, t = run.optimizer, run.states[0].step + 1
            run.learning_rate = getattr(optimizer, "learning_rate", math.nan)  # one of one's own may have none
            for state in run.states:
                state.step = t
            for w, g, memory in run.blocks:
                optimizer.update_block(w, g, t, *memory)

    def rates(self) -> list[tuple[Optimizer | None, float]]:
        """Return the optimizer of each stretch and its learning rate, as of the last step; nan if it had no part."""
        rates: list[tuple[Optimizer | None, float]] = [(None, math.nan)] * len(self.stretches)
        for run in self._runs:
            rates[run.first : run.first + len(run.states)] = [(run.optimizer, run.rate())] * len(run.states)
        return rates

    def _assign(self, optimizers: list[Optimizer | None]) -> None:
        """Assign each stretch its optimizer, and join neighbours that share one and have made as many steps."""
        runs: list[_Run] = []
        for i, (optimizer, (start, stop)) in enumerate(zip(optimizers, self.stretches, strict=True)):
            if optimizer is None:
                continue
            known = self.states.get((start, stop))
            if known is None or known[0] is not optimizer:
                known = self.states[start, stop] = optimizer, optimizer.init(self._parameters[start:stop])
            state = known[1]
            joins = runs and runs[-1].stop == start and runs[-1].optimizer is optimizer
            if joins and runs[-1].states[0].step == state.step:
                runs[-1].states.append(state)
                runs[-1].stop = stop
            else:
                runs.append(_Run(optimizer, i, start, stop, [state]))
        for run in runs:
            parameters, gradients = self._parameters[run.start : run.stop], self._gradients[run.start : run.stop]
            run.blocks = _blocks(parameters, gradients, _joined(run.states))
        self._runs, self._optimizers = runs, optimizers


@dataclass
class _Run:
    """Neighbouring stretches that one optimizer updates in one go."""

    optimizer: Optimizer
    first: int  # the index of the first stretch
    start: int
    stop: int
    states: list[OptimizerState]
    blocks: list[_Block] = field(default_factory=list)
    learning_rate: float | Schedule = math.nan  # as it was in the last step: a callback may have set another since

    def rate(self) -> float:
        """Return the learning rate of the last step."""
        t, used = self.states[0].step, self.learning_rate
        if used is getattr(self.optimizer, "learning_rate", None):
            return self.optimizer.rate(t)
        return used(t - 1) if isinstance(used, Schedule) else used


def _joined(states: list[OptimizerState]) -> list[FloatArray]:
    """Return the memory of some states in one array for each quantity, of which theirs become views."""
    if len(states) == 1:
        return states[0].memory
    joined = [np.concatenate(arrays) for arrays in zip(*(state.memory for state in states), strict=True)]
    start = 0
    for state in states:
        sizes = [array.size for array in state.memory]
        state.memory = [array[start : start + size] for array, size in zip(joined, sizes, strict=True)]
        start += max(sizes, default=0)
    return joined


def _blocks(parameters: FloatArray, gradients: FloatArray, memory: list[FloatArray]) -> list[_Block]:
    """Cut arrays of one size into views of at most `BLOCK_SIZE` elements, which stay in the cache through a formula."""
    w, g, *arrays = (array.reshape(-1) for array in (parameters, gradients, *memory))
    cuts = [slice(start, start + BLOCK_SIZE) for start in range(0, w.size, BLOCK_SIZE)]
    return [(w[cut], g[cut], [array[cut] for array in arrays]) for cut in cuts]
