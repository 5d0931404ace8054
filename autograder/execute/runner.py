"""Run one thing at a time in an IPython shell, within time limits that its own process keeps.

A student can switch these limits off; whoever watches from outside has some of their own.
"""

from __future__ import annotations

import importlib
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import process_time
from typing import IO, Any

from autograder.execute.capture import Shell, install
from autograder.plan import Cell, CellError, CellOutcome, Limits

SHORTEST = 0.001
"""A timer's shortest time in seconds; 0 would switch it off."""


class CellTimeoutError(BaseException):
    """Raised in a cell that computed longer than it may; no `Exception`, so that `except Exception` passes it."""


class CellWaitError(CellTimeoutError):
    """Raised in a cell that took longer by the clock than it may, although it computed less."""


TIMEOUTS = (CellTimeoutError.__name__, CellWaitError.__name__)


def too_long(limits: Limits, *, waited: bool = False) -> CellError:
    """Return the error of a cell that computed longer than it may, or that waited too long."""
    if waited:
        return CellError(
            CellWaitError.__name__,
            f"the cell did not end within {limits.cell_wall_seconds:g} seconds, most of which it waited",
        )
    return CellError(
        CellTimeoutError.__name__, f"the cell used more than {limits.cell_seconds:g} seconds of computing time"
    )


def own_channels() -> tuple[IO[bytes], IO[bytes]]:
    """Return files on the standard input and output, and point those (and the errors') to nowhere.

    What a cell prints by itself or through a program it starts does not reach the grader's channels.
    """
    channels = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return channels


class Runner:
    """A shell and its clocks.

    Parameters
    ----------
    limits : Limits
        Caps on time and output.
    patience : float
        How much longer than a cell may take this process waits by the clock, in seconds, so that another
        that it waits for can be stopped first.

    Attributes
    ----------
    computed : float
        Computing time of what the clocks watched since it was last set to 0, in seconds.
    """

    def __init__(self, limits: Limits, patience: float = 0.0) -> None:
        self.limits = limits
        self._patience = patience
        self.shell = Shell.of_this_process(limits)
        self.computed = 0.0
        self._timed_out = self._armed = False
        self._held = 0
        self._due: CellTimeoutError | None = None
        self._process = os.getpid()
        signal.signal(signal.SIGPROF, self._stop_computing)
        signal.signal(signal.SIGALRM, self._stop_waiting)

    def run(self, cell: Cell) -> CellOutcome:
        """Run a cell and return its outcome; a process that the cell forked does not return."""
        began = time.monotonic()
        self.computed = 0.0
        try:
            with self.clocks(self.limits.cell_wall_seconds + self._patience):
                importlib.invalidate_caches()  # a module written by the cell before is found, however soon
                outcome = self.shell.run(cell)
        except CellTimeoutError as error:  # it came while IPython itself was at work on the cell
            found = too_long(self.limits, waited=isinstance(error, CellWaitError))
            outcome = CellOutcome(cell.key, "stopped", (), found)
        except Exception as error:  # IPython itself failed on what the cell left behind
            broken = CellError(type(error).__name__[:200], "the cell broke the shell")
            outcome = CellOutcome(cell.key, "error", (), broken)
        if self._timed_out and outcome.error is not None and outcome.error.ename in TIMEOUTS:
            outcome = replace(outcome, status="stopped")
        return replace(outcome, seconds=round(time.monotonic() - began, 4))

    @contextmanager
    def clocks(self, wall_seconds: float) -> Iterator[None]:
        """Raise `CellTimeoutError` in what runs longer; end a process that was forked in it.

        Parameters
        ----------
        wall_seconds : float
            How long it may take by the clock; it may compute as long as a cell may, less what `computed` says.
        """
        self._timed_out = False
        self._due = None
        install(self.shell)  # anew each time: what ran before may have put something in place of the streams
        began = process_time()
        self._armed = True
        signal.setitimer(signal.ITIMER_PROF, max(self.limits.cell_seconds - self.computed, SHORTEST))
        signal.setitimer(signal.ITIMER_REAL, max(wall_seconds, SHORTEST))
        try:
            yield
        finally:
            self._armed = False  # first of all: from here on a timer that runs out does nothing
            stop_clocks()
            if os.getpid() != self._process:
                os._exit(0)  # a child that the cell forked must not go on with the notebook
            self.computed += process_time() - began

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Let nothing be cut short in the middle; a time that is up meanwhile is noticed afterwards."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._due is not None and not self._held:
            due, self._due = self._due, None
            raise due

    def _stop_computing(self, signum: int, frame: Any) -> None:
        self._stop(CellTimeoutError(too_long(self.limits).evalue))

    def _stop_waiting(self, signum: int, frame: Any) -> None:
        self._stop(CellWaitError(too_long(self.limits, waited=True).evalue))

    def _stop(self, error: CellTimeoutError) -> None:
        """Raise the error, now or at the end of what must be whole; once, whichever timer runs out first."""
        if not self._armed:
            return
        self._timed_out, self._armed = True, False
        if not self._held:
            raise error
        self._due = error


def stop_clocks() -> None:
    """Stop both timers of this process."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
