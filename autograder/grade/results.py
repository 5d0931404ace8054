"""The result of grading one submission: what the journal keeps and the reports read."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from autograder.fields import as_data
from autograder.plan import CellError, Outcome

NO_RESPONSE = "No response."
"""nbgrader's comment on a written answer that was left as released."""

NO_POINTS = "NoPoints"
"""Name of the error of a test whose value cannot be read as points: the instructor's mistake, not the student's."""

Status = Literal["graded", "partly_graded", "not_gradable"]


@dataclass(frozen=True, slots=True)
class GradeResult:
    """One graded cell.

    Attributes
    ----------
    name : str
        nbgrader's ``grade_id``.
    max_score : float
        What it is worth.
    score : float or None
        Automatic points; None if only a person can give them.
    status : str
        The cell's own status ("ok", "error", "stopped", "not run", or "manual").
    error : CellError or None
        Why it earned nothing, if it did not end well.
    behaviour : str
        A digest of what a failed test asked and got; empty if that was not seen.
    """

    name: str
    max_score: float
    score: float | None
    status: str
    error: CellError | None = None
    behaviour: str = ""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> GradeResult:
        """Read a graded cell from its `dataclasses.asdict` form."""
        error = None if data["error"] is None else CellError.from_dict(data["error"])
        behaviour = str(data.get("behaviour", ""))
        return cls(data["name"], data["max_score"], data["score"], data["status"], error, behaviour)


@dataclass(frozen=True, slots=True)
class NotebookResult:
    """One notebook of a submission: its status, its graded cells, and the run they come from."""

    name: str
    status: Status
    reason: str = ""
    grades: tuple[GradeResult, ...] = ()
    notes: tuple[str, ...] = ()
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Basis:
    """Digests of what a result rests on.

    Attributes
    ----------
    submission, rest : str
        What was handed in; the release without its tests, the files and the limits.
    tests : dict of str to str
        Each test, by NOTEBOOK/NAME.
    """

    submission: str
    rest: str
    tests: dict[str, str]

    def of(self, submission: str) -> Basis:
        """Return the same for the submission with this digest."""
        return replace(self, submission=submission)


@dataclass(frozen=True)
class Result:
    """One student's submission.

    Attributes
    ----------
    key : str
        Digest of all that the result depends on; a result with another key is out of date.
    phases : dict
        Seconds since the epoch at which each phase was reached: prepared, started, executed, and recorded
        once the result is in the gradebook.
    basis : Basis or None
        What it rests on, in parts; None in results of an earlier version of this program.
    """

    student: str
    assignment: str
    key: str
    notebooks: tuple[NotebookResult, ...]
    refused: tuple[str, ...] = ()
    phases: dict[str, float] = field(default_factory=dict)
    basis: Basis | None = None

    def without_outputs(self) -> Result:
        """Return the result without what the cells printed and what it rests on, to keep thousands in memory."""
        return self._reduced(_shared)

    def in_brief(self) -> Result:
        """Return the result without outputs and with no more of an error than its name, for a run of any size."""
        return self._reduced(_brief)

    def _reduced(self, reduce: Callable[[GradeResult], GradeResult]) -> Result:
        notebooks = (
            replace(one, outcome=None, grades=tuple(reduce(grade) for grade in one.grades)) for one in self.notebooks
        )
        return replace(self, notebooks=tuple(notebooks), basis=None)

    @property
    def status(self) -> Status:
        """The worst of the notebooks' statuses; "partly_graded" if only some could be graded."""
        statuses = {notebook.status for notebook in self.notebooks}
        if statuses == {"graded"}:
            return "graded"
        return "not_gradable" if statuses == {"not_gradable"} else "partly_graded"

    @property
    def starved(self) -> bool:
        """Whether a notebook was cut short because it lacked a processor."""
        return any(notebook.outcome is not None and notebook.outcome.starved for notebook in self.notebooks)

    @property
    def seconds(self) -> float:
        """How long the notebooks ran, in seconds."""
        return self.phases.get("executed", 0.0) - self.phases.get("started", 0.0)

    @property
    def timing(self) -> str:
        """When each phase was reached, in universal time."""
        reached = ((phase, datetime.fromtimestamp(at, UTC)) for phase, at in self.phases.items())
        return ", ".join(f"{phase} {moment:%H:%M:%S}" for phase, moment in reached) + " UTC" if self.phases else ""

    @property
    def reason(self) -> str:
        """Why the status is not "graded"."""
        return "; ".join(notebook.reason for notebook in self.notebooks if notebook.reason)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remarks for the instructor: why it is not graded in full, what was put right, what was not used."""
        notes = (note for notebook in self.notebooks for note in notebook.notes)
        return tuple(filter(None, (self.reason, *notes, *self.refused)))

    @property
    def grades(self) -> tuple[GradeResult, ...]:
        """The graded cells of all notebooks."""
        return tuple(grade for notebook in self.notebooks for grade in notebook.grades)

    @property
    def score(self) -> float:
        """The automatic points."""
        return sum(grade.score or 0.0 for grade in self.grades)

    @property
    def max_score(self) -> float:
        """The points that the graded cells are worth, those that a person grades included."""
        return sum(grade.max_score for grade in self.grades)

    @property
    def needs_manual_grade(self) -> bool:
        """Whether some points are still a person's to give."""
        return any(grade.score is None for grade in self.grades)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data for JSON."""
        return dict(as_data(self))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Result:
        """Read a result from `to_dict`'s form."""
        notebooks = tuple(
            NotebookResult(
                notebook["name"],
                notebook["status"],
                notebook["reason"],
                tuple(GradeResult.from_dict(grade) for grade in notebook["grades"]),
                tuple(notebook["notes"]),
                None if notebook["outcome"] is None else Outcome.from_dict(notebook["outcome"]),
            )
            for notebook in data["notebooks"]
        )
        basis = Basis(**data["basis"]) if data.get("basis") else None
        student, assignment, key = data["student"], data["assignment"], data["key"]
        return cls(student, assignment, key, notebooks, tuple(data["refused"]), data["phases"], basis)


@functools.lru_cache(maxsize=1000)
def _one_for_all(grade: GradeResult) -> GradeResult:
    return grade


def _shared(grade: GradeResult) -> GradeResult:
    """Return a grade, one object for all students who have the same; those with an error differ."""
    return grade if grade.error is not None else _one_for_all(grade)


def _brief(grade: GradeResult) -> GradeResult:
    """Return a grade with the name of its error alone, one object for all students who have the same."""
    error = None if grade.error is None else CellError(grade.error.ename, "")
    return _one_for_all(replace(grade, error=error, behaviour=""))


@dataclass
class Run:
    """What a run over the submissions of an assignment gave.

    Attributes
    ----------
    results : dict of str to Result
        In brief; the journal has the whole ones.
    failures : dict of str to str
        Why a student's submission could not be run at all.
    kept : int
        How many results are of an earlier call.
    left : int
        How many were not begun, since the run was asked to stop.
    misplaced : list of str
        Paths of files and folders that lie where no submission is looked for.
    """

    results: dict[str, Result] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    kept: int = 0
    left: int = 0
    misplaced: list[str] = field(default_factory=list)
