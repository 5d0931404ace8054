"""Who is in a class."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.names import unfit

LONGEST = 128
"""The gradebook has no room for longer ids of students."""


@dataclass(frozen=True)
class Person:
    """A student as a roster has them.

    Attributes
    ----------
    student : str
        The id by which the course knows them: the name of their folder, and their id in the gradebook.
    first_name, last_name, email, section : str
        "" where unknown. A name that nobody has divided is divided before its last word.
    lms_user_id : str
        Canvas's number of the user; "" elsewhere.
    keys : frozenset of str
        What else an LMS may call them, folded by `fold`: an address, a user name, a number.
    row : int
        Where they stand in the table that they were read from.
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    section: str = ""
    lms_user_id: str = ""
    keys: frozenset[str] = field(default=frozenset(), compare=False)
    row: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


def divided(name: str) -> tuple[str, str]:
    """Return first and last name of ``Last, First`` or ``First Last``."""
    if "," in name:
        last, first = name.split(",", 1)
        return " ".join(first.split()), " ".join(last.split())
    *first_names, last = name.split() or [""]
    return " ".join(first_names), last


def fold(text: str) -> str:
    """Return a text as it is compared: composed, without case, spaces as one."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def letters(text: str) -> str:
    """Return only what Canvas leaves of a name in the name of a file: letters and digits, without case."""
    return "".join(sign for sign in fold(text) if sign.isalnum())


def unfit_student(name: str) -> str:
    """Return why a name cannot be a student's id, "" if it can."""
    if len(name) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    return unfit(name.replace("+", "")) if name.strip("+") else "it names no folder of its own"


class Directory:
    """Finds people by what an LMS calls them."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = {person.student: person for person in people}
        self._found: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        for person in self.people.values():
            for key in {fold(person.student), fold(person.email), fold(person.lms_user_id), *person.keys} - {""}:
                self._found[key].add(person.student)
            for name in (person.name, f"{person.last_name} {person.first_name}"):
                self._names[letters(name)].add(person.student)

    def by_key(self, *keys: str) -> Person | None:
        """Return the one who has the first of these keys that exactly one has."""
        for key in keys:
            found = self._found.get(fold(key), set()) if key else set()
            if len(found) == 1:
                return self.people[next(iter(found))]
        return None

    def by_name(self, name: str) -> Person | None:
        """Return the one who is called so, None if nobody or more than one is."""
        found = self._names.get(letters(name), set()) if letters(name) else set()
        return self.people[next(iter(found))] if len(found) == 1 else None
