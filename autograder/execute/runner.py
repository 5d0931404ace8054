"""Run one thing at a time in an IPython shell, within a time limit that its own process keeps.

A student can switch this limit off; whoever watches from outside has one of their own.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any, NoReturn

from autograder.execute.capture import Shell, install
from autograder.plan import Cell, CellError, CellOutcome, Limits


class CellTimeoutError(BaseException):
    """Raised in a cell that ran longer than it may; not an `Exception`, so that `except Exception` passes it."""


def too_long(limits: Limits) -> str:
    """Return what a cell is told that ran longer than it may."""
    return f"the cell ran longer than {limits.cell_seconds:g} seconds"


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
    """A shell and its clock.

    Parameters
    ----------
    limits : Limits
        Caps on time and output.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.shell: Shell = Shell.instance(limits)  # the instance that get_ipython() and matplotlib find
        self.timed_out = False
        self._process = os.getpid()
        signal.signal(signal.SIGALRM, self._time_out)

    def run(self, cell: Cell) -> CellOutcome:
        """Run a cell and return its outcome; a process that the cell forked does not return."""
        began = time.monotonic()
        text = too_long(self.limits)
        try:
            with self.clock(self.limits.cell_seconds):
                outcome = self.shell.run(cell)
        except CellTimeoutError:  # it came while IPython itself was at work on the cell
            outcome = CellOutcome(cell.key, "stopped", (), CellError(CellTimeoutError.__name__, text))
        except Exception as error:  # IPython itself failed on what the cell left behind
            broken = CellError(type(error).__name__[:200], "the cell broke the shell")
            outcome = CellOutcome(cell.key, "error", (), broken)
        if self.timed_out and outcome.error is not None and outcome.error.ename == CellTimeoutError.__name__:
            outcome = replace(outcome, status="stopped")
        return replace(outcome, seconds=round(time.monotonic() - began, 4))

    @contextmanager
    def clock(self, seconds: float) -> Iterator[None]:
        """Raise `CellTimeoutError` in what runs longer; end a process that was forked in it."""
        self.timed_out = False
        install(self.shell)  # anew each time: what ran before may have put something in place of the streams
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            if os.getpid() != self._process:
                os._exit(0)  # a child that the cell forked must not go on with the notebook

    def _time_out(self, signum: int, frame: Any) -> NoReturn:
        self.timed_out = True
        raise CellTimeoutError(too_long(self.limits))
