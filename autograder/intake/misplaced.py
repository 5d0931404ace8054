"""Find what was put beside the folders in which submissions are looked for."""

from __future__ import annotations

from pathlib import Path

from autograder.course import Course

LEFT_BEHIND = ("Thumbs.db", "desktop.ini", "__MACOSX")
"""What Windows and macOS put into folders by themselves, besides hidden files."""


def misplaced(course: Course, assignment: str) -> list[str]:
    """Return the paths, from the course's folder, of what lies among the submissions but in none of them, sorted.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment that is graded; folders of the course's other assignments are where they should be.
    """
    parent, rest = course.submissions(assignment)
    entries = _entries(parent)
    found = [path for path in entries if not path.is_dir()]
    if rest.parts == (assignment,):
        known = {assignment, *course.assignments}
        inside = [path for folder in entries if folder.is_dir() for path in _entries(folder)]
        found += [path for path in inside if path.name not in known]
    return sorted(
        path.relative_to(course.root).as_posix() if path.is_relative_to(course.root) else str(path) for path in found
    )


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder, but for hidden files and what systems leave there."""
    found = folder.iterdir() if folder.is_dir() else ()
    return [path for path in found if not path.name.startswith(".") and path.name not in LEFT_BEHIND]
