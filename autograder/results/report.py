"""The instructor's page about an assignment, and the same numbers as CSV."""

from __future__ import annotations

import csv
import io
import os
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from autograder.course import Course
from autograder.files import write_atomically
from autograder.grade.results import GradeResult, Result
from autograder.release.manifest import Manifest
from autograder.results.page import render
from autograder.results.scores import Total, graded, totals

BINS = 10


@dataclass(frozen=True)
class Row:
    """One student in the report."""

    result: Result
    total: Total
    cells: dict[str, GradeResult]
    feedback: str


@dataclass(frozen=True)
class Column:
    """One graded cell in the report: how many earned it, and the mistakes that were recognised."""

    name: str
    max_score: float
    right: int
    attempted: int
    average: float
    mistakes: tuple[tuple[str, int], ...]
    written: bool


@dataclass(frozen=True)
class Bar:
    """One bar of the histogram: the range of percentages, and how many students fall into it."""

    label: str
    count: int


def write_report(course: Course, assignment: str, manifest: Manifest) -> tuple[Path, Path]:
    """Write ``report/<assignment>.html`` and ``.csv``; return their paths.

    Parameters
    ----------
    course : Course
        The course; its gradebook is read.
    assignment : str
        Name of a graded assignment.
    manifest : Manifest
        The named mistakes, from `validate`.

    Raises
    ------
    CourseError
        If nothing of the assignment was graded.
    """
    results = [result.without_outputs() for result in graded(course, assignment).results()]
    sums = totals(course, assignment)
    folder = course.root / "report"
    rows = [_row(course, result, sums, folder) for result in results]
    columns = _columns(rows, manifest)
    page, table = folder / f"{assignment}.html", folder / f"{assignment}.csv"
    gradable = [row for row in rows if row.result.status != "not_gradable"]
    scores = [row.total.score for row in gradable]
    write_atomically(
        page,
        render(
            "report.html",
            assignment=assignment,
            rows=rows,
            columns=columns,
            bars=_histogram(gradable),
            statuses=Counter(row.result.status for row in rows),
            mean=statistics.fmean(scores) if scores else 0.0,
            median=statistics.median(scores) if scores else 0.0,
            max_score=max((row.total.max_score for row in rows), default=0.0),
            waiting=sum(row.total.needs_manual_grade for row in rows),
        ),
    )
    write_atomically(table, _csv(rows, columns))
    return page, table


def _row(course: Course, result: Result, sums: dict[str, Total], folder: Path) -> Row:
    total = sums.get(result.student) or Total(result.score, result.max_score, result.needs_manual_grade)
    page = course.folder("feedback", result.assignment, result.student) / f"{result.notebooks[0].name}.html"
    link = quote(os.path.relpath(page, folder)) if page.exists() else ""
    return Row(result, total, {grade.name: grade for grade in result.grades}, link)


def _columns(rows: list[Row], manifest: Manifest) -> list[Column]:
    names = list(dict.fromkeys(name for row in rows for name in row.cells))
    columns = []
    for name in names:
        grades = [row.cells[name] for row in rows if name in row.cells and row.result.status != "not_gradable"]
        scores = [grade.score for grade in grades if grade.score is not None]
        maximum = next(row.cells[name].max_score for row in rows if name in row.cells)
        found = Counter(mistake.name for grade in grades for mistake in manifest.diagnose(grade))
        columns.append(
            Column(
                name,
                maximum,
                sum(score == maximum for score in scores),
                sum(grade.error is None or grade.error.ename != "NotImplementedError" for grade in grades),
                statistics.fmean(scores) if scores else 0.0,
                tuple(found.most_common(4)),
                all(grade.status in ("manual", "not run") for grade in grades) and bool(grades),
            )
        )
    return columns


def _histogram(rows: list[Row]) -> list[Bar]:
    counts = [0] * BINS
    for row in rows:
        share = row.total.score / row.total.max_score if row.total.max_score else 0.0
        counts[min(int(share * BINS), BINS - 1)] += 1
    width = 100 // BINS
    return [Bar(f"{index * width}–{(index + 1) * width} %", count) for index, count in enumerate(counts)]


def _csv(rows: list[Row], columns: list[Column]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [column.name for column in columns]
    writer.writerow(["student", "status", "reason", "score", "max_score", "needs_manual_grade", *names])
    for row in rows:
        cells = [row.cells[name].score if name in row.cells else None for name in names]
        fixed = [row.result.student, row.result.status, row.result.reason, row.total.score, row.total.max_score]
        values = [*fixed, row.total.needs_manual_grade, *cells]
        writer.writerow([_harmless(value) for value in values])
    return text.getvalue()


def _harmless(value: object) -> object:
    """Keep a spreadsheet from taking text that came from a submission for a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@") else value
