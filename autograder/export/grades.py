"""The grades of an assignment as an LMS wants them: a number for each student, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograder.course import Course, CourseError
from autograder.grade.results import Result
from autograder.lms.people import Person
from autograder.results.roster import ABSENT, UNGRADED, known_people
from autograder.results.scores import Standing, graded, standing_of, standings


@dataclass(frozen=True)
class Grade:
    """What one student gets.

    Attributes
    ----------
    person : Person
        Who.
    result : Result or None
        What was graded; None if nothing was.
    standing : Standing or None
        What the gradebook says of it.
    handed_in : bool
        Whether there is something that could be graded.
    """

    person: Person
    result: Result | None = None
    standing: Standing | None = None
    handed_in: bool = True

    @property
    def status(self) -> str:
        """How it was graded, in words."""
        if self.result is None:
            return UNGRADED if self.handed_in else ABSENT
        return self.result.status.replace("_", " ")

    def reason(self, *, so_far: bool = False) -> str:
        """Return why there are no points to hand on, "" if there are."""
        if self.result is None or self.standing is None:
            return self.status
        if self.result.status == "not_gradable" and not self.standing.score:
            return "not gradable"
        if self.standing.waiting and not so_far:
            return "has answers that a person has yet to read"
        return ""


def grades(course: Course, assignment: str) -> dict[str, Grade]:
    """Return the grade of everybody in the class, by student, in the order of their names.

    Raises
    ------
    CourseError
        If nothing of the assignment was graded.
    """
    results = {result.student: result.without_outputs() for result in graded(course, assignment).recorded()}
    found = standings(course, assignment)
    there = {*course.students(assignment), *results}
    people = {person.student: person for person in known_people(course)}
    people |= {student: Person(student) for student in there if student not in people}
    ordered = sorted(
        people.values(), key=lambda one: (one.last_name.casefold(), one.first_name.casefold(), one.student)
    )
    return {
        person.student: Grade(person, result, found.get(person.student) or standing_of(result))
        if (result := results.get(person.student))
        else Grade(person, handed_in=person.student in there)
        for person in ordered
    }


def maximum(found: dict[str, Grade]) -> float:
    """Return what the assignment is worth."""
    return max((grade.standing.max_score for grade in found.values() if grade.standing), default=0.0)


def scaled(ours: float, theirs: str, *, scale: bool | None, where: str) -> Callable[[float], str]:
    """Return what writes points as an LMS reads them.

    Parameters
    ----------
    ours : float
        What the assignment is worth.
    theirs : str
        What it is worth in the LMS, "" if unknown; with a decimal comma, points are written with one.
    scale : bool or None
        Whether to convert points; None where the user did not say.
    where : str
        Whose maximum it is, for the message.

    Raises
    ------
    CourseError
        If the two differ and the user did not say.
    """
    comma = "," in theirs and "." not in theirs
    try:
        wanted = float(theirs.replace(",", ".")) if theirs else ours
    except ValueError:
        wanted = ours
    if wanted != ours and scale is None:
        raise CourseError(
            f"{where} gives at most {wanted:g} points, the assignment is worth {ours:g}: "
            "--scale converts the points, --no-scale writes them as they are"
        )
    factor = wanted / ours if scale and ours else 1.0

    def write(points: float) -> str:
        text = f"{round(points * factor + 0.0, 2):.2f}"
        return text.replace(".", ",") if comma else text

    return write
