"""The trusted side of a worker: start it, watch its limits, and make an `Outcome` of its reports.

A cell that hangs, ends its process or forges a report costs itself only: the worker is started
again, and the notebook is replayed without that cell.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Any, Protocol

from autograder import fields
from autograder.execute.account import Account, LimitReached
from autograder.execute.allowance import Allowance
from autograder.fields import MalformedError
from autograder.plan import Cell, CellError, CellOutcome, Job, Limits, Outcome, Usage


class Worker(Protocol):
    """What is seen of a worker: files for its job, its reports and its last words, why it was ended, its time."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]
    reason: str
    usage: Usage | None


Launch = Callable[[Limits], contextlib.AbstractContextManager[Worker]]

POLL_SECONDS = 0.2
"""How long may pass between two looks at what was used."""
REPORT_BYTES = 16 * 2**20
"""The longest report that is read."""
REASON_CHARACTERS = 500
MOST_OPERATIONS, MOST_KINDS = 10_000, 20
"""What a contract may hold."""


class WorkerError(RuntimeError):
    """The worker could not be started: the fault is not in the submission, so nothing is graded."""


@dataclass
class _Attempt:
    """One life of a worker: the outcomes it reported and, if it ended early, the cell to blame and why."""

    outcomes: dict[int, CellOutcome] = field(default_factory=dict)
    to_blame: Cell | None = None
    reason: str = ""
    contract: dict[str, list[str]] = field(default_factory=dict)


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
    account = Account(job.limits)
    stopped: dict[int, CellOutcome] = {}
    left_out: set[int] = set()
    set_aside: dict[int, set[int]] = {}
    finished: dict[int, CellOutcome] = {}
    restarts = -1
    while True:
        restarts += 1
        remaining = tuple(cell for cell in job.cells if cell.key not in left_out | finished.keys())
        attempt = _run(replace(job, cells=remaining), launch, account, Allowance(finished.values()))
        finished |= {one.key: attempt.outcomes[one.key] for one in remaining if _is_settled(one, attempt)}
        if attempt.to_blame is None:
            break
        key = attempt.to_blame.key
        interrupted = {one.key: attempt.outcomes[one.key] for one in remaining if _is_interrupted(one, attempt)}
        if interrupted and key not in set_aside:  # what these left behind may be what ended it: try it without them
            set_aside[key] = set(interrupted)
            stopped |= interrupted
            left_out |= set_aside[key]
        else:
            stopped[key] = CellOutcome(key, "stopped", (), CellError("CellStopped", attempt.reason))
            left_out = left_out - set_aside.pop(key, set()) | {key}
            if attempt.to_blame.side != "test":  # likewise the tests that were stopped before: they run again
                left_out -= {cell.key for cell in job.cells if cell.side == "test"}
        if account.is_used_up:
            break
    outcomes = stopped | attempt.outcomes | finished
    late = CellError("NotRun", "the time for the whole notebook was used up before this cell: " + _allowed(job.limits))
    asked = (cell for cell in job.cells if cell.side != "setup")
    cells = tuple(outcomes.get(cell.key) or CellOutcome(cell.key, "not run", (), late) for cell in asked)
    return Outcome(cells, round(account.seconds, 4), restarts, attempt.contract, account.starved)


def _allowed(limits: Limits) -> str:
    """Return how long a notebook may take."""
    return f"{limits.notebook_seconds:g} seconds of computing, {limits.notebook_wall_seconds:g} by the clock"


def _is_settled(cell: Cell, attempt: _Attempt) -> bool:
    """Return whether a cell need not run again in a replay: a test has no effect on what comes after it."""
    return cell.side == "test" and cell.key in attempt.outcomes


def _is_interrupted(cell: Cell, attempt: _Attempt) -> bool:
    """Return whether a cell was cut off by a limit, after which the worker went on with what it had left behind."""
    outcome = attempt.outcomes.get(cell.key)
    return cell.side != "test" and outcome is not None and outcome.status == "stopped"


def _run(job: Job, launch: Launch, account: Account, allowance: Allowance) -> _Attempt:
    """Run the job in one worker until it ends or has to be killed."""
    with launch(job.limits) as worker:
        with contextlib.suppress(BrokenPipeError), worker.stdin as jobs:
            jobs.write(job.to_json().encode())
        account.begin_worker(lambda: worker.usage)
        try:
            return _follow(worker, job, account, allowance)
        finally:
            account.end_worker()


def _follow(worker: Worker, job: Job, account: Account, allowance: Allowance) -> _Attempt:
    """Read reports until the last, a limit, or something that is no report in its turn."""
    attempt = _Attempt()
    waiting = deque(job.cells)
    running: Cell | None = None
    started = False
    try:
        for line in _lines(worker.stdout.fileno(), account):
            report = _report(line)
            if running is not None and "lost" in report:
                reason = fields.message(report["lost"], REASON_CHARACTERS)
                account.end_phase(stopped=True)
                attempt.to_blame, attempt.reason = running, reason
                return attempt
            if running is not None:
                outcome = allowance.take(CellOutcome.from_dict(fields.of(report)("done")), len(line))
                if outcome.key != running.key:
                    raise MalformedError("a report out of turn")
                account.end_phase(stopped=outcome.status == "stopped")
                attempt.outcomes[outcome.key] = outcome
                running = None
            elif waiting and report == {"start": waiting[0].key}:
                running, started = waiting.popleft(), True
                account.begin_phase()
            elif not waiting and report.get("end") is True:
                attempt.contract = _contract(report.get("contract", {}))
                return attempt
            else:
                raise MalformedError("a report out of turn")
        attempt.reason = worker.reason or "the cell ended the Python process"
    except LimitReached as limit:
        attempt.reason = str(limit)
        started = started or account.is_used_up
    except MalformedError:
        attempt.reason = "the cell wrote into the grader's own channel"
    if not started:
        raise WorkerError(_why_not_started(worker))
    account.end_phase(stopped=True)
    attempt.to_blame = running or (waiting[0] if waiting and not account.is_used_up else None)
    return attempt


def _report(line: bytes) -> dict[str, Any]:
    """Return a report, which is an object in JSON."""
    try:
        report = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"no JSON: {type(error).__name__}") from error
    if type(report) is not dict:
        raise MalformedError(f"a report is an object, not {type(report).__name__}")
    return report


def _contract(sent: object) -> dict[str, list[str]]:
    if type(sent) is not dict or len(sent) > MOST_OPERATIONS:
        raise MalformedError("a contract is an object")
    return {name[:REASON_CHARACTERS]: list(fields.texts(kinds, MOST_KINDS)) for name, kinds in sent.items()}


def _lines(descriptor: int, account: Account) -> Iterator[bytes]:
    """Yield whole lines as they arrive; raise `LimitReached` at a limit, MalformedError on a line too long."""
    buffer = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while True:
            account.check()
            if not selector.select(POLL_SECONDS):
                continue
            chunk = os.read(descriptor, 1 << 16)
            if not chunk:
                return
            buffer += chunk
            if b"\n" in chunk:
                *lines, rest = bytes(buffer).split(b"\n")
                buffer = bytearray(rest)
                yield from lines
            if len(buffer) > REPORT_BYTES:
                raise MalformedError("a report without end")


def _why_not_started(worker: Worker) -> str:
    os.set_blocking(worker.stderr.fileno(), False)  # a worker that hangs keeps it open
    errors = (worker.stderr.read() or b"").decode(errors="replace").strip()
    return f"the worker could not start: {worker.reason or errors[-2000:] or 'it said nothing'}"
