"""The trusted side of a worker: start it, watch its deadlines, and make an `Outcome` of its reports.

A cell that hangs, ends its process or forges a report costs itself only: the worker is started
again, and the notebook is replayed without that cell.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Protocol

from autograder.plan import Cell, CellError, CellOutcome, Job, Limits, Outcome


class Worker(Protocol):
    """What is seen of a worker: files for its job, its reports and its last words, and why it was ended."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]
    reason: str


Launch = Callable[[Limits], contextlib.AbstractContextManager[Worker]]

START_SECONDS = 60.0
"""How long a worker may take before its first cell."""
GRACE_SECONDS = 3.0
"""How long after a cell's limit the worker may take to stop the cell by itself."""
REPORT_BYTES = 16 * 2**20
"""The longest report that is read."""


class WorkerError(RuntimeError):
    """The worker could not be started: the fault is not in the submission, so nothing is graded."""


@dataclass
class _Attempt:
    """One life of a worker: the outcomes it reported and, if it ended early, the cell to blame and why."""

    outcomes: dict[int, CellOutcome] = field(default_factory=dict)
    to_blame: Cell | None = None
    reason: str = ""
    contract: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class _Clock:
    """The time at which waiting for the next report ends; each report sets it anew."""

    deadline: float


def execute(job: Job, launch: Launch) -> Outcome:
    """Run a job in workers made by `launch` until every cell was run or had to be given up.

    Parameters
    ----------
    job : Job
        The cells, in order, and their limits.
    launch : callable
        Takes the limits and gives a context in which a worker runs, with pipes for its standard
        input, output and error; leaving the context ends the worker and all that it started.

    Returns
    -------
    Outcome
        One outcome for each cell of the job, in its order.

    Raises
    ------
    WorkerError
        If a worker ended before it ran its first cell, which no submission can cause.
    """
    began = time.monotonic()
    deadline = began + job.limits.notebook_seconds
    given_up: dict[int, CellOutcome] = {}
    finished: dict[int, CellOutcome] = {}
    restarts = -1
    while True:
        restarts += 1
        remaining = tuple(cell for cell in job.cells if cell.key not in given_up | finished)
        attempt = _run(replace(job, cells=remaining), launch, deadline)
        if attempt.to_blame is None:
            break
        key = attempt.to_blame.key
        finished |= {one.key: attempt.outcomes[one.key] for one in remaining if _is_settled(one, attempt)}
        given_up[key] = CellOutcome(key, "stopped", (), CellError("CellStopped", attempt.reason))
        if time.monotonic() >= deadline:
            break
    outcomes = attempt.outcomes | finished | given_up
    late = CellError("NotRun", f"the notebook's {job.limits.notebook_seconds:g} seconds were used up before this cell")
    asked = (cell for cell in job.cells if cell.side != "setup")
    cells = tuple(outcomes.get(cell.key) or CellOutcome(cell.key, "not run", (), late) for cell in asked)
    return Outcome(cells, round(time.monotonic() - began, 4), restarts, attempt.contract)


def _is_settled(cell: Cell, attempt: _Attempt) -> bool:
    """Return whether a cell need not run again in a replay: a test has no effect on what comes after it."""
    return cell.side == "test" and cell.key in attempt.outcomes


def _run(job: Job, launch: Launch, deadline: float) -> _Attempt:
    """Run the job in one worker until it ends or has to be killed."""
    with launch(job.limits) as worker:
        with contextlib.suppress(BrokenPipeError), worker.stdin as jobs:
            jobs.write(job.to_json().encode())
        return _follow(worker, job, deadline)


def _follow(worker: Worker, job: Job, deadline: float) -> _Attempt:
    """Read reports until the last, a deadline, or something that is no report in its turn."""
    attempt = _Attempt()
    waiting = deque(job.cells)
    running: Cell | None = None
    started = False
    clock = _Clock(min(deadline, time.monotonic() + START_SECONDS))
    try:
        for line in _lines(worker.stdout.fileno(), clock):
            report = json.loads(line)
            if running is not None and "lost" in report:
                attempt.to_blame, attempt.reason = running, str(report["lost"])
                return attempt
            if running is not None:
                outcome = CellOutcome.from_dict(report["done"])
                if outcome.key != running.key:
                    raise ValueError("a report out of turn")
                attempt.outcomes[outcome.key] = outcome
                running = None
            elif waiting and report == {"start": waiting[0].key}:
                running, started = waiting.popleft(), True
            elif not waiting and report["end"] is True:
                attempt.contract = {str(name): list(kinds) for name, kinds in report.get("contract", {}).items()}
                return attempt
            else:
                raise ValueError("a report out of turn")
            clock.deadline = min(deadline, time.monotonic() + job.limits.cell_seconds + GRACE_SECONDS)
        attempt.reason = worker.reason or "the cell ended the Python process"
    except TimeoutError:
        limits = job.limits
        used_up = f"the notebook's {limits.notebook_seconds:g} seconds were used up in this cell"
        too_long = f"the cell ran longer than {limits.cell_seconds:g} seconds and could not be interrupted"
        attempt.reason = used_up if time.monotonic() >= deadline else too_long
        started = started or time.monotonic() >= deadline
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        attempt.reason = "the cell wrote into the grader's own channel"
    if not started:
        raise WorkerError(_why_not_started(worker))
    attempt.to_blame = running or (waiting[0] if waiting and time.monotonic() < deadline else None)
    return attempt


def _lines(descriptor: int, clock: _Clock) -> Iterator[bytes]:
    """Yield whole lines as they arrive; raise TimeoutError at the deadline, ValueError on a line too long."""
    buffer = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while selector.select(max(0.0, clock.deadline - time.monotonic())):
            chunk = os.read(descriptor, 1 << 16)
            if not chunk:
                return
            buffer += chunk
            if b"\n" in chunk:
                *lines, rest = bytes(buffer).split(b"\n")
                buffer = bytearray(rest)
                yield from lines
            if len(buffer) > REPORT_BYTES:
                raise ValueError("a report without end")
    raise TimeoutError


def _why_not_started(worker: Worker) -> str:
    os.set_blocking(worker.stderr.fileno(), False)  # a worker that hangs keeps it open
    errors = (worker.stderr.read() or b"").decode(errors="replace").strip()
    return f"the worker could not start: {worker.reason or errors[-2000:] or 'it said nothing'}"
