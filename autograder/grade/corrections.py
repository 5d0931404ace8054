"""Points that an instructor gives by command, with the reason."""

from __future__ import annotations

from typing import Any

from autograder.course import Course, CourseError, calling_nbgrader, only_writer
from autograder.grade.record import Recorder
from autograder.names import meant


def give_points(
    course: Course, assignment: str, student: str, exercise: str, points: float | None, *, by: str, why: str
) -> tuple[float | None, float | None]:
    """Give a graded cell points, as formgrader does; what delays cost is reckoned anew.

    Parameters
    ----------
    course : Course
        The course.
    assignment, student : str
        Names.
    exercise : str
        Name of a graded cell, or NOTEBOOK/NAME where several notebooks have one of that name.
    points : float or None
        From 0 to what it is worth; None takes a person's points back, so that those of the tests count.
    by, why : str
        Who gives them and for what reason, for the history.

    Returns
    -------
    tuple of (float or None, float or None)
        The points before and after; None where a person has yet to give some.

    Raises
    ------
    CourseError
        If there is no such submission or cell, or the cell is not worth so much.
    """
    with only_writer(course), calling_nbgrader(), Recorder(course, assignment) as recorder:
        grade = _grade(recorder, assignment, student, exercise)
        worth = float(grade.max_score)
        if points is not None and not 0 <= points <= worth:
            raise CourseError(
                f"{exercise} is worth {worth:g} points, so it can be given 0 to {worth:g}, not {points:g}"
            )
        recorder.notice(student)
        before = _points(grade)
        grade.manual_score = points
        grade.needs_manual_grade = points is None and grade.auto_score is None
        recorder.gradebook.db.commit()
        recorder.gradebook.db.refresh(grade)
        recorder.notice(student, by=by, why=why)
        recorder.settle(student)
        return before, _points(grade)


def _points(grade: Any) -> float | None:
    return None if grade.manual_score is None and grade.auto_score is None else float(grade.score)


def _grade(recorder: Recorder, assignment: str, student: str, exercise: str) -> Any:
    """Return nbgrader's entry of a student's graded cell."""
    submissions = {one.student_id: one for one in recorder.gradebook.assignment_submissions(assignment)}
    if student not in submissions:
        raise CourseError(f"nothing of {assignment} by {student!r} is graded{meant(student, submissions)}")
    *notebook, name = exercise.rsplit("/", 1)
    grades = [
        (f"{entry.name}/{grade.name}", grade)
        for entry in submissions[student].notebooks
        for grade in entry.grades
        if notebook in ([], [entry.name])
    ]
    found = [(path, grade) for path, grade in grades if grade.name == name]
    if len(found) > 1:
        raise CourseError(f"several notebooks have a {name}: name one of {', '.join(path for path, _ in found)}")
    if not found:
        names = [grade.name for _, grade in grades]
        raise CourseError(
            f"no cell {exercise!r} gives points{meant(exercise, names) or '; ' + ', '.join(names) + ' do'}"
        )
    return found[0][1]
