"""Write the files of an export, into a folder of the course or one that the user names."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import Course, CourseError
from autograder.export.fill import Choices, fill_canvas, fill_moodle
from autograder.export.pages import write_feedback_zip
from autograder.export.tables import write_csv, write_parquet
from autograder.files import replacing

FOLDER = "export"
LMS = {"moodle": fill_moodle, "canvas": fill_canvas}
FILES = {"moodle": "grading worksheet", "canvas": "gradebook"}
TABLES = {"csv": write_csv, "parquet": write_parquet}


@dataclass
class Exported:
    """What was written.

    Attributes
    ----------
    paths : list of Path
        The files.
    written, pages : int
        How many students have points in the table, and pages in the zip.
    empty, without_page : dict of str to str
        Who has none, and why.
    foreign, left_out : list of str
        Who is in the table alone, and who in the course alone.
    """

    paths: list[Path] = field(default_factory=list)
    written: int = 0
    pages: int = 0
    empty: dict[str, str] = field(default_factory=dict)
    without_page: dict[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return {**asdict(self), "paths": [str(path) for path in self.paths]}


def export(
    course: Course, assignment: str, target: str, file: Path | None, output: Path | None, choices: Choices
) -> Exported:
    """Write the grades of an assignment, for an LMS also its feedback.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of a graded assignment.
    target : {"moodle", "canvas", "csv", "parquet"}
        For whom.
    file : Path or None
        The table that the LMS gave out; it is not changed.
    output : Path or None
        Where to write; ``export/<assignment>`` by default.
    choices : Choices
        What the user chose.

    Raises
    ------
    CourseError
        If the table is missing or cannot be used, or nothing is graded.
    """
    folder = output or course.root / FOLDER / assignment
    if target in TABLES:
        if file is not None:
            raise CourseError(f"--to {target} fills in no file: leave {file} out")
        path = folder / f"grades.{target}"
        return Exported([path], TABLES[target](course, assignment, path))
    if file is None:
        raise CourseError(f"name the {FILES[target]} that {target.capitalize()} gave out, after the assignment")
    filled = LMS[target](course, assignment, file, choices)
    table = folder / file.name
    if table.exists() and table.samefile(file):
        raise CourseError(f"{file} would be overwritten: name another folder with --output")
    with replacing(table, private=True) as written:
        written.write(filled.table.to_bytes())
    pages = folder / "feedback.zip"
    students = [
        *filled.written,
        *(one for one, reason in filled.empty.items() if _is_page_wanted(course, assignment, one)),
    ]
    number, without = write_feedback_zip(course, assignment, students, filled.address, pages)
    return Exported([table, pages], len(filled.written), number, filled.empty, without, filled.foreign, filled.left_out)


def _is_page_wanted(course: Course, assignment: str, student: str) -> bool:
    """Return whether a student without points has a page, which says why."""
    return course.folder("feedback", assignment, student).is_dir()
