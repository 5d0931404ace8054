"""The grades as a table of one's own: CSV, or Parquet for pandas and its like."""

from __future__ import annotations

import csv
import importlib
import io
from pathlib import Path

from autograder.course import Course, CourseError
from autograder.export.grades import Grade, grades
from autograder.files import replacing, write_atomically
from autograder.results.report import harmless

Row = dict[str, str | float | bool | None]


def rows(course: Course, assignment: str) -> list[Row]:
    """Return a row for everybody in the class: who, how it was graded, and the points of each cell."""
    found = grades(course, assignment)
    keys = list(dict.fromkeys(key for grade in found.values() if grade.standing for key in grade.standing.cells))
    names = [name for _, name in keys]
    titles = {key: "/".join(key) if names.count(key[1]) > 1 else key[1] for key in keys}
    return [_row(grade, titles) for grade in found.values()]


def write_csv(course: Course, assignment: str, path: Path) -> int:
    """Write the table as CSV; return its number of rows."""
    found = rows(course, assignment)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(found[0]), lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow({name: harmless(name) for name in found[0]})
    for row in found:
        writer.writerow({name: harmless(value) if isinstance(value, str) else value for name, value in row.items()})
    write_atomically(path, text.getvalue(), private=True)
    return len(found)


def write_parquet(course: Course, assignment: str, path: Path) -> int:
    """Write the table as Parquet; return its number of rows.

    Raises
    ------
    CourseError
        If pyarrow is not installed.
    """
    try:
        pyarrow, parquet = map(importlib.import_module, ("pyarrow", "pyarrow.parquet"))
    except ImportError:
        raise CourseError(
            "Parquet needs pyarrow, which is not installed: pip install pyarrow, or use --to csv"
        ) from None
    found = rows(course, assignment)
    with replacing(path, private=True) as file:
        parquet.write_table(pyarrow.Table.from_pylist(found), file)
    return len(found)


def _row(grade: Grade, titles: dict[tuple[str, str], str]) -> Row:
    person, standing = grade.person, grade.standing
    row: Row = {
        "student": person.student,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "section": person.section,
        "status": grade.status,
        "score": None if standing is None else standing.score,
        "max_score": None if standing is None else standing.max_score,
        "needs_manual_grade": None if standing is None else standing.needs_manual_grade,
        "seconds_late": None if standing is None else standing.late.total_seconds(),
        "late_penalty": None if standing is None else standing.penalty,
        "final_score": None if standing is None else standing.final,
    }
    for key, title in titles.items():
        cell = None if standing is None else standing.cells.get(key)
        row[title if title not in row else f"cell {title}"] = None if cell is None or cell.waits else cell.score
    return row
