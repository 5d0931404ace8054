"""Dates of an assignment that an instructor sets: when it is due, and until when a student may hand in."""

from __future__ import annotations

from datetime import datetime

from autograder.course import Course, CourseError, calling_nbgrader, only_writer
from autograder.grade.lateness import Extensions
from autograder.grade.record import Recorder


def set_due(course: Course, assignment: str, moment: datetime | None = None) -> datetime | None:
    """Set when an assignment is due, if a moment is given, and return when it is due; both in universal time.

    Raises
    ------
    CourseError
        If the gradebook does not know the assignment.
    """
    with only_writer(course), calling_nbgrader(), Recorder(course, assignment) as recorder:
        return recorder.due(moment)


def extend(course: Course, assignment: str, student: str, until: datetime | None) -> datetime:
    """Let a student hand in until a moment in universal time, and reckon what the delay costs now.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of a released assignment that has a date.
    student : str
        The student's name; nothing needs to have been handed in.
    until : datetime or None
        The student's own date; None takes an earlier one back.

    Returns
    -------
    datetime
        When it is due for everybody else.

    Raises
    ------
    CourseError
        If the assignment has no date, or `until` is not after it.
    """
    with only_writer(course), calling_nbgrader(), Recorder(course, assignment) as recorder:
        due = recorder.due()
        if due is None:
            raise CourseError(
                f"{assignment} has no date that could be extended: set one with `autograder due {assignment} MOMENT`"
            )
        if until is not None and until <= due:
            raise CourseError(
                f"an extension ends after the date of everybody, which is {due:%Y-%m-%d %H:%M:%S} UTC; "
                f"this one would end {until:%Y-%m-%d %H:%M:%S} UTC"
            )
        extensions = Extensions(course, assignment)
        extensions.grant(student, until)
        recorder.extended(student, None if until is None else until - due)
        return due


def settle(course: Course, assignment: str) -> None:
    """Write into the gradebook what delays cost by its points of now; left where it cannot be done."""
    try:
        with only_writer(course), calling_nbgrader(), Recorder(course, assignment) as recorder:
            recorder.settle()
    except CourseError:  # nothing of it is in the gradebook, or who writes there reckons it, too
        return
