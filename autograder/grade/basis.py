"""What a result rests on, part by part: which tests have changed since, and what a person has read before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace

from nbformat.notebooknode import NotebookNode

from autograder.grade.prepare import Prepared
from autograder.grade.results import Basis, Result
from autograder.grade.task import FORMAT, Release
from autograder.notebook.roles import PARTIAL_CREDIT, grade_id, is_graded, is_task, is_test, nbgrader, tags
from autograder.notebook.symbols import symbols
from autograder.plan import Cell, Job, Outcome


def basis_of(release: Release) -> Basis:
    """Return what grading against a release rests on, without a submission."""
    return Basis("", _rest(release), tests_of(release))


def tests_of(release: Release) -> dict[str, str]:
    """Return a digest of each test of a release, hidden lines and points included, by NOTEBOOK/NAME."""
    return {
        f"{name}/{grade_id(cell)}": _digest(cell.source, nbgrader(cell).get("points"), PARTIAL_CREDIT in tags(cell))
        for name in release.notebooks
        for cell in release.graded(name).cells
        if is_test(cell)
    }


def _rest(release: Release) -> str:
    """Return a digest of all that a run depends on but the tests and the submission."""
    cells = [
        (name, grade_id(cell), cell.cell_type, tags(cell), cell.source if cell.cell_type == "code" else "")
        if not is_test(cell)
        else (name, grade_id(cell))
        for name in sorted(release.notebooks)
        for cell in release.graded(name).cells
    ]
    files = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(release.files.items())}
    names = {name: one.names for name, one in sorted((release.isolation or {}).items())}
    course = release.course
    masked = course.settings.masked.get(release.assignment, [])
    return _digest(FORMAT, cells, files, names, masked, asdict(course.limits), release.isolation is None)


def changed_tests(earlier: Basis | None, now: Basis) -> frozenset[str] | None:
    """Return the tests that are new or changed, None if something else has changed and all must be run."""
    if earlier is None or (earlier.submission, earlier.rest) != (now.submission, now.rest):
        return None
    return frozenset(name for name, digest in now.tests.items() if earlier.tests.get(name) != digest)


def is_stale(result: Result, tests: Mapping[str, str]) -> bool:
    """Return whether a result rests on other tests than these; False for one that does not say."""
    return result.basis is not None and result.basis.tests != tests


def shortened(job: Job, prepared: Prepared, changed: Iterable[str]) -> Job:
    """Return the job without the tests that need not be run, and without what comes after the last that must.

    A test that has not changed is run all the same if one that is run uses a name of it.
    """
    wanted = set(changed)
    kept: list[Cell] = []
    used: set[str] = set()
    for cell in reversed(job.cells):
        names = symbols(cell.source)
        if cell.side == "test" and not (cell.name in wanted or used & (names.defined | names.imported)):
            continue
        if kept or cell.side == "test":
            kept.append(cell)
            used |= names.used
    return replace(job, cells=tuple(reversed(kept)))


def completed(job: Job, fresh: Outcome, earlier: Outcome) -> Outcome:
    """Return the outcome of a whole job, of which only a part was run now."""
    now = {cell.key: cell for cell in fresh.cells}
    before = {cell.key: cell for cell in earlier.cells}
    cells = (now.get(cell.key) or before.get(cell.key) for cell in job.cells)
    return replace(fresh, cells=tuple(cell for cell in cells if cell is not None))


def readings(notebook: NotebookNode) -> dict[str, str]:
    """Return a digest of what a person reads who grades a cell: the exercise and the answer, without the tests.

    These are the cells since the graded cell before it; of a task, also those until the next cell that
    nbgrader knows.
    """
    found: dict[str, str] = {}
    before: list[str] = []
    for index, cell in enumerate(notebook.cells):
        if not is_graded(cell):
            before.append(cell.source)
            continue
        parts = [*before, *([] if is_test(cell) else [cell.source, str(nbgrader(cell).get("points"))])]
        if is_task(cell):
            parts += _until_next(notebook.cells[index + 1 :])
        found[str(grade_id(cell))] = _digest(parts)
        before = []
    return found


def _until_next(cells: Iterable[NotebookNode]) -> Iterator[str]:
    for cell in cells:
        if grade_id(cell) is not None:
            return
        yield cell.source


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:32]
