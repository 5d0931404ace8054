"""Whose a hand-in is: the roster, the students that the gradebook knows, and what the LMS calls them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from autograder.collect.forms import Handin
from autograder.course import CourseError
from autograder.lms.canvas import Gradebook
from autograder.lms.dates import read_date
from autograder.lms.moodle import Worksheet, local_part
from autograder.lms.people import Directory, Person, divided, fold, unfit_student
from autograder.lms.table import Table

COLUMNS = {
    "student": (
        "student",
        "student_id",
        "student id",
        "id",
        "username",
        "user name",
        "login",
        "sid",
        "matriculation number",
    ),
    "first_name": ("first_name", "first name", "firstname", "given name"),
    "last_name": ("last_name", "last name", "lastname", "surname", "family name"),
    "name": ("name", "full name", "full_name"),
    "email": ("email", "e-mail", "email address", "mail"),
    "section": ("section", "group", "tutorial", "sections"),
    "lms_user_id": ("lms_user_id", "canvas id", "canvas_id"),
    "submitted": ("submitted", "submitted at", "submission time", "timestamp"),
}
"""How a roster of one's own may call its columns."""


@dataclass
class Roster:
    """Who is in the class.

    Attributes
    ----------
    directory : Directory
        Those of the roster file and those of the gradebook.
    listed : list of Person
        Those of the roster file alone.
    participants : dict of str to str
        From Moodle's number of a participant to the student.
    submitted : dict of str to datetime
        When a student handed in, in universal time, if the roster file says so.
    doubts : list of str
        Moments that could not be read.
    """

    directory: Directory
    listed: list[Person] = field(default_factory=list)
    participants: dict[str, str] = field(default_factory=dict)
    submitted: dict[str, datetime] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def whose(self, handin: Handin, form: str, wanted: Iterable[str]) -> tuple[Person | None, str]:
        """Return whose a hand-in is, or None and the reason why nobody knows."""
        if form == "moodle" and (number := handin.lms["participant"]) in self.participants:
            return self.directory.people[self.participants[number]], ""
        found = self.directory.by_key(*handin.keys) if form != "moodle" else None
        if person := found or self.directory.by_name(handin.name):
            return person, ""
        if form == "moodle":
            which = "the roster has neither" if self.listed else "the number is of this assignment alone"
            return (
                None,
                f"{handin.keys[0]}, {handin.name!r}: {which}; give the assignment's grading worksheet with --roster",
            )
        if self.listed:
            return None, "the roster has nobody of this name or number"
        student = _own_name(handin, list(wanted))
        if reason := unfit_student(student) if student else "the name of the file does not say whose it is":
            return None, f"{reason}; give a roster with --roster"
        return Person(student, *(divided(handin.name) if form == "gradescope" else ("", ""))), ""


def read_roster(path: Path | None, id_column: str | None, known: list[Person], zone: tzinfo) -> Roster:
    """Read a roster.

    Parameters
    ----------
    path : Path or None
        Moodle's grading worksheet, Canvas's gradebook, or a table with a column ``student``.
    id_column : str or None
        The column with the ids by which the course shall know the students; the best that there is by default, and the
        gradebook's own ids for those whom it knows already.
    known : list of Person
        Those whom the gradebook has.
    zone : tzinfo
        In which zone the roster's times are.

    Raises
    ------
    CourseError
        If it has no ids, or two students of one.
    """
    if path is None:
        return Roster(Directory(known))
    table = Table.read(path)
    chosen = None if id_column is None else table.named(id_column)
    participants: dict[int, str] = {}
    if Gradebook.fits(table):
        people, times = Gradebook(table).people(chosen), None
    elif Worksheet.fits(table):
        worksheet = Worksheet(table)
        people, times = worksheet.people(chosen), worksheet.submitted
        participants = {row: worksheet.number(row) for row in worksheet.rows}
    else:
        people, times = _people(table, chosen), table.column(*COLUMNS["submitted"])
    if chosen is None:
        people = _as_known(people, known)
    _check(people, path)
    roster = Roster(Directory([*known, *people]), people)
    roster.participants = {participants[person.row]: person.student for person in people if person.row in participants}
    if participants and times is None:
        roster.doubts.append(f"{path} has no column that is known to say when, such as Last modified (submission)")
    for person in people:
        try:
            moment = read_date(table.value(person.row, times), zone)
        except (ValueError, OverflowError) as problem:
            roster.doubts.append(
                f"{person.student}: the time {table.value(person.row, times)!r} is not read: {problem}"
            )
            continue
        if moment is not None:
            roster.submitted[person.student] = moment
    return roster


def _people(table: Table, id_column: int | None) -> list[Person]:
    """Return the people in a roster of one's own."""
    at = {name: table.column(*names) for name, names in COLUMNS.items()}
    student = id_column if id_column is not None else at["student"] if at["student"] is not None else at["email"]
    if student is None:
        known = ", ".join(table.columns)
        raise CourseError(
            f"{table.path} has no column student: name the column with the ids with --id; there are: {known}"
        )
    found = []
    for row in range(1, len(table.rows)):
        value = {name: table.value(row, column).strip() for name, column in at.items()}
        if not any(table.value(row, column).strip() for column in range(len(table.rows[row]))):
            continue
        first, last = (value["first_name"], value["last_name"])
        if not first + last:
            first, last = divided(value["name"])
        keys = frozenset(fold(key) for key in (value["student"], local_part(value["email"]))) - {""}
        name = table.value(row, student).strip()
        found.append(Person(name, first, last, value["email"], value["section"], value["lms_user_id"], keys, row))
    return found


def _as_known(people: list[Person], known: list[Person]) -> list[Person]:
    """Return the people under the ids that the gradebook has for them."""
    directory = Directory(known)
    found = []
    for person in people:
        same = directory.by_key(person.student, person.lms_user_id, person.email, *sorted(person.keys))
        keys = person.keys | {fold(person.student)}
        found.append(person if same is None else dataclasses.replace(person, student=same.student, keys=keys))
    return found


def _check(people: list[Person], path: Path) -> None:
    for person in people:
        if reason := unfit_student(person.student):
            raise CourseError(
                f"{path}, row {person.row + 1}: {person.student!r} cannot be a student's id: {reason}; "
                "name the column with the ids with --id"
            )
    often = [f"{name!r}" for name, number in Counter(fold(person.student) for person in people).items() if number > 1]
    if often:
        raise CourseError(
            f"{path} has more than one row of {', '.join(often[:5])}: name the column with the ids with --id"
        )


def _own_name(handin: Handin, wanted: list[str]) -> str:
    """Return the student's id that a folder or file is named by, "" if it says no single one."""
    if len(handin.keys) == 1 and fold(handin.keys[0]) not in map(fold, wanted):
        return handin.keys[0]
    rest = handin.keys[0]
    for name in wanted:
        rest = rest.replace(name, " ")
    parts = rest.replace("_", " ").split() if len(handin.keys) > 1 else []
    return parts[0] if len(parts) == 1 else ""
