"""The tester's process: it runs the instructor's tests, and has the student's process run everything else.

`autograder.sandbox.inside.program` calls `main` with the descriptor of the connection to the student's
process; the job is on standard input. Reports are as those of `execute.worker`, and
``{"lost": reason}`` in place of ``{"done": …}`` if the student's process is of no use after a cell.
"""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import asdict, replace
from typing import Any

from autograder.execute import codec
from autograder.execute.channel import Channel, ClosedError, LateError
from autograder.execute.contract import Contract
from autograder.execute.failures import IsolationError
from autograder.execute.folder import open_to_imports
from autograder.execute.remote import GRACE_SECONDS, Student
from autograder.execute.runner import Runner, own_channels, too_long
from autograder.execute.worker import report
from autograder.fields import as_data
from autograder.plan import Cell, CellError, CellOutcome, Job

START_SECONDS = 290.0
"""How long the student's process may take to say hello."""


class Tester:
    """Runs the cells of a job, each on its side of the wall.

    Parameters
    ----------
    job : Job
        The cells.
    student : Student
        The other process.
    """

    def __init__(self, job: Job, student: Student) -> None:
        self._job = job
        self._student = student
        self._runner = Runner(job.limits, patience=1.5 * GRACE_SECONDS)

    def run(self, cell: Cell) -> CellOutcome:
        """Run one cell; afterwards `Student.lost` tells whether the student's process survived it."""
        student = self._student
        student.begin(self._job.limits.cell_wall_seconds)
        if cell.side == "student":
            try:
                return replace(student.run(cell), behaviour="")
            except IsolationError:
                return self._failed(CellOutcome(cell.key, "error"))
        if cell.side == "test":
            try:
                self._bind()
            except IsolationError:
                return self._failed(CellOutcome(cell.key, "error"))
        outcome = self._runner.run(cell)
        if student.flaw and outcome.error is None:
            student.failure = student.failure or student.flaw
            student.refused = student.refused or student.flaw.split(";")[0]
        outcome = self._failed(outcome) if student.failure else outcome
        if outcome.error is None:
            return outcome
        return replace(outcome, refused=student.refused, behaviour=str(student.behaviour))

    def _bind(self) -> None:
        """Give the test the student's names as they are now, and none of those that an earlier test left."""
        found = self._student.names(self._job.names)
        space = self._runner.shell.user_ns
        for name in self._job.names:
            space.pop(name, None)
        space.update(found)
        self._student.names_now.begin(space, found)

    def _failed(self, outcome: CellOutcome) -> CellOutcome:
        """Return the outcome of a cell that cannot pass, whatever its test made of it."""
        student = self._student
        if student.late:
            error = too_long(self._job.limits, waited=student.waited)
            return replace(outcome, status="stopped", error=error, value=None)
        if outcome.error is not None and outcome.error.ename == IsolationError.__name__:
            return outcome
        return replace(outcome, status="error", error=CellError(IsolationError.__name__, student.failure), value=None)


def main(peer: int) -> None:
    """Run the job on standard input with the student's process on the descriptor `peer`."""
    job = Job.from_json(os.fdopen(os.dup(0), "rb").read().decode())
    channel = Channel(socket.socket(fileno=peer))
    contract = Contract(job.contract)
    student = Student(channel, contract, frozenset(cell.key for cell in job.cells if cell.side == "student"))
    try:
        channel.send(codec.encode(asdict(job.limits)))
        student.greet(START_SECONDS)
    except (ClosedError, LateError, codec.CodecError) as error:
        sys.exit(f"the student's process did not start: {error}")
    tester = Tester(job, student)
    open_to_imports()
    _, reports = own_channels()
    for cell in job.cells:
        report(reports, start=cell.key)
        outcome = tester.run(cell)
        if student.lost:
            report(reports, lost=student.lost)
            break
        report(reports, done=as_data(outcome))
    else:
        recorded: dict[str, Any] = {"contract": contract.to_dict()} if contract.recording else {}
        report(reports, end=True, **recorded)
    os._exit(0)
