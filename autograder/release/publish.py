"""Writing a validated release, and the autograder's own records of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograder.course import Course, only_writer
from autograder.grade.isolation import save
from autograder.release.editions import generate
from autograder.release.manifest import Manifest
from autograder.release.validate import Progress, Validation, validate


def release_assignment(course: Course, assignment: str, validation: Validation) -> Path:
    """Write the release of a validated assignment and the autograder's own records of it; return its folder."""
    target = course.folder("release", assignment)
    with only_writer(course):
        generate(course, assignment, target, validation.credit)
        validation.manifest.save(course, assignment)
        if validation.isolation is not None:
            save(course, assignment, validation.isolation)
    return target


def known_mistakes(course: Course, assignment: str, *, progress: Callable[[str], Progress]) -> Manifest:
    """Return the manifest of an assignment as it was released, made now if there is none.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of the assignment.
    progress : callable
        Called with a description if the manifest has to be made; returns the progress callback.
    """
    course.check_assignment(assignment)
    manifest = Manifest.load(course, assignment)
    if manifest is None:
        manifest = validate(course, assignment, progress=progress("Trying the mistakes")).manifest
        manifest.save(course, assignment)
    return manifest
