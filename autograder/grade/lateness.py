"""What a delay costs: the course's own rule, or nbgrader's plugin, reckoned from what the gradebook says now.

The rule counts days that have begun, after a grace in which nothing is late. A student has so many free days in the
whole course; the earliest assignments use them first. Nothing has to be run to reckon it anew.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties

from autograder.course import Course
from autograder.files import write_atomically

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """What a course says about lateness in its configuration.

    Attributes
    ----------
    percent_a_day : float
        What each begun day costs, as a share of the points.
    grace : timedelta
        So long after it was due, a submission is in time; after it, the whole delay counts.
    free_days : int
        So many days in the course cost a student nothing.
    maximum : float
        The most that an assignment can lose, in percent.
    of_maximum : bool
        Whether the share is of what the assignment is worth, not of the points that were earned.
    """

    percent_a_day: float
    grace: timedelta = timedelta(0)
    free_days: int = 0
    maximum: float = 100.0
    of_maximum: bool = False

    @classmethod
    def of(cls, course: Course) -> Rule | None:
        """Return a course's rule, None if it has none of its own and nbgrader's plugin decides."""
        settings = course.settings
        if not settings.late_percent_a_day:
            return None
        return cls(
            settings.late_percent_a_day,
            timedelta(minutes=settings.late_grace_minutes),
            settings.late_free_days,
            settings.late_maximum_percent,
            settings.late_of_maximum,
        )

    def days(self, delay: timedelta) -> int:
        """Return how many days of a delay have begun; none within the grace."""
        return 0 if delay <= self.grace else math.ceil(delay / DAY)

    def charged(self, days: Iterable[int]) -> list[int]:
        """Return the days that cost something, of a student's delays in the order of their assignments."""
        free, charged = self.free_days, []
        for late in days:
            used = min(free, late)
            free -= used
            charged.append(late - used)
        return charged

    def penalty(self, days: int, score: float, max_score: float) -> float:
        """Return the points that so many charged days cost; never more than there are."""
        share = min(self.percent_a_day * days, self.maximum) / 100
        return min(max(score, 0.0), share * (max_score if self.of_maximum else max(score, 0.0)))


@dataclass(frozen=True)
class Lateness:
    """One submission in time.

    Attributes
    ----------
    due, handed_in : datetime or None
        In universal time; `due` holds the student's extension.
    days, charged : int
        By the course's own rule, the days that have begun since then, and those of them that cost something.
    """

    due: datetime | None
    handed_in: datetime | None
    days: int = 0
    charged: int = 0

    @property
    def late(self) -> timedelta:
        """How long after it was due it was handed in; zero if it was in time or nobody knows."""
        if self.handed_in is None or self.due is None:
            return timedelta(0)
        return max(timedelta(0), self.handed_in - self.due)


class Extensions:
    """Until when students may hand in, whatever the date for the others is; also of those who have not yet.

    Parameters
    ----------
    course : Course
        Whose extensions these are.
    assignment : str
        Of which assignment.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self._path: Path = course.state(assignment) / "extensions.json"
        try:
            data = json.loads(self._path.read_text())
            self.until = {student: datetime.fromisoformat(moment) for student, moment in data.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self.until = {}

    def grant(self, student: str, until: datetime | None) -> None:
        """Keep a student's date, in universal time; None takes it back."""
        self.until.pop(student, None)
        if until is not None:
            self.until[student] = until
        data = {name: moment.isoformat() for name, moment in sorted(self.until.items())}
        write_atomically(self._path, json.dumps(data, indent=1), private=True)


def lateness(course: Course, gradebook: Any, students: Collection[str] | None = None) -> dict[str, dict[str, Lateness]]:
    """Return the lateness of the submissions in the gradebook, by assignment and student; of some only, if named."""
    rule = Rule.of(course)
    entries = gradebook.db.query(
        SubmittedAssignment.student_id,
        Assignment.name,
        Assignment.duedate,
        SubmittedAssignment.timestamp,
        SubmittedAssignment.extension,
    ).join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    extended: dict[str, dict[str, datetime]] = {}
    by_student: dict[str, list[tuple[datetime, str, Lateness]]] = {}
    if students is not None:
        entries = entries.filter(SubmittedAssignment.student_id.in_(students))
    for one, name, duedate, handed_in, extension in entries:
        if name not in extended:
            extended[name] = Extensions(course, name).until
        due = None if duedate is None else extended[name].get(one) or duedate + (extension or timedelta(0))
        by_student.setdefault(one, []).append((duedate or datetime.max, name, Lateness(due, handed_in)))
    found: dict[str, dict[str, Lateness]] = {}
    for one, in_order in by_student.items():
        in_order.sort(key=lambda entry: entry[:2])
        days = [rule.days(own.late) if rule else 0 for *_, own in in_order]
        charged = rule.charged(days) if rule else days
        for (_, name, own), late, costly in zip(in_order, days, charged, strict=True):
            found.setdefault(name, {})[one] = replace(own, days=late, charged=costly)
    return found


def reckon(course: Course, gradebook: Any, student: str | None = None) -> None:
    """Write into nbgrader's tables what each delay costs and each extension, so that its own export says the same.

    Parameters
    ----------
    course : Course
        Its configuration has the rule.
    gradebook : Gradebook
        Open for writing; nothing is committed here.
    student : str, optional
        Only this student's submissions, of all assignments: free days are shared among them.
    """
    rule = Rule.of(course)
    nbgraders = AssignLatePenalties(config=course.config)
    nbgraders.init_plugin()
    found = lateness(course, gradebook, None if student is None else [student])
    query = gradebook.db.query(SubmittedNotebook, SubmittedAssignment, SubmittedNotebook.score).join(
        SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id
    )
    if student is not None:
        query = query.filter(SubmittedAssignment.student_id == student)
    for notebook, submission, score in query:
        own = found[submission.assignment.name][submission.student_id]
        if own.due is not None:
            submission.extension = (own.due - submission.assignment.duedate) or None
        if rule is not None:
            penalty = rule.penalty(own.charged, score, notebook.max_score)
        elif own.late:
            seconds = own.late.total_seconds()
            penalty = nbgraders.plugin_inst.late_submission_penalty(submission.student_id, score, seconds)
        else:
            penalty = None
        notebook.late_submission_penalty = min(max(penalty, 0.0), score) if penalty else None
