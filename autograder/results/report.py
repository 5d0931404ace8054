"""The instructor's page about an assignment, and the same numbers as CSV."""

from __future__ import annotations

import csv
import io
import os
import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from autograder.characters import one_line
from autograder.course import Course
from autograder.files import write_atomically
from autograder.grade.results import GradeResult, Result
from autograder.release.manifest import Manifest
from autograder.results.page import render
from autograder.results.roster import ClassList
from autograder.results.scores import CellKey, Standing, graded, recorded, standing_of, standings

BINS = 10
FORMULA = re.compile(r"(^|[;,|])(\s*[-=+@])")
"""Where a formula would begin if the sign before it separated cells."""


@dataclass(frozen=True)
class Row:
    """One student in the report: what was graded automatically, and what the gradebook says now."""

    result: Result
    standing: Standing
    cells: dict[CellKey, GradeResult]
    feedback: str

    @property
    def remarks(self) -> tuple[str, ...]:
        """The result's remarks, and what stands in the gradebook that was given for more points."""
        above = [f"{cell} points, given when it was worth more" for cell in self.standing.above]
        return (*self.result.remarks, *above)


@dataclass(frozen=True)
class Column:
    """One graded cell in the report: how many earned it, and the mistakes that were recognised."""

    key: CellKey
    name: str
    max_score: float
    right: int
    attempted: int
    average: float
    mistakes: tuple[tuple[str, int], ...]
    written: bool
    waiting: int


@dataclass(frozen=True)
class Bar:
    """One bar of the histogram: the range of percentages, and how many students fall into it."""

    label: str
    count: int


def write_report(
    course: Course,
    assignment: str,
    manifest: Manifest,
    *,
    students: Sequence[str] | None = None,
    failed: Callable[[str, str], object] = lambda student, reason: None,
    hidden: bool = False,
) -> tuple[Path, Path]:
    """Write ``report/<assignment>.html`` and ``.csv``; return their paths.

    Those of some students only have the students' names, or their number, in the files' names.

    Parameters
    ----------
    course : Course
        The course; its gradebook is read.
    assignment : str
        Name of a graded assignment.
    manifest : Manifest
        The named mistakes, from `validate`.
    students : sequence of str, optional
        Only these; all who were graded by default.
    failed : callable
        Called with a student who is left out, and why.
    hidden : bool
        Whether to show pseudonyms; the files are then called ``<assignment>.pseudonyms``.

    Raises
    ------
    CourseError
        If nothing of the assignment was graded.
    """
    chosen = recorded(graded(course, assignment), assignment, students)
    results = [result.without_outputs() for result in chosen]
    found = standings(course, assignment)
    folder = course.root / "report"
    rows = []
    for result in results:
        try:
            rows.append(_row(course, result, found.get(result.student) or standing_of(result), folder))
        except Exception as error:  # whatever is wrong with one submission must not stop the others
            failed(result.student, f"{type(error).__name__}: {error}")
    known = ClassList.read(course, {*course.students(assignment), *(one.student for one in results)}, hidden=hidden)
    if students is not None:
        known = replace(known, absent=[])
    if hidden:
        rows = sorted((_hidden(row, known) for row in rows), key=lambda row: row.result.student)
    columns = _columns(rows, manifest)
    name = assignment if students is None else f"{assignment}-{_named(students)}"
    name = f"{assignment}.pseudonyms" if hidden else name
    page, table = folder / f"{name}.html", folder / f"{name}.csv"
    gradable = [row for row in rows if row.result.status != "not_gradable"]
    scores = [row.standing.final for row in gradable]
    write_atomically(
        page,
        render(
            "report.html",
            assignment=assignment,
            rows=rows,
            people=known.people,
            absent=known.absent,
            columns=columns,
            bars=_histogram(gradable),
            statuses=Counter(row.result.status for row in rows),
            mean=statistics.fmean(scores) if scores else 0.0,
            median=statistics.median(scores) if scores else 0.0,
            max_score=max((row.standing.max_score for row in rows), default=0.0),
            waiting=sum(row.standing.needs_manual_grade for row in rows),
            so_far=any(row.standing.waiting for row in gradable),
            due=min((row.standing.due for row in rows if row.standing.due), default=None),  # extensions are later
            late=sum(bool(row.standing.late) for row in rows),
        ),
    )
    write_atomically(table, _csv(rows, columns, known))
    return page, table


