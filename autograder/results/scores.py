"""The scores and comments in nbgrader's gradebook, and the results in the journal; nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.grade.journal import Journal


@dataclass(frozen=True)
class CellScore:
    """The score of one graded cell in the gradebook, a person's grading included."""

    score: float
    max_score: float
    needs_manual_grade: bool
    comment: str

    @property
    def waits(self) -> bool:
        """Whether its points are still a person's to give."""
        return self.needs_manual_grade and not self.score


@dataclass(frozen=True)
class Total:
    """A submission's sum, and whether a person still has to look at it."""

    score: float
    max_score: float
    needs_manual_grade: bool


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


@contextmanager
def cell_scores(course: Course, assignment: str) -> Iterator[Callable[[str], dict[tuple[str, str], CellScore]]]:
    """Yield a function from a student to the scores by notebook and cell; none without a submission."""
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:

        def scores(student: str) -> dict[tuple[str, str], CellScore]:
            try:
                submission = gradebook.find_submission(assignment, student)
            except MissingEntry:
                return {}
            comments = {
                (one.name, entry.name): entry.comment or "" for one in submission.notebooks for entry in one.comments
            }
            return {
                (one.name, grade.name): CellScore(
                    float(grade.score),
                    float(grade.max_score),
                    bool(grade.needs_manual_grade),
                    comments.get((one.name, grade.name), ""),
                )
                for one in submission.notebooks
                for grade in one.grades
            }

        yield scores


def totals(course: Course, assignment: str) -> dict[str, Total]:
    """Return each submission's sum, by student."""
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        return {
            entry["student"]: Total(float(entry["score"]), float(entry["max_score"]), bool(entry["needs_manual_grade"]))
            for entry in gradebook.submission_dicts(assignment)
        }
