"""Fill in the table that an LMS gave out: one cell for each student, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from autograder.collect.account import Record
from autograder.collect.whose import read_roster
from autograder.course import Course, CourseError
from autograder.export.grades import Grade, grades, maximum, scaled
from autograder.lms.canvas import Gradebook
from autograder.lms.moodle import Worksheet, folder_for, parse_folder
from autograder.lms.people import Person
from autograder.lms.table import Table
from autograder.results.roster import ABSENT, known_people

Address = Callable[[str, str], str]
"""From a student and the name of a feedback page to where an LMS wants it, "" if it would not take it."""


@dataclass
class Filled:
    """What was written into a table.

    Attributes
    ----------
    table : Table
        The table, filled in.
    written : dict of str to str
        By student, the points.
    empty : dict of str to str
        By student, why there are none.
    foreign : list of str
        Names in the table of whom the course knows nothing.
    left_out : list of str
        Students with points who have no row in it.
    address : callable
        Where the LMS wants feedback.
    """

    table: Table
    written: dict[str, str] = field(default_factory=dict)
    empty: dict[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    address: Address = lambda student, page: ""


@dataclass(frozen=True)
class Choices:
    """What the user chose: the column with the grades and that with the ids, scaling, unread answers, zeros."""

    column: str | None = None
    id_column: str | None = None
    scale: bool | None = None
    so_far: bool = False
    zero_missing: bool = False


def fill_moodle(course: Course, assignment: str, path: Path, choices: Choices) -> Filled:
    """Fill in Moodle's grading worksheet.

    Raises
    ------
    CourseError
        If it is none, its maximum is another, or nothing is graded.
    """
    table = Table.read(path)
    if not Worksheet.fits(table):
        raise CourseError(
            f"{path} is no grading worksheet of Moodle: "
            "its first column must name participants, such as Participant 1234567"
        )
    sheet = Worksheet(table)
    column = sheet.grade if choices.column is None else table.named(choices.column)
    if column is None:
        raise CourseError(f"which column of {path} has the grades? name it with --column: {', '.join(table.columns)}")
    rows = _rows(course, path, choices, {row: sheet.table.value(row, sheet.name) for row in sheet.rows})
    theirs = next((cell for row in sheet.rows if (cell := table.value(row, sheet.maximum).strip())), "")
    locked = {row for row in sheet.rows if table.value(row, sheet.changeable).strip().casefold() in ("no", "nein")}
    filled = _fill(course, assignment, table, column, rows, theirs, choices, locked)
    record = Record.load(course, assignment)
    numbers = {person.student: (row, sheet.number(row)) for row, person in rows.items() if person}

    def address(student: str, page: str) -> str:
        if student not in numbers:
            return ""
        row, number = numbers[student]
        folder = record.lms(student, "moodle").get("folder", "")
        said = parse_folder(folder)
        if said is None or str(int(said.number)) != number:
            folder = folder_for(table.value(row, sheet.name), number)
        return f"{folder}/{page}"

    filled.address = address
    return filled


def fill_canvas(course: Course, assignment: str, path: Path, choices: Choices) -> Filled:
    """Fill in Canvas's gradebook.

    Raises
    ------
    CourseError
        If it is none, has no column of the assignment, its maximum is another, or nothing is graded.
    """
    table = Table.read(path)
    if not Gradebook.fits(table):
        raise CourseError(
            f"{path} is no gradebook of Canvas: its columns must begin with Student, ID, and Section follow"
        )
    book = Gradebook(table)
    column = book.assignment(choices.column or assignment)
    theirs = book.points_possible(column)
    if "(" in theirs:
        raise CourseError(f"Canvas calls the column {table.columns[column]!r} {theirs}: choose another with --column")
    rows = _rows(course, path, choices, {row: table.value(row, 0) for row in book.rows})
    filled = _fill(course, assignment, table, column, rows, theirs, choices, set())
    record = Record.load(course, assignment)

    def address(student: str, page: str) -> str:
        known = record.lms(student, "canvas")
        if not known.get("attachment"):
            return ""
        return "_".join((known["prefix"], known["user"], known["attachment"], page))

    filled.address = address
    return filled


def _rows(course: Course, path: Path, choices: Choices, names: dict[int, str]) -> dict[int, Person | None]:
    """Return whose each row of a table is."""
    roster = read_roster(path, choices.id_column, known_people(course), UTC)
    by_row = {person.row: person for person in roster.listed}
    return {row: by_row.get(row) for row in names}


def _fill(
    course: Course,
    assignment: str,
    table: Table,
    column: int,
    rows: dict[int, Person | None],
    theirs: str,
    choices: Choices,
    locked: set[int],
) -> Filled:
    found = grades(course, assignment)
    write = scaled(maximum(found), theirs, scale=choices.scale, where=str(table.path))
    filled = Filled(table)
    for row, person in rows.items():
        grade = None if person is None else found.get(person.student)
        if person is None or grade is None:
            filled.foreign.append(table.value(row, 0) if person is None else person.name or person.student)
            continue
        reason = "its grade cannot be changed in Moodle" if row in locked else grade.reason(so_far=choices.so_far)
        points = _points(grade, reason, choices)
        if points is None:
            filled.empty[person.student] = reason
        else:
            filled.written[person.student] = write(points)
            table.put(row, column, filled.written[person.student])
    there = {*filled.written, *filled.empty}
    filled.left_out = [student for student, grade in found.items() if grade.result and student not in there]
    return filled


def _points(grade: Grade, reason: str, choices: Choices) -> float | None:
    if reason == ABSENT and choices.zero_missing:
        return 0.0
    return None if reason or grade.standing is None else grade.standing.final
