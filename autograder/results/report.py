"""The instructor's page about an assignment, and the same numbers as CSV and JSON."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from nbformat.notebooknode import NotebookNode

from autograder.characters import one_line
from autograder.course import Course, CourseError
from autograder.files import write_atomically
from autograder.grade.results import Result
from autograder.grade.task import Release
from autograder.release.manifest import Manifest
from autograder.results.data import as_json, shares_of, summary
from autograder.results.groups import Group, groups, wrong_answers_of
from autograder.results.listing import MOST_ROWS, listing
from autograder.results.page import render
from autograder.results.roster import ABSENT, UNGRADED, ClassList
from autograder.results.rows import Answer, Row, answers_in, untouched
from autograder.results.scores import CellKey, Standing, graded, recorded, standing_of, standings
from autograder.results.statistics import MOST_MESSAGES, Column, columns, doubtful, histogram

MOST_GROUPS = 8
"""So many groups of wrong answers to an exercise are shown."""
FORMULA = re.compile(r"(^|[;,|])(\s*[-=+@])")
"""Where a formula would begin if the sign before it separated cells."""


def write_report(
    course: Course,
    assignment: str,
    manifest: Manifest,
    *,
    students: Sequence[str] | None = None,
    failed: Callable[[str, str], object] = lambda student, reason: None,
    hidden: bool = False,
) -> tuple[Path, Path]:
    """Write ``report/<assignment>.html``, ``.csv`` and ``.json``; return the paths of the first two.

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
    left_out: list[str] = []

    def leave_out(student: str, reason: str) -> None:
        left_out.append(student)
        failed(student, reason)

    released = released_notebooks(course, assignment)
    needed = wrong_answers_of(released)
    rows = read_rows(course, assignment, students=students, failed=leave_out, keep=needed)
    with_result = [*left_out, *(row.result.student for row in rows)]
    known = ClassList.read(course, course.students(assignment), with_result, hidden=hidden)
    if students is not None:
        known = replace(known, absent=[], ungraded=[])
    if hidden:
        rows = sorted((_hidden(row, known) for row in rows), key=lambda row: row.result.student)
    tests = columns(rows, manifest)
    alike = [] if hidden else groups(rows, released, manifest)
    name = assignment
    if students is not None:
        name += f"-{_named([row.result.student for row in rows] if hidden else students)}"
    name += ".pseudonyms" if hidden else ""
    page, table, data = (course.root / "report" / f"{name}.{ending}" for ending in ("html", "csv", "json"))
    write_atomically(page, page_of(assignment, rows, tests, alike, known, quoted=not hidden))
    write_atomically(table, _csv(rows, tests, known))
    write_atomically(data, as_json(assignment, tests, alike, rows, known, quoted=not hidden))
    return page, table


def page_of(
    assignment: str, rows: list[Row], tests: list[Column], alike: list[Group], known: ClassList, *, quoted: bool
) -> str:
    """Return the page.

    Parameters
    ----------
    assignment : str
        Its name.
    rows : list of Row
        The students with results.
    tests : list of Column
        The graded cells.
    alike : list of Group
        The wrong answers that are alike.
    known : ClassList
        Who is in the class.
    quoted : bool
        Whether to quote hidden tests and answers; a page to be shown does not.
    """
    gradable = [row for row in rows if row.is_gradable]
    listed = listing(rows, tests, known, assignment)
    return render(
        "report.html",
        assignment=assignment,
        submissions=len(rows),
        listed=listed,
        first=listed[:MOST_ROWS],
        most_open=MOST_ROWS,
        people=known.people,
        absent=known.absent,
        ungraded=known.ungraded,
        columns=tests,
        doubtful=doubtful(tests),
        groups=alike,
        quoted=quoted,
        whole=summary(rows),
        scores=histogram(shares_of(rows)),
        so_far=any(row.standing.waiting for row in gradable),
        most_messages=MOST_MESSAGES,
        most_groups=MOST_GROUPS,
        due=min((row.standing.due for row in rows if row.standing.due), default=None),  # extensions are later
    )


def _named(students: Sequence[str]) -> str:
    """Return what stands for these students in a file's name."""
    names = "-".join(sorted(set(students)))
    return names if len(names.encode()) <= 50 else f"{len(set(students))}-students"


def _hidden(row: Row, known: ClassList) -> Row:
    """Return a row under a pseudonym, without a link or the names of the student's files."""
    return replace(row, result=replace(row.result, student=known.shown[row.result.student], refused=()), feedback="")


def read_rows(
    course: Course,
    assignment: str,
    *,
    students: Sequence[str] | None = None,
    failed: Callable[[str, str], object] = lambda student, reason: None,
    keep: Callable[[Row], Row] = lambda row: row,
) -> list[Row]:
    """Return the students of a report.

    Parameters
    ----------
    course, assignment, students, failed
        As for `write_report`.
    keep : callable
        Returns what has to be kept of a row.

    Raises
    ------
    CourseError
        If nothing of the assignment was graded.
    """
    chosen = recorded(graded(course, assignment), assignment, students)
    results = [result.without_outputs() for result in chosen]
    found = standings(course, assignment)
    released = released_notebooks(course, assignment)
    rows = []
    for result in results:
        try:
            rows.append(keep(_row(course, result, found.get(result.student) or standing_of(result), released)))
        except Exception as error:  # whatever is wrong with one submission must not stop the others
            failed(result.student, f"{type(error).__name__}: {error}")
    return rows


def released_notebooks(course: Course, assignment: str) -> dict[str, NotebookNode]:
    """Return the released notebooks; none if the release is gone since it was graded."""
    try:
        return dict(Release.handed_out(course, assignment).notebooks)
    except CourseError:
        return {}


def _row(course: Course, result: Result, standing: Standing, released: dict[str, NotebookNode]) -> Row:
    page = course.folder("feedback", result.assignment, result.student) / f"{result.notebooks[0].name}.html"
    link = quote(os.path.relpath(page, course.root / "report")) if page.exists() else ""
    cells = {(notebook.name, grade.name): grade for notebook in result.notebooks for grade in notebook.grades}
    folder = course.folder("autograded", result.assignment, result.student)
    answers: dict[CellKey, Answer] = {}
    untried: set[CellKey] = set()
    for name, notebook in released.items():
        mine = answers_in(folder / f"{name}.ipynb")
        answers |= {(name, cell): answer for cell, answer in mine.items()}
        untried |= {(name, cell) for cell in untouched(notebook, mine)}
    return Row(result, standing, cells, link, answers, frozenset(untried))


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
    others = dict.fromkeys(known.ungraded, UNGRADED) | dict.fromkeys(known.absent, ABSENT)
    for student, status in others.items():
        values = [student, *(getattr(known.people[student], name) for name in names), status]
        writer.writerow([*map(harmless, values), *[None] * (1 + len(points) + len(columns))])
    return text.getvalue()


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking text that came from a submission for a formula, whatever it separates cells by."""
    return FORMULA.sub(r"\1'\2", one_line(text))
