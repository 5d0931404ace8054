"""How far the graders are: what each has to read, what waits, and who gave which points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course, CourseError, only_writer
from autograder.grade.history import TESTS, History
from autograder.graders.rubric import read_by_persons
from autograder.graders.shares import By, Shares, from_list
from autograder.results.scores import known_students, standings


@dataclass(frozen=True)
class Reading:
    """One answer that a person reads.

    Attributes
    ----------
    reader : str
        Whose share it is; "" if it is nobody's.
    waits : bool
        Whether it is still to be read, or to be looked at again.
    points, max_score : float or None, float
        The points that a person gave, None if nobody did, and what it is worth.
    by : str
        Who gave them; "" if nobody did.
    """

    student: str
    notebook: str
    cell: str
    reader: str
    waits: bool
    points: float | None
    max_score: float
    by: str


@dataclass(frozen=True)
class Line:
    """What one grader has to do with one exercise."""

    grader: str
    notebook: str
    cell: str
    share: int
    waiting: int
    given: int
    mean: float | None
    max_score: float


def divide(course: Course, assignment: str, graders: Sequence[str], by: By) -> Shares:
    """Divide the answers of an assignment that a person reads among graders, and keep it.

    Those that are divided already stay with their grader as far as the shares remain even.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of an assignment.
    graders : sequence of str
        Names of the graders; none to take the division back.
    by : {"students", "exercises"}
        Whether each grader reads all answers of some students, or some exercises of all.

    Raises
    ------
    CourseError
        If a person reads nothing of it, or it cannot be divided among so many.
    """
    exercises = _exercises(course, assignment)
    shares = Shares()
    with only_writer(course):
        if graders:
            if by == "students":
                there = set(course.students(assignment))  # first: so that the hand-ins are divided evenly, too
                things = sorted(known_students(course), key=lambda student: (student not in there, student))
            else:
                things = [f"{book}/{cell}" for book, cell in exercises]
            shares = Shares.load(course, assignment).divided(graders, by, things)
        shares.save(course, assignment)
    return shares


def divide_as_listed(course: Course, assignment: str, path: Path) -> list[str]:
    """Divide the students as a CSV file does, keep it, and return those to whom it gives no grader."""
    _exercises(course, assignment)
    students = known_students(course)
    shares = from_list(path, students)
    with only_writer(course):
        shares.save(course, assignment)
    return [student for student in students if student not in shares.readers]


def readings(course: Course, assignment: str) -> list[Reading]:
    """Return the answers of all students that a person reads, in the order of the students and the notebook.

    Raises
    ------
    CourseError
        If a person reads nothing of it.
    """
    exercises = _exercises(course, assignment)
    shares = Shares.load(course, assignment)
    last = {(one.student, one.notebook, one.cell): one for one in History(course.state(assignment)).changes()}
    found = []
    for student, standing in sorted(standings(course, assignment).items()):
        for notebook, cell in exercises:
            score = standing.cells.get((notebook, cell))
            if score is None:
                continue
            change = last.get((student, notebook, cell))
            noted = score.by_hand and change is not None and change.by != TESTS
            found.append(
                Reading(
                    student,
                    notebook,
                    cell,
                    shares.reader(student, notebook, cell),
                    score.needs_manual_grade,
                    score.score if score.by_hand else None,
                    score.max_score,
                    change.by if noted and change is not None else "",
                )
            )
    return found


def lines(found: Sequence[Reading]) -> list[Line]:
    """Return what each grader, also one who only gave points, has to do with each exercise."""
    exercises = list(dict.fromkeys((one.notebook, one.cell) for one in found))
    names = sorted({one.reader for one in found} | {one.by for one in found} - {""}, key=lambda name: (not name, name))
    made = []
    for name in names:
        for notebook, cell in exercises:
            here = [one for one in found if (one.notebook, one.cell) == (notebook, cell)]
            own = [one for one in here if one.reader == name]
            given = [one.points for one in here if name and one.by == name and one.points is not None]
            if own or given:
                mean = sum(given) / len(given) if given else None
                waiting = sum(one.waits for one in own)
                made.append(Line(name, notebook, cell, len(own), waiting, len(given), mean, here[0].max_score))
    return made


def _exercises(course: Course, assignment: str) -> list[tuple[str, str]]:
    found = list(read_by_persons(course, assignment))
    if not found:
        raise CourseError(f"{assignment} has no written answer, code or task that a person grades")
    return found
