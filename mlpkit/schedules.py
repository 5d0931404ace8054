"""Learning-rate schedules: how large the steps are, as training goes on.

A schedule in the place of a learning rate, ``Adam(learning_rate=CosineSchedule(1e-3, 5000))``, counts updates; given to
the callback `LearningRate` it counts epochs. Both count from 0.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

from mlpkit.registry import CheckedFormula, Range

__all__ = ["SCHEDULES", "ConstantSchedule", "CosineSchedule", "Schedule", "StepSchedule", "WarmUpSchedule"]


class Schedule(CheckedFormula, ABC):
    """A learning rate that depends on the time; a subclass gives `__call__`, and may have any settings.

    Raises
    ------
    ValueError
        If a learning rate or a factor is negative or not finite, or a number of steps is no whole number from 1.
    """

    @abstractmethod
    def __call__(self, step: int) -> float:
        """Return the learning rate at a step (or epoch), counted from 0."""


class ConstantSchedule(Schedule):
    """The same learning rate at every step.

    Examples
    --------
    >>> [ConstantSchedule(0.1)(step) for step in (0, 10)]
    [0.1, 0.1]
    """

    ranges: ClassVar = {"learning_rate": Range()}

    def __init__(self, learning_rate: float = 1e-3) -> None:
        self.learning_rate = learning_rate

    def __call__(self, step: int) -> float:
        """Return the learning rate."""
        return self.learning_rate


class StepSchedule(Schedule):
    """A learning rate that is multiplied by a factor every so many steps.

    ``learning_rate factor^floor(step / every)``.

    Parameters
    ----------
    learning_rate : float, default 1e-3
        Where it starts.
    every : int, default 1000
        How many steps it stays.
    factor : float, default 0.1
        What it is multiplied by then.

    Examples
    --------
    >>> [StepSchedule(1.0, every=2, factor=0.5)(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    ranges: ClassVar = {"learning_rate": Range(), "every": Range(1, whole=True), "factor": Range()}

    def __init__(self, learning_rate: float = 1e-3, every: int = 1000, factor: float = 0.1) -> None:
        self.learning_rate = learning_rate
        self.every = every
        self.factor = factor

    def __call__(self, step: int) -> float:
        """Return ``learning_rate factor^floor(step / every)``; a rate that grows for ever ends at infinity."""
        try:
            return self.learning_rate * self.factor ** (step // self.every)
        except OverflowError:
            return math.inf


class CosineSchedule(Schedule):
    """A learning rate that falls along half a cosine wave, and stays at its minimum.

    ``minimum + (learning_rate - minimum) (1 + cos(pi min(step / steps, 1))) / 2``.

    Parameters
    ----------
    learning_rate : float, default 1e-3
        Where it starts.
    steps : int, default 1000
        How many steps the fall takes.
    minimum : float, default 0.0
        Where it ends.

    References
    ----------
    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.

    Examples
    --------
    >>> [round(CosineSchedule(1.0, steps=4)(step), 3) for step in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """

    ranges: ClassVar = {"learning_rate": Range(), "steps": Range(1, whole=True), "minimum": Range()}

    def __init__(self, learning_rate: float = 1e-3, steps: int = 1000, minimum: float = 0.0) -> None:
        self.learning_rate = learning_rate
        self.steps = steps
        self.minimum = minimum

    def __call__(self, step: int) -> float:
        """Return the rate on the cosine wave."""
        fall = (1 + math.cos(math.pi * min(step / self.steps, 1.0))) / 2
        return self.minimum + (self.learning_rate - self.minimum) * fall


class WarmUpSchedule(Schedule):
    """A schedule that is reached along a straight line from near 0.

    ``schedule(0) (step + 1) / steps`` during the first `steps` steps, then ``schedule(step - steps)``.

    Parameters
    ----------
    schedule : Schedule or float, default 1e-3
        What comes after the warm-up.
    steps : int, default 100
        How many steps the warm-up takes.

    References
    ----------
    P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017.

    Examples
    --------
    >>> [WarmUpSchedule(1.0, steps=4)(step) for step in range(6)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    """

    ranges: ClassVar = {"steps": Range(1, whole=True)}

    def __init__(self, schedule: Schedule | float = 1e-3, steps: int = 100) -> None:
        self.schedule = schedule if isinstance(schedule, Schedule) else ConstantSchedule(schedule)
        self.steps = steps

    def __call__(self, step: int) -> float:
        """Return the share of the first rate, then the rates of the schedule."""
        if step < self.steps:
            return self.schedule(0) * ((step + 1) / self.steps)
        return self.schedule(step - self.steps)


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": ConstantSchedule,
    "step": StepSchedule,
    "cosine": CosineSchedule,
    "warm_up": WarmUpSchedule,
}
"""The schedules that have a name."""