def _named(students: Sequence[str]) -> str:
    """Return what stands for these students in a file's name."""
    names = "-".join(sorted(set(students)))
    return names if len(names.encode()) <= 50 else f"{len(set(students))}-students"


def _row(course: Course, result: Result, standing: Standing, folder: Path) -> Row:
    page = course.folder("feedback", result.assignment, result.student) / f"{result.notebooks[0].name}.html"
    link = quote(os.path.relpath(page, folder)) if page.exists() else ""
    cells = {(notebook.name, grade.name): grade for notebook in result.notebooks for grade in notebook.grades}
    return Row(result, standing, cells, link)


def _hidden(row: Row, known: ClassList) -> Row:
    """Return a row under a pseudonym, without a link or the names of the student's files."""
    return replace(row, result=replace(row.result, student=known.shown[row.result.student], refused=()), feedback="")


def _columns(rows: list[Row], manifest: Manifest) -> list[Column]:
    keys = list(dict.fromkeys(key for row in rows for key in (*row.cells, *row.standing.cells)))
    often = Counter(name for _, name in keys)
    return [_column(key, "/".join(key) if often[key[1]] > 1 else key[1], rows, manifest) for key in keys]


def _column(key: CellKey, name: str, rows: list[Row], manifest: Manifest) -> Column:
    gradable = [row for row in rows if row.result.status != "not_gradable"]
    grades = [row.cells[key] for row in gradable if key in row.cells]
    scores = [row.standing.cells[key] for row in gradable if key in row.standing.cells]
    earned = [score.score for score in scores if not score.waits]
    known = [row.standing.cells[key] for row in rows if key in row.standing.cells]
    found = Counter(mistake.name for grade in grades for mistake in manifest.diagnose(grade))
    return Column(
        key,
        name,
        known[0].max_score if known else grades[0].max_score if grades else 0.0,
        sum(score.score >= score.max_score for score in scores if not score.waits),
        sum(grade.error is None or grade.error.ename != "NotImplementedError" for grade in grades),
        statistics.fmean(earned) if earned else 0.0,
        tuple(found.most_common(4)),
        all(grade.status in ("manual", "not run") for grade in grades) and bool(grades),
        sum(score.waits for score in scores),
    )


def _histogram(rows: list[Row]) -> list[Bar]:
    counts = [0] * BINS
    for row in rows:
        share = row.standing.final / row.standing.max_score if row.standing.max_score else 0.0
        counts[max(0, min(int(share * BINS), BINS - 1))] += 1
    width = 100 // BINS
    return [Bar(f"{index * width}–{(index + 1) * width} %", count) for index, count in enumerate(counts)]


def _csv(rows: list[Row], columns: list[Column], known: ClassList) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    points = ["score", "max_score", "needs_manual_grade", "extra_credit", "seconds_late", "late_penalty", "final_score"]
    names = ["first_name", "last_name", "email", "section"]
    writer.writerow(["student", *names, "status", "reason", *points, *(column.name for column in columns)])
    for row in rows:
        standing = row.standing
        scores = (standing.cells.get(column.key) for column in columns)
        values = [
            row.result.student,
            *(getattr(known.people[row.result.student], name) for name in names),
            row.result.status,
            row.result.reason,
            standing.score,
            standing.max_score,
            standing.needs_manual_grade,
            standing.extra,
            round(standing.late.total_seconds()),
            standing.penalty,
            standing.final,
            *(None if score is None or score.waits else score.score for score in scores),
        ]
        writer.writerow([harmless(value) if isinstance(value, str) else value for value in values])
    for student in known.absent:
        values = [student, *(getattr(known.people[student], name) for name in names), "handed in nothing"]
        writer.writerow([*map(harmless, values), *[None] * (1 + len(points) + len(columns))])
    return text.getvalue()


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking text that came from a submission for a formula, whatever it separates cells by."""
    return FORMULA.sub(r"\1'\2", one_line(text))
