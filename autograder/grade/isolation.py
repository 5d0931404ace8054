"""The wall between a release's tests and the students' code, as the release fixes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from nbformat.notebooknode import NotebookNode

from autograder.course import Course, CourseError
from autograder.files import write_atomically
from autograder.grade.prepare import Prepared
from autograder.notebook.roles import DEMO, grade_id, is_answer, is_test, tags
from autograder.notebook.symbols import imports, students_names, symbols
from autograder.plan import Cell, Job, Limits

SETUP_KEY = 1_000_000
"""Keys of cells that only the tester runs begin here, beyond any notebook's own."""


@dataclass(frozen=True)
class Isolation:
    """How the tests of one notebook see a student's code.

    Attributes
    ----------
    names : tuple of str
        The names that the reference's answers define: the tests have them, and no others of the student's.
    contract : dict or None
        Which operations gave data and which an object when the reference was run (see
        `autograder.execute.contract`); None while that is being recorded.
    """

    names: tuple[str, ...]
    contract: dict[str, list[str]] | None = None


def of_reference(source: NotebookNode) -> Isolation:
    """Return the names that the instructor's notebook defines; the contract comes from running it."""
    cells = ((cell.source, is_answer(cell)) for cell in source.cells if _is_run_by_students(cell))
    return Isolation(students_names(cells))


def job(prepared: Prepared, released: NotebookNode, limits: Limits, isolation: Isolation | None) -> Job:
    """Return the cells of a prepared notebook as a job; in one process if there is no isolation.

    The tests get the instructor's own cells as they were released, whatever a student made of them: those
    that do not build on answers run in the tester's process, before the first test that follows them; of
    those that do, the imports.
    """
    if isolation is None:
        return Job(prepared.cells, limits)
    waiting = list(_setup(released, isolation))
    positions = {grade_id(cell): index for index, cell in enumerate(released.cells)}
    cells: list[Cell] = []
    for cell in prepared.cells:
        if not is_test(prepared.notebook.cells[cell.key]):
            cells.append(cell)
            continue
        while waiting and waiting[0].key - SETUP_KEY < positions[cell.name]:
            cells.append(waiting.pop(0))
        cells.append(replace(cell, side="test"))
    return Job(tuple(cells), limits, isolation.names, isolation.contract)


def save(course: Course, assignment: str, isolations: Mapping[str, Isolation]) -> None:
    """Keep the isolation of each notebook with the autograder's own files."""
    data = {name: asdict(one) for name, one in sorted(isolations.items())}
    write_atomically(course.state(assignment) / "isolation.json", json.dumps(data, indent=1), private=True)


def load(course: Course, assignment: str) -> dict[str, Isolation]:
    """Return the isolation of each notebook of the last release.

    Raises
    ------
    CourseError
        If there is nothing: the assignment was not released by this program.
    """
    path = course.state(assignment) / "isolation.json"
    try:
        data: dict[str, Any] = json.loads(path.read_text())
        return {name: Isolation(tuple(one["names"]), dict(one["contract"])) for name, one in data.items()}
    except (OSError, ValueError, KeyError, TypeError):
        raise CourseError(
            f"{path} is missing or damaged: it holds what the tests of {assignment!r} may see of a student's code; "
            f"run `autograder release {assignment}`, or grade in one process (less safe) by adding "
            f"{assignment!r} to c.Autograder.shared"
        ) from None


def _setup(released: NotebookNode, isolation: Isolation) -> Iterator[Cell]:
    names = set(isolation.names)
    for index, cell in enumerate(released.cells):
        if _is_run_by_students(cell) and not is_answer(cell) and cell.source.strip():
            found = symbols(cell.source)
            whole = not names & (found.used | found.defined)
            if source := cell.source if whole else imports(cell.source):
                yield Cell(SETUP_KEY + index, grade_id(cell) or f"cell {index + 1}", source, "setup")


def _is_run_by_students(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not is_test(cell) and (DEMO not in tags(cell) or is_answer(cell))
