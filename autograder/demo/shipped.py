"""The courses that come with the grader, to play with where there is no course yet."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from autograder.course import Course, CourseError

NEEDS = {"pandas": "pandas>=2.3"}
"""The assignments, each in a course of its own, with the package that its notebook imports."""


def shipped(assignment: str) -> Course:
    """Return the course that comes with the grader for an assignment.

    Parameters
    ----------
    assignment : str
        One of `NEEDS`.

    Raises
    ------
    CourseError
        If a package is missing that its notebook imports.
    """
    requirement = NEEDS[assignment]
    if find_spec(assignment) is None:
        raise CourseError(
            f"the demo {assignment!r} needs {assignment}, which is not installed here: "
            f'python -m pip install "{requirement}"'
        )
    return Course.find(Path(__file__).parent / f"{assignment}_course")


def course_to_play(assignment: str | None, find: Callable[[], Course]) -> Course:
    """Return the course that the demo plays with.

    Parameters
    ----------
    assignment : str or None
        The assignment that was asked for, if one was.
    find : callable
        Returns the course in which the command was called; its own assignments come first.

    Raises
    ------
    CourseError
        If there is no course, and none comes with the grader for this assignment.
    """
    try:
        course = find()
    except CourseError:
        if assignment is None or assignment not in NEEDS:
            raise
        return shipped(assignment)
    if assignment is None or assignment not in NEEDS or assignment in course.assignments:
        return course
    return shipped(assignment)
