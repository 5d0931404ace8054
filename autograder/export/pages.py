"""The feedback pages as a zip that an LMS hands out: each under the name by which it finds the student."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from autograder.course import Course
from autograder.export.fill import Address
from autograder.files import replacing


def write_feedback_zip(
    course: Course, assignment: str, students: Iterable[str], address: Address, path: Path
) -> tuple[int, dict[str, str]]:
    """Write the feedback pages of students into a zip.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of an assignment with feedback.
    students : iterable of str
        Whose pages.
    address : callable
        From a student and the name of a page to its path in the zip.
    path : Path
        Where to write it.

    Returns
    -------
    int
        How many students' pages are in it.
    dict of str to str
        Whose are not, and why.
    """
    number, without = 0, {}
    with replacing(path, private=True) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for student in students:
            pages = sorted(course.folder("feedback", assignment, student).glob("*.html"))
            places = {page: address(student, page.name) for page in pages}
            if not pages:
                without[student] = f"has no page: run `autograder feedback {assignment}`"
            elif not all(places.values()):
                without[student] = "the LMS has no file of theirs to which it could belong"
            else:
                number += 1
                for page, place in places.items():
                    archive.write(page, place)
    return number, without
