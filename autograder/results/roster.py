"""Who is in the class, as the gradebook and the grader's own files have it; nothing is written here."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from nbgrader.api import Gradebook

from autograder.course import Course, calling_nbgrader
from autograder.files import write_atomically
from autograder.lms.people import Person, fold

SECTIONS = "sections.json"
KEY = "pseudonyms.key"
ABSENT, UNGRADED = "handed in nothing", "collected, not graded"
"""What is said of students of whom nothing is graded."""
SIGNS = "23456789bcdfghjkmnpqrstvwxz"
"""No vowels, so that no words come of it, and nothing that is read for something else."""


def known_people(course: Course) -> list[Person]:
    """Return the students of the course: all of nbgrader's gradebook but the sections, which it has no room for."""
    sections = read_sections(course)
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        return [
            Person(
                student.id,
                student.first_name or "",
                student.last_name or "",
                student.email or "",
                sections.get(student.id, ""),
                student.lms_user_id or "",
                frozenset({fold((student.email or "").split("@")[0])} - {""}),
            )
            for student in gradebook.students
        ]


def read_sections(course: Course) -> dict[str, str]:
    """Return the section of each student who is known to be in one; nbgrader's gradebook has no room for it."""
    try:
        found = json.loads((course.state(".") / SECTIONS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(student): str(section) for student, section in found.items()} if isinstance(found, dict) else {}


def write_sections(course: Course, sections: dict[str, str]) -> None:
    """Keep the sections of students, beside those that are known already."""
    merged = {**read_sections(course), **sections}
    write_atomically(course.state(".") / SECTIONS, json.dumps(merged, indent=1, sort_keys=True), private=True)


def pseudonyms(course: Course, students: list[str]) -> dict[str, str]:
    """Return a name for each student that says nothing about them, the same in every assignment of the course.

    They come from the ids and a secret of the course, which stays on this machine.
    """
    path = course.state(".") / KEY
    if not path.exists():
        write_atomically(path, secrets.token_hex(32), private=True)
    key = path.read_bytes()
    found: dict[str, str] = {}
    taken: set[str] = set()
    for student in sorted(students):
        number = int.from_bytes(hmac.digest(key, student.encode(errors="replace"), hashlib.sha256))
        name = ""
        while len(name) < 5 or name in taken:
            number, sign = divmod(number, len(SIGNS))
            name += SIGNS[sign]
        taken.add(name)
        found[student] = f"student-{name}"
    return found


@dataclass(frozen=True)
class ClassList:
    """Who is shown in a report, and how.

    Attributes
    ----------
    people : dict of str to Person
        By the id that is shown: the student's own, or a pseudonym, which then has no name, address or section.
    absent : list of str
        Those, by the id that is shown, who handed in nothing.
    ungraded : list of str
        Those, by the id that is shown, whose hand-in lies there and is not graded yet.
    shown : dict of str to str
        By student, the id that is shown.
    """

    people: dict[str, Person]
    absent: list[str]
    ungraded: list[str]
    shown: dict[str, str]

    @classmethod
    def read(cls, course: Course, there: Iterable[str], graded: Iterable[str], *, hidden: bool = False) -> ClassList:
        """Return the class.

        Parameters
        ----------
        course : Course
            The course.
        there : iterable of str
            The students who handed in something.
        graded : iterable of str
            Those of whom something is graded.
        hidden : bool
            Whether to show pseudonyms.
        """
        known_grades = set(graded)
        handed_in = {*there, *known_grades}
        people = {person.student: person for person in known_people(course)}
        people |= {student: Person(student) for student in handed_in - set(people)}
        shown = pseudonyms(course, list(people)) if hidden else {student: student for student in people}
        absent = sorted(shown[student] for student in set(people) - handed_in)
        ungraded = sorted(shown[student] for student in handed_in - known_grades)
        if hidden:
            people = {name: Person(name) for name in shown.values()}
        return cls(people, absent, ungraded, shown)
