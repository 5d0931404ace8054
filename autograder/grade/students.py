"""Whose submissions a run looks at."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.course import Course, CourseError
from autograder.names import meant, no_folder


def chosen_students(course: Course, assignment: str, students: Iterable[str] | None) -> list[str]:
    """Return the students who handed something in, or those of them who are named.

    Raises
    ------
    CourseError
        If one who is named has not.
    """
    submitted = course.students(assignment)
    if students is None:
        return submitted
    unknown = sorted(set(students) - set(submitted))
    if unknown:
        parent, rest = course.submissions(assignment)
        why = (no_folder(one) or f"there is no folder {parent / one / rest}" for one in unknown)
        lines = (
            f"no submission of {assignment!r} by {one}: {reason}{meant(one, submitted)}"
            for one, reason in zip(unknown, why, strict=True)
        )
        raise CourseError("\n".join(lines))
    return sorted(set(students))
