"""What nbgrader's gradebook says of submissions, and the results in the journal; nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
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
from autograder.grade.lateness import Lateness, Rule, lateness
from autograder.grade.results import Result
from autograder.names import meant

UNKNOWN = Lateness(None, None)
CellKey = tuple[str, str]
"""A cell's notebook and its name."""


@dataclass(frozen=True, slots=True)
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
    lateness : Lateness
        When it was due, with the student's extension, and handed in; and the days that are charged.
    """

    cells: dict[CellKey, CellScore] = field(default_factory=dict)
    comments: dict[CellKey, str] = field(default_factory=dict)
    penalties: dict[str, float] = field(default_factory=dict)
    lateness: Lateness = UNKNOWN

    def of(self, notebook: str) -> Standing:
        """Return what is said of one notebook."""
        cells = {key: score for key, score in self.cells.items() if key[0] == notebook}
        comments = {key: text for key, text in self.comments.items() if key[0] == notebook}
        penalties = {name: penalty for name, penalty in self.penalties.items() if name == notebook}
        return Standing(cells, comments, penalties, self.lateness)

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
    def handed_in(self) -> datetime | None:
        """When it was handed in, in universal time."""
        return self.lateness.handed_in

    @property
    def due(self) -> datetime | None:
        """When it was due for this student, in universal time."""
        return self.lateness.due

    @property
    def late(self) -> timedelta:
        """How long after it was due it was handed in; zero if it was in time or nobody knows."""
        return self.lateness.late

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


def recorded(journal: Journal, assignment: str, students: Sequence[str] | None = None) -> Iterator[Result]:
    """Yield the results that have reached the gradebook, by student; of some students only, if they are named.

    Raises
    ------
    CourseError
        If a student who is named has none.
    """
    if students is None:
        yield from journal.recorded()
        return
    for student in sorted(set(students)):
        result = journal.load(student)
        if result is None or not journal.is_recorded(result):
            known = [one.student for one in journal.results()]
            raise CourseError(f"nothing of {assignment} by {student!r} is graded{meant(student, known)}")
        yield result


def standings(course: Course, assignment: str, students: Collection[str] | None = None) -> dict[str, Standing]:
    """Return what the gradebook says of each submission of an assignment, by student; of some only, if named."""
    found: dict[str, Standing] = defaultdict(Standing)
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            entry = gradebook.find_assignment(assignment)
        except MissingEntry:
            return {}
        for student_id, own in lateness(course, gradebook, students).get(assignment, {}).items():
            found[student_id].lateness = own
        wanted = SubmittedAssignment.assignment_id == entry.id
        if students is not None:
            wanted &= SubmittedAssignment.student_id.in_(students)
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
    if rule := Rule.of(course):
        for standing in found.values():
            for notebook in standing.penalties:
                part = standing.of(notebook)
                standing.penalties[notebook] = rule.penalty(standing.lateness.charged, part.score, part.max_score)
    return dict(found)


def known_students(course: Course) -> list[str]:
    """Return the names of the students in the gradebook and of those who handed in something, sorted."""
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        found = {student.id for student in gradebook.students}
    return sorted(found.union(*(course.students(assignment) for assignment in course.assignments)))


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
