"""What a notebook has used of its time, and whether it got the processors that it needed."""

from __future__ import annotations

import time
from collections.abc import Callable

from autograder.plan import Limits, Usage

START_SECONDS = 300.0
"""How long a worker may take before its first cell, by the clock."""
GRACE_SECONDS = 3.0
"""How much longer than a cell may compute the worker may, to stop the cell by itself."""
WALL_GRACE_SECONDS = 6.0
"""How much longer than a cell may take by the clock the worker may."""
STARVED, NOTICEABLE_SECONDS = 0.1, 1.0
"""Who lacked a processor for more than this part of the time by the clock, and for so long, was starved."""
NEARLY = 0.9
"""Who computed for more than this part of a limit was at its end anyway."""

Measure = Callable[[], Usage | None]
"""Returns what the processes of a worker have used, or None where that cannot be measured."""


class LimitReached(TimeoutError):
    """A limit was reached; the message is for the cell that was running."""


class Account:
    """Counts the time of a notebook, over the lives of its workers, and of the cell that runs.

    A phase is the start of a worker, a cell, or what comes between two cells.

    Parameters
    ----------
    limits : Limits
        What may be used.

    Attributes
    ----------
    starved : bool
        Whether a limit by the clock ended something that lacked a processor.
    """

    def __init__(self, limits: Limits) -> None:
        self.starved = False
        self._limits = limits
        self._began = self._phase_began = time.monotonic()
        self._measure: Measure = lambda: None
        self._starting = True
        self._earlier = self._before_phase = Usage()

    @property
    def seconds(self) -> float:
        """Wall-clock time since the beginning."""
        return time.monotonic() - self._began

    @property
    def is_used_up(self) -> bool:
        """Whether nothing more of the notebook may run."""
        limits = self._limits
        return self._total.computed >= limits.notebook_seconds or self.seconds >= limits.notebook_wall_seconds

    def begin_worker(self, measure: Measure) -> None:
        """Count what a new worker uses."""
        self._measure = measure
        self._starting, self._phase_began, self._before_phase = True, time.monotonic(), Usage()

    def end_worker(self) -> None:
        """Keep what the worker has used."""
        self._earlier = self._total
        self._measure = lambda: None

    def begin_phase(self) -> None:
        """Begin to count anew."""
        self._starting, self._phase_began, self._before_phase = False, time.monotonic(), self._now

    def end_phase(self, *, stopped: bool) -> None:
        """Go on to what comes after a cell; note if it was stopped because it lacked a processor."""
        if stopped and not self._starting:
            limits, passed = self._limits, time.monotonic() - self._phase_began
            self._judge(passed, self._now - self._before_phase, limits.cell_wall_seconds, limits.cell_seconds)
        self.begin_phase()

    def check(self) -> None:
        """Hold what was used against the limits that a worker cannot be trusted to keep.

        Raises
        ------
        LimitReached
            If one is reached.
        """
        limits = self._limits
        if self._total.computed >= limits.notebook_seconds:
            used = f"{limits.notebook_seconds:g} seconds of computing time"
            raise LimitReached(f"the notebook's {used} were used up in this cell")
        if self.seconds >= limits.notebook_wall_seconds:
            self._judge(self.seconds, self._total, limits.notebook_wall_seconds, limits.notebook_seconds)
            raise LimitReached(
                f"the notebook's {limits.notebook_wall_seconds:g} seconds by the clock ended in this cell"
            )
        passed, phase = time.monotonic() - self._phase_began, self._now - self._before_phase
        if self._starting:
            if passed > START_SECONDS:
                raise LimitReached("it took too long")
        elif phase.computed > limits.cell_seconds + GRACE_SECONDS:
            used = f"more than {limits.cell_seconds:g} seconds of computing time"
            raise LimitReached(f"the cell used {used} and could not be interrupted")
        elif passed > limits.cell_wall_seconds + WALL_GRACE_SECONDS:
            within = f"{limits.cell_wall_seconds:g} seconds"
            raise LimitReached(f"the cell did not end within {within} and could not be interrupted")

    @property
    def _now(self) -> Usage:
        return self._measure() or Usage()

    @property
    def _total(self) -> Usage:
        return self._earlier + self._now

    def _judge(self, passed: float, used: Usage, wall_seconds: float, seconds: float) -> None:
        """Note a lack of processors if time by the clock ran out for that reason, or for one that nobody can tell."""
        if passed < wall_seconds / 2 or used.computed > NEARLY * seconds:
            return
        if self._measure() is None or used.ready - used.computed > max(STARVED * wall_seconds, NOTICEABLE_SECONDS):
            self.starved = True
