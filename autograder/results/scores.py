"""What nbgrader's gradebook says of submissions, and the results in the journal; nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.grade.journal import Journal
from autograder.grade.results import Result

CellKey = tuple[str, str]
"""A cell's notebook and its name."""


@dataclass(frozen=True)
class CellScore:
    """The score of one graded cell in the gradebook, a person's grading included.

    Attributes
    ----------
    score : float
        The points, extra credit included.
    max_score : float
        What the cell is worth now.
    needs_manual_grade : bool
        Whether a person has to look at it.
    extra : float
        Extra credit: points beyond those that the cell is worth.
    given : bool
        Whether it has points at all, from tests or from a person.
    by_hand : bool
        Whether a person gave them.
    """

    score: float
    max_score: float
    needs_manual_grade: bool = False
    extra: float = 0.0
    given: bool = True
    by_hand: bool = False

    @property
    def waits(self) -> bool:
        """Whether its points are still a person's to give."""
        return self.needs_manual_grade and not self.given

    @property
    def is_above(self) -> bool:
        """Whether it has more points than it is worth now: it was worth more when a person gave them."""
        return self.score - self.extra > self.max_score


@dataclass
class Standing:
    """What the gradebook says of one student's submission.

    Attributes
    ----------
    cells : dict
        The graded cells.
    comments : dict
        The comments on answers and tasks, a person's or nbgrader's own.
    penalties : dict
        By notebook, the points that a late submission loses.
    handed_in, due : datetime or None
        In universal time; `due` holds the student's extension.
    """

    cells: dict[CellKey, CellScore] = field(default_factory=dict)
    comments: dict[CellKey, str] = field(default_factory=dict)
    penalties: dict[str, float] = field(default_factory=dict)
    handed_in: datetime | None = None
    due: datetime | None = None

    def of(self, notebook: str) -> Standing:
        """Return what is said of one notebook."""
        cells = {key: score for key, score in self.cells.items() if key[0] == notebook}
        comments = {key: text for key, text in self.comments.items() if key[0] == notebook}
        penalties = {name: penalty for name, penalty in self.penalties.items() if name == notebook}
        return Standing(cells, comments, penalties, self.handed_in, self.due)

    @property
    def score(self) -> float:
        """The points before the penalty, extra credit included."""
        return sum(cell.score for cell in self.cells.values())

    @property
    def max_score(self) -> float:
        """What the graded cells are worth."""
        return sum(cell.max_score for cell in self.cells.values())

    @property
    def waiting(self) -> float:
        """What those cells are worth whose points a person has yet to give."""
        return sum(cell.max_score for cell in self.cells.values() if cell.waits)

    @property
    def penalty(self) -> float:
        """The points that a late submission loses."""
        return sum(self.penalties.values())

    @property
    def final(self) -> float:
        """The points that count."""
        return self.score - self.penalty

    @property
    def extra(self) -> float:
        """The extra credit in `score`."""
        return sum(cell.extra for cell in self.cells.values())

    @property
    def needs_manual_grade(self) -> bool:
        """Whether a person has to look at a cell."""
        return any(cell.needs_manual_grade for cell in self.cells.values())

    @property
    def late(self) -> timedelta:
        """How long after it was due it was handed in; zero if it was in time or nobody knows."""
        if self.handed_in is None or self.due is None:
            return timedelta(0)
        return max(timedelta(0), self.handed_in - self.due)

    @property
    def above(self) -> list[str]:
        """The cells that have more points than they are worth now, each with both."""
        return [
            f"{name}: {cell.score:g} of {cell.max_score:g}" for (_, name), cell in self.cells.items() if cell.is_above
        ]


def graded(course: Course, assignment: str) -> Journal:
    """Return the results of an assignment.

    Raises
    ------
    CourseError
        If there are none.
    """
    journal = Journal(course.state(assignment))
    if not len(journal):
        raise CourseError(f"nothing of {assignment!r} is graded yet: run `autograder grade {assignment}` first")
    return journal


def standings(course: Course, assignment: str) -> dict[str, Standing]:
    """Return what the gradebook says of each submission of an assignment, by student."""
    found: dict[str, Standing] = defaultdict(Standing)
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            entry = gradebook.find_assignment(assignment)
        except MissingEntry:
            return {}
        for submission in entry.submissions:
            student = found[submission.student_id]
            student.handed_in = submission.timestamp
            student.due = None if entry.duedate is None else submission.duedate
        wanted = SubmittedAssignment.assignment_id == entry.id
        for student_id, notebook, penalty in _by_notebook(
            gradebook.db.query(
                SubmittedAssignment.student_id, Notebook.name, SubmittedNotebook.late_submission_penalty
            ).select_from(SubmittedNotebook)
        ).filter(wanted):
            found[student_id].penalties[notebook] = float(penalty or 0.0)
        grades = gradebook.db.query(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade)
        for student_id, notebook, name, grade in _by_cell(grades.select_from(Grade), Grade).filter(wanted):
            found[student_id].cells[notebook, name] = _cell_score(grade)
        comments = gradebook.db.query(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Comment.comment)
        for student_id, notebook, name, text in _by_cell(comments.select_from(Comment), Comment).filter(wanted):
            found[student_id].comments[notebook, name] = text or ""
    return dict(found)


def standing_of(result: Result) -> Standing:
    """Return what a result itself says, for one that the gradebook does not have."""
    return Standing(
        {
            (notebook.name, grade.name): CellScore(
                grade.score or 0.0, grade.max_score, grade.score is None, given=grade.score is not None
            )
            for notebook in result.notebooks
            for grade in notebook.grades
        }
    )


def _cell_score(grade: Grade) -> CellScore:
    by_hand = grade.manual_score is not None
    given = by_hand or grade.auto_score is not None
    extra = float(grade.extra_credit or 0.0) if given else 0.0  # nbgrader adds it to points only
    needs = bool(grade.needs_manual_grade)
    return CellScore(float(grade.score), float(grade.max_score), needs, extra, given, by_hand)


def _by_cell(query: Any, kind: Any) -> Any:
    """Return a query of grades or comments with the cell, notebook and submission that each belongs to."""
    query = query.join(BaseCell, BaseCell.id == kind.cell_id)
    return _by_notebook(query.join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id))


def _by_notebook(query: Any) -> Any:
    """Return a query of submitted notebooks with the notebook and submission that each belongs to."""
    query = query.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
    return query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
