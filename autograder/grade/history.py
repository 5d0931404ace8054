"""The history of points: a line for each change of a cell's points, whoever made it.

nbgrader keeps the points of now, and neither when they were given nor why. Here the gradebook is compared with the
last line about each cell, so that points given in formgrader are noticed too, when the next command looks.
"""

from __future__ import annotations

import getpass
import itertools
import json
import math
import os
import time
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock
from nbgrader.api import BaseCell, Grade, Notebook, SubmittedAssignment, SubmittedNotebook

TESTS = "tests"
FORMGRADER = "formgrader"
UNKNOWN = math.inf
"""Stands for the points of a cell that no line is about."""


@dataclass(frozen=True)
class Change:
    """A change of one cell's points; None where they are still a person's to give.

    Attributes
    ----------
    at : float
        Seconds since the epoch when it was noted.
    by : str
        Who gave them: "tests", the name of a grader, or "formgrader" where nobody noted the name.
    """

    at: float
    student: str
    notebook: str
    cell: str
    before: float | None
    after: float | None
    by: str
    why: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        """Whose cell it is: student, notebook and name."""
        return self.student, self.notebook, self.cell

    @property
    def moment(self) -> str:
        """When it was noted, in universal time."""
        return f"{datetime.fromtimestamp(self.at, UTC):%Y-%m-%d %H:%M} UTC"


class History:
    """The changes of an assignment's points.

    Parameters
    ----------
    folder : Path
        The autograder's own folder of the assignment.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "points.jsonl"
        self._last: dict[str, array[float]] = {}
        """The points of each student's cells, in the order of `_cells`, after the last change that was read.

        Kept for the whole class, so numbers without an object each; see `_number`.
        """
        self._cells: dict[tuple[str, str], int] = {}
        """Where a cell's points stand, by notebook and name."""
        self._read = 0

    def changes(self) -> Iterator[Change]:
        """Yield all changes, oldest first."""
        if self._path.exists():
            with self._path.open("rb") as lines:
                yield from filter(None, map(_change, lines))

    def _catch_up(self) -> None:
        """Read what was added since the last time, by this process or another."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read)
                for line in file:
                    self._read += len(line)
                    if one := _change(line):
                        self._remember(one)

    def _remember(self, one: Change) -> None:
        place = self._cells.setdefault(one.place[1:], len(self._cells))
        points = self._last.setdefault(one.student, array("d"))
        points.extend(itertools.repeat(UNKNOWN, place + 1 - len(points)))
        points[place] = _number(one.after)

    def _known(self, student: str, notebook: str, cell: str) -> float:
        """Return the number of what a cell has after the last change that was read, UNKNOWN if none was about it."""
        place, points = self._cells.get((notebook, cell)), self._last.get(student, ())
        return UNKNOWN if place is None or place >= len(points) else points[place]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from adding changes meanwhile."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._path.with_suffix(".lock")):
            yield

    def of(self, student: str) -> dict[tuple[str, str], list[Change]]:
        """Return the changes of a student's points, oldest first, by notebook and cell."""
        found: dict[tuple[str, str], list[Change]] = {}
        for one in self.changes():
            if one.student == student:
                found.setdefault((one.notebook, one.cell), []).append(one)
        return found

    def notice(self, gradebook: Any, assignment: str, student: str | None = None, by: str = "", why: str = "") -> None:
        """Note what differs in the gradebook from the last line about it.

        Parameters
        ----------
        gradebook : Gradebook
            nbgrader's.
        assignment : str
            Name of the assignment.
        student : str, optional
            Look at this student only.
        by, why : str
            Who made the changes, and for what reason; by default the tests, or somebody in formgrader.
        """
        query = (
            gradebook.db.query(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade)
            .select_from(Grade)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .filter(SubmittedAssignment.assignment_id == gradebook.find_assignment(assignment).id)
        )
        if student is not None:
            query = query.filter(SubmittedAssignment.student_id == student)
        with self._alone():
            gradebook.db.commit()  # what others wrote before them is seen, and nothing of this process waits
            self._catch_up()
            now, found = round(time.time(), 3), []
            for name, notebook, cell, grade in query:
                by_hand = grade.manual_score is not None
                points = float(grade.score) if by_hand or grade.auto_score is not None else None
                known = self._known(name, notebook, cell)
                before = known if math.isfinite(known) else None
                if points != before:
                    who = by or (FORMGRADER if by_hand else TESTS)
                    found.append(Change(now, name, notebook, cell, before, points, who, why))
            self._write(found)

    def add(self, found: Iterable[Change]) -> None:
        """Add changes to the file, but those that another process has noticed meanwhile."""
        with self._alone():
            self._catch_up()
            self._write(one for one in found if self._known(*one.place) != _number(one.after))

    def _write(self, found: Iterable[Change]) -> None:
        text = "".join(json.dumps(asdict(one)) + "\n" for one in found)
        if text:
            with open(os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "ab+") as file:
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    if file.read(1) != b"\n":  # a crash cut the last line short: the next must not be joined to it
                        text = "\n" + text
                file.write(text.encode())


def _number(points: float | None) -> float:
    """Return points as a number also where there are none."""
    return -math.inf if points is None else points


def _change(line: bytes) -> Change | None:
    """Read a line; None if a crash cut it short or somebody has damaged it."""
    try:
        one = Change(**json.loads(line))
        return one if one.after is None or math.isfinite(one.after) else None
    except (ValueError, TypeError, OverflowError):
        return None


def user_name() -> str:
    """Return the name under which this process gives points: that of the user, or what ``LOGNAME`` says instead."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        return f"user {os.getuid()}"
