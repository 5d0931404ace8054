"""The page of an audit: how many wrong answers each exercise's tests catch, and those that pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.files import write_atomically
from autograder.release.audit import Audit, Verdict
from autograder.results.page import render


@dataclass(frozen=True)
class Line:
    """What became of the wrong answers to one exercise: how many there were, were caught, are right, and pass."""

    answer: str
    made: int
    caught: int
    equivalent: int
    passing: int


def write_audit(course: Course, found: Audit) -> Path:
    """Write ``report/<assignment>-audit.html`` and return its path.

    Parameters
    ----------
    course : Course
        The course.
    found : Audit
        What came of the audit.
    """
    equivalent = [one for one in found.verdicts if one.reason and not one.caught]
    page = render("audit.html", found=found, lines=list(by_exercise(found.verdicts)), equivalent=equivalent)
    path = course.root / "report" / f"{found.assignment}-audit.html"
    write_atomically(path, page)
    return path


def by_exercise(verdicts: tuple[Verdict, ...]) -> Iterator[Line]:
    """Yield the counts of each exercise, in the order of the verdicts."""
    for answer in dict.fromkeys(one.mutant.answer for one in verdicts):
        mine = [one for one in verdicts if one.mutant.answer == answer]
        caught, passing = sum(one.caught for one in mine), sum(one.survived for one in mine)
        yield Line(answer, len(mine), caught, len(mine) - caught - passing, passing)
