"""Who reads which answers: each student's, or each exercise, belongs to one of the graders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from autograder.course import Course, CourseError
from autograder.files import write_atomically
from autograder.lms.table import Table
from autograder.names import meant

By = Literal["students", "exercises"]
NAME = "graders.json"


@dataclass(frozen=True)
class Shares:
    """How the answers of an assignment that a person reads are divided.

    Attributes
    ----------
    by : {"students", "exercises"}
        What is divided.
    readers : dict of str to str
        The grader of each student, or of each exercise as ``notebook/cell``.
    """

    by: By = "students"
    readers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, course: Course, assignment: str) -> Shares:
        """Return what is divided; nothing if nothing is.

        Raises
        ------
        CourseError
            If the file was damaged.
        """
        path = course.state(assignment) / NAME
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            by, readers = found["by"], dict(found["readers"])
            if by not in get_args(By) or not all(isinstance(one, str) for one in (*readers, *readers.values())):
                raise ValueError
        except FileNotFoundError:
            return cls()
        except (ValueError, KeyError, TypeError):
            raise CourseError(
                f"{path} is damaged: divide the answers again with `autograder graders {assignment} NAME NAME`"
            ) from None
        return cls(by, readers)

    def save(self, course: Course, assignment: str) -> None:
        """Keep it, for the commands and for formgrader; nothing divided leaves no file."""
        path = course.state(assignment) / NAME
        if self.readers:
            text = json.dumps({"by": self.by, "readers": self.readers}, indent=1, ensure_ascii=False)
            write_atomically(path, text + "\n", private=True)
        else:
            path.unlink(missing_ok=True)

    @property
    def graders(self) -> list[str]:
        """Their names, sorted."""
        return sorted(set(self.readers.values()))

    def reader(self, student: str, notebook: str, cell: str) -> str:
        """Return who reads a student's answer; "" if it was given to nobody."""
        return self.readers.get(student if self.by == "students" else f"{notebook}/{cell}", "")

    def divided(self, graders: Sequence[str], by: By, things: Iterable[str]) -> Shares:
        """Return the things divided evenly; who has one already, and is still among the graders, keeps it.

        Parameters
        ----------
        graders : sequence of str
            Their names.
        by : {"students", "exercises"}
            What the things are.
        things : iterable of str
            Students, or exercises as ``notebook/cell``.

        Raises
        ------
        CourseError
            If a name is empty, or there are fewer things than graders.
        """
        names, all_things = list(dict.fromkeys(graders)), list(dict.fromkeys(things))
        if not all(name.strip() for name in names):
            raise CourseError("a grader has a name: the one that they log in with where formgrader runs")
        if len(all_things) < len(names):
            counted = f"{len(all_things)} {by[:-1] if len(all_things) == 1 else by}"
            raise CourseError(
                f"{counted} cannot be divided among {len(names)} graders"
                + ("; divide the students instead" if by == "exercises" else "")
            )
        kept = self.readers if by == self.by else {}
        least, larger = divmod(len(all_things), len(names))  # so many shares have one more
        found: dict[str, str] = {}
        loads = dict.fromkeys(names, 0)
        for one in all_things:
            own = kept.get(one)
            if own in loads and loads[own] < least + (loads[own] == least and larger > 0):
                larger -= loads[own] == least
                found[one] = own
                loads[own] += 1
        for one in all_things:
            if one not in found:
                found[one] = min(names, key=lambda name: loads[name])
                loads[found[one]] += 1
        return Shares(by, {one: found[one] for one in all_things})


def from_list(path: Path, students: Iterable[str]) -> Shares:
    """Return the students as a CSV file with the columns ``student`` and ``grader`` divides them.

    Raises
    ------
    CourseError
        If a column is missing, a student is unknown or stands there twice, or a row has no grader.
    """
    table = Table.read(path)
    student_column, grader_column = table.named("student"), table.named("grader")
    known = set(students)
    readers: dict[str, str] = {}
    for row in range(1, len(table.rows)):
        student, grader = (table.value(row, column).strip() for column in (student_column, grader_column))
        if not student and not grader:
            continue
        if student not in known:
            raise CourseError(
                f"row {row + 1} of {path}: nobody in the course is called {student!r}{meant(student, known)}"
            )
        if not grader:
            raise CourseError(f"row {row + 1} of {path}: {student!r} has no grader")
        if readers.setdefault(student, grader) != grader:
            raise CourseError(f"row {row + 1} of {path}: {student!r} has two graders, {readers[student]} and {grader}")
    if not readers:
        raise CourseError(f"{path} names no student")
    return Shares("students", readers)
