"""Canvas: the files of a downloaded zip, and the gradebook as CSV.

The form is that of Canvas's sources (``content_zipper.rb``, ``gradebook_importer.rb``, ``abstract_assignment.rb``). A
file is called ``<sortable name>_LATE_<user id>_<attachment id>_<the student's name for it>``, with ``LATE_`` where it
was late; uploaded again, Canvas finds user and attachment as the first two numbers between underscores.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.course import CourseError
from autograder.lms.moodle import local_part
from autograder.lms.people import Person, divided, fold
from autograder.lms.table import Table

FILE = re.compile(
    r"(?P<name>.*?)_(?:(?P<late>LATE)_)?(?P<user>\d{1,18})_(?:(?P<attachment>\d{1,18})_(?P<file>.+)|(?P<entry>text|link)\.html)",
    re.S,
)
TITLE = re.compile(r"(?P<title>.*?)\s*\((?P<id>\d+)\)", re.S)
POSTING = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.I)
TOTALS = re.compile(r".*(Current|Final|Override) (Score|Points|Grade|Status)\b.*", re.S)
FIXED = (
    "Student",
    "LastName",
    "FirstName",
    "ID",
    "SIS User ID",
    "SIS Login ID",
    "Integration ID",
    "Root Account",
    "Section",
)


@dataclass(frozen=True)
class File:
    """What the name of a file in a zip says; an entry of text or a link has no attachment."""

    name: str
    user: str
    attachment: str
    file: str
    late: bool = False


def parse_file(name: str) -> File | None:
    """Return what the name of a file says; None if it is not Canvas's."""
    found = FILE.fullmatch(name)
    if found is None:
        return None
    return File(
        found["name"],
        found["user"],
        found["attachment"] or "",
        found["file"] or f"{found['entry']}.html",
        bool(found["late"]),
    )


class Gradebook:
    """Canvas's gradebook: a row for each student, below those that say something about the columns."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._id = table.column("ID")
        self.rows = [row for row in range(1, len(table.rows)) if self._is_student(row)]
        self.possible = next(
            (row for row in range(1, len(table.rows)) if "Points Possible" in table.value(row, 0)), None
        )

    @staticmethod
    def fits(table: Table) -> bool:
        """Return whether a table is a gradebook of Canvas."""
        columns = table.columns
        begins = columns[:2] == ["Student", "ID"] or columns[:3] == ["LastName", "FirstName", "ID"]
        return begins and "Section" in columns

    def people(self, id_column: int | None = None) -> list[Person]:
        """Return the students; their ids are in the column that is named, or the best that there is."""
        table = self.table
        columns = [table.column(name) for name in ("ID", "SIS User ID", "SIS Login ID", "Section")]
        found = []
        for row in self.rows:
            user, sis, login, section = (table.value(row, column).strip() for column in columns)
            student = table.value(row, id_column).strip() if id_column is not None else login or sis or user
            email = login if "@" in login else ""
            keys = frozenset(map(fold, (sis, login, local_part(email)))) - {""}
            found.append(Person(student, *self._name(row), email, section, user, keys, row))
        return found

    def assignment(self, name: str) -> int:
        """Return the column of an assignment by its title, its number, or both as they stand there.

        Raises
        ------
        CourseError
            If there is none, or more than one.
        """
        titles = {column: title for column, title in enumerate(self.table.columns) if self._is_assignment(title)}
        matches = [column for column, title in titles.items() if title == name]
        for wanted in (name, name.replace("_", " ")):
            matches = matches or [
                column
                for column, title in titles.items()
                if (found := TITLE.fullmatch(title)) and fold(wanted) in (fold(found["title"]), found["id"])
            ]
        if len(matches) == 1:
            return matches[0]
        known = ", ".join(titles.values()) or "none"
        problem = "no column" if not matches else "more than one column"
        raise CourseError(
            f"{self.table.path} has {problem} of an assignment {name!r}: name one with --column; there are: {known}"
        )

    def points_possible(self, column: int) -> str:
        """Return what Canvas says that an assignment is worth, "" if it does not."""
        return "" if self.possible is None else self.table.value(self.possible, column).strip()

    def _name(self, row: int) -> tuple[str, str]:
        if self.table.value(0, 0).strip() == "LastName":
            return self.table.value(row, 1).strip(), self.table.value(row, 0).strip()
        return divided(self.table.value(row, 0))

    def _is_student(self, row: int) -> bool:
        cells = [self.table.value(row, column) for column in range(len(self.table.rows[row]))]
        if "Points Possible" in cells[0] or all(POSTING.fullmatch(cell) for cell in cells):
            return False
        return "Student, Test" not in cells[0] and bool(self.table.value(row, self._id).strip())

    @staticmethod
    def _is_assignment(title: str) -> bool:
        return title not in FIXED and not TOTALS.fullmatch(title)
