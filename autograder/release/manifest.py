"""The manifest of a release, kept from its students: how each named mistake fails.

`validate` hands every named mistake in and notes the failure it causes. A student whose answer fails
in the same words, with the same numbers, has most likely made the same mistake; feedback says so. The
mistakes themselves never come near a student's process.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.course import Course
from autograder.execute.behaviour import QUOTED
from autograder.files import write_atomically
from autograder.grade.results import GradeResult

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
CLOSE = 1e-4
"""Numbers in two messages count as the same within this relative difference: sums differ in their last digits."""


@dataclass(frozen=True)
class Failure:
    """How a test failed: its name, the exception's type and message, and what the test had got from the answer."""

    test: str
    ename: str
    evalue: str
    behaviour: str = field(default="", compare=False)

    def matches(self, grade: GradeResult) -> bool:
        """Return whether a graded cell failed in the same words and numbers; names may differ if it behaves so."""
        if grade.error is None or grade.name != self.test or grade.error.ename != self.ename:
            return False
        if self.behaviour and self.behaviour == grade.behaviour:
            return _same(QUOTED.sub("…", self.evalue), QUOTED.sub("…", grade.error.evalue))
        return _same(self.evalue, grade.error.evalue)


@dataclass(frozen=True)
class KnownMistake:
    """A named mistake of an exercise: what to tell its student, and how it fails."""

    exercise: str
    name: str
    hint: str
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Manifest:
    """The named mistakes of an assignment, as it was released."""

    mistakes: tuple[KnownMistake, ...]

    def diagnose(self, grade: GradeResult) -> list[KnownMistake]:
        """Return the named mistakes that fail as this graded cell did, none if it did not fail."""
        return [one for one in self.mistakes if any(failure.matches(grade) for failure in one.failures)]

    def save(self, course: Course, assignment: str) -> None:
        """Keep the manifest with the autograder's own files, never in the release."""
        write_atomically(_path(course, assignment), json.dumps(asdict(self), indent=1), private=True)

    @classmethod
    def load(cls, course: Course, assignment: str) -> Manifest | None:
        """Return the manifest that the last release left, or None if there is none."""
        try:
            data = json.loads(_path(course, assignment).read_text())
            found = tuple(
                KnownMistake(
                    one["exercise"], one["name"], one["hint"], tuple(Failure(**failure) for failure in one["failures"])
                )
                for one in data["mistakes"]
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return cls(found)


def _path(course: Course, assignment: str) -> Path:
    return course.state(assignment) / "manifest.json"


def _same(one: str, other: str) -> bool:
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(a == b or math.isclose(float(a), float(b), rel_tol=CLOSE) for a, b in pairs)
