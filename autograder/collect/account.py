"""What became of every hand-in: the record of a run, kept with the grader's own files."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.files import write_atomically

KINDS = {
    "late": "late",
    "renamed": "taken under another name",
    "double": "with more than one version",
    "unreadable": "without a notebook that can be read",
    "untouched": "as it was handed out",
    "foreign": "with another notebook",
    "refused": "with files that were not taken",
}
"""Kinds of remarks, in the order in which they are listed."""
STATUSES = {
    "collected": "new",
    "replaced": "in place of an earlier one, which is kept",
    "unchanged": "there already",
    "kept": "older than what is there, and not taken",
    "missing": "handed in nothing",
}


@dataclass
class Entry:
    """What became of one student's hand-in.

    Attributes
    ----------
    student, name : str
        Who.
    status : str
        A key of `STATUSES`.
    remarks : list of (str, str)
        What has to be known, each with its kind, a key of `KINDS`.
    moment : datetime or None
        When it was handed in, in universal time.
    form : str
        The form in which it came.
    lms : dict of str to str
        By what the LMS knows it again.
    digest : str
        Of what was handed in.
    """

    student: str
    name: str
    status: str
    remarks: list[tuple[str, str]] = field(default_factory=list)
    moment: datetime | None = None
    form: str = ""
    lms: dict[str, str] = field(default_factory=dict)
    digest: str = ""


@dataclass
class Account:
    """What became of all that was in the files.

    Attributes
    ----------
    assignment : str
        Of which assignment.
    dry_run : bool
        Whether nothing was changed.
    due : datetime or None
        When it was due, in universal time.
    sources : list of (str, str, int)
        The files, their forms, and how many hand-ins are in each.
    entries : dict of str to Entry
        By student, those who handed in nothing included.
    unknown : list of (str, str, str)
        Hand-ins of which nobody knows whose they are: the file, what the LMS calls it, and why.
    unclaimed : list of (str, str, str)
        Files that belong to no hand-in: the file they are in, their path, and why.
    undated : list of str
        Zips whose times are those of their packing.
    left_behind : int
        How many files of the system's making were left out, such as macOS's ``__MACOSX``.
    doubts : list of str
        What else has to be known.
    """

    assignment: str
    dry_run: bool = False
    due: datetime | None = None
    sources: list[tuple[str, str, int]] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    unknown: list[tuple[str, str, str]] = field(default_factory=list)
    unclaimed: list[tuple[str, str, str]] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    left_behind: int = 0
    doubts: list[str] = field(default_factory=list)

    @property
    def statuses(self) -> dict[str, int]:
        """How many students have each status."""
        found = Counter(entry.status for entry in self.entries.values())
        return {status: found[status] for status in STATUSES}

    def of_kind(self, kind: str) -> list[tuple[str, str]]:
        """Return the students with a remark of a kind, each with its text."""
        return [
            (entry.student, text)
            for _, entry in sorted(self.entries.items())
            for one, text in entry.remarks
            if one == kind
        ]

    def as_data(self) -> dict[str, Any]:
        """Return everything as plain data for JSON."""
        return {
            "assignment": self.assignment,
            "dry_run": self.dry_run,
            "due": _written(self.due),
            "sources": [dict(zip(("file", "form", "hand_ins"), one, strict=True)) for one in self.sources],
            "statuses": self.statuses,
            "students": {
                student: {
                    **asdict(entry),
                    "moment": _written(entry.moment),
                    "remarks": [{"kind": kind, "text": text} for kind, text in entry.remarks],
                }
                for student, entry in sorted(self.entries.items())
            },
            "unknown": [dict(zip(("file", "hand_in", "reason"), one, strict=True)) for one in self.unknown],
            "unclaimed": [dict(zip(("file", "path", "reason"), one, strict=True)) for one in self.unclaimed],
            "undated": self.undated,
            "left_behind": self.left_behind,
            "doubts": self.doubts,
        }


class Record:
    """What earlier runs left: by student, what was handed in, and by what the LMS knows it."""

    def __init__(self, students: dict[str, dict[str, Any]]) -> None:
        self.students = students

    @classmethod
    def load(cls, course: Course, assignment: str) -> Record:
        """Return the record of an assignment; an empty one if there is none."""
        try:
            students = json.loads(_path(course, assignment).read_text(encoding="utf-8"))["students"]
        except (OSError, ValueError, KeyError, TypeError):
            return cls({})
        return cls(students if isinstance(students, dict) else {})

    def digest(self, student: str) -> str:
        """Return the digest of what was taken from a student, "" if nothing was."""
        return str(self.students.get(student, {}).get("digest", ""))

    def lms(self, student: str, form: str) -> dict[str, str]:
        """Return by what an LMS knows a student's hand-in, empty if it did not come from there."""
        known = self.students.get(student, {})
        found = known.get("lms", {}) if known.get("form") == form else {}
        return {str(key): str(value) for key, value in found.items()}

    def save(self, course: Course, assignment: str, account: Account) -> None:
        """Keep an account, and of the students who are not in it what was known before."""
        data = account.as_data()
        for student, entry in data["students"].items():
            if entry["status"] != "kept" and entry["status"] != "missing":
                self.students[student] = entry
        text = json.dumps({**data, "students": self.students, "last_run": data["students"]}, indent=1)
        write_atomically(_path(course, assignment), text, private=True)


def _path(course: Course, assignment: str) -> Path:
    return course.state(assignment) / "collected.json"


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.isoformat()}Z"
