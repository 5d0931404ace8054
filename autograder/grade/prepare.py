"""Step 1 (trusted): turn submitted bytes into a notebook whose instructor cells are the instructor's.

The submission gives the sources of the answer cells and of the cells that the student added;
everything else, metadata included, comes from the release, into which nbgrader's own preprocessors
have put the hidden tests back from the gradebook: once, not for each submission.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    OverwriteCells,
    OverwriteKernelspec,
)
from nbgrader.utils import compute_checksum
from traitlets.config import Config

from autograder.course import Course, CourseError
from autograder.notebook.read import disabled_logging, read_notebook
from autograder.notebook.roles import DEMO, grade_id, is_answer, is_test, nbgrader, tags
from autograder.plan import Cell

SANITIZE = (ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata)
KINDS = ("code", "markdown", "raw")


@dataclass(frozen=True)
class Prepared:
    """A notebook ready to run, what had to be put right in it, and the tests that need not be run."""

    notebook: NotebookNode
    notes: tuple[str, ...]
    left_out: frozenset[str] = frozenset()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The code cells to run, in order; cells that only show something are left out."""
        return tuple(
            Cell(index, grade_id(cell) or f"cell {index + 1}", cell.source)
            for index, cell in enumerate(self.notebook.cells)
            if cell.cell_type == "code" and cell.source.strip() and _is_run(cell)
            if grade_id(cell) not in self.left_out
        )


def resources(course: Course, assignment: str, notebook: str, student: str) -> ResourcesDict:
    """Return the names and addresses that nbgrader's preprocessors need for a notebook."""
    names = {"student": student, "assignment": assignment, "notebook": notebook, "db_url": course.db_url}
    metadata = ResourcesDict(name=notebook, path=str(course.folder("autograded", assignment, student)))
    return ResourcesDict(nbgrader=names, metadata=metadata, unique_key=notebook)


def with_hidden_tests(released: NotebookNode, information: ResourcesDict, config: Config) -> NotebookNode:
    """Return a released notebook as it is graded: what nbgrader's preprocessors make of it with the gradebook.

    Parameters
    ----------
    released : NotebookNode
        The student edition that was handed out.
    information : ResourcesDict
        From `resources`.
    config : Config
        nbgrader's configuration.

    Raises
    ------
    CourseError
        If nbgrader refuses it.
    """
    notebook = copy.deepcopy(released)
    with disabled_logging():
        try:
            for preprocessor in SANITIZE:
                notebook, information = preprocessor(config=config).preprocess(notebook, information)
        except Exception as error:  # of many kinds
            names = information["nbgrader"]
            raise CourseError(
                f"nbgrader cannot grade the release of {names['notebook']!r} ({type(error).__name__}: {error}): "
                f"run `autograder release {names['assignment']}` again"
            ) from error
    return notebook


def prepare(data: bytes, released: NotebookNode, graded: NotebookNode) -> Prepared:
    """Return the notebook to run: the submission with every instructor cell as it is graded, and notes on corrections.

    Where a cell was copied, the last copy counts, as for nbgrader. A cell that is missing comes back
    behind the instructor's cell that preceded it. The instructor's cells stand in the release's order;
    a student's own cell stays behind the one that it followed.

    Parameters
    ----------
    data : bytes
        The submitted file.
    released : NotebookNode
        The student edition that was handed out, with which the submission is compared.
    graded : NotebookNode
        The same notebook from `with_hidden_tests`.

    Raises
    ------
    NotGradable
        If the file cannot be made into a notebook to run.
    """
    submitted = read_notebook(data, outputs=False)
    originals = {name: cell for cell in released.cells if (name := grade_id(cell)) is not None}
    complete = {name: cell for cell in graded.cells if (name := grade_id(cell)) is not None}
    claimed = _claimed(submitted, originals)
    last = {name: index for index, name in enumerate(claimed) if name in originals}
    notes: list[str] = []
    cells: list[NotebookNode] = []
    for index, (name, cell) in enumerate(zip(claimed, submitted.cells, strict=True)):
        if name not in last:
            cells.append(_own_cell(cell, index))
        elif last[name] != index:
            notes.append(f"{name} stood there more than once; the last one was used")
            cells.append(_own_cell(cell, index))
        else:
            cells.append(_instructor_cell(complete[name], cell))
            if note := _difference(cell, originals[name]):
                notes.append(f"{name} {note}")
    ordered = _in_order(cells, list(originals))
    if any(one is not other for one, other in zip(cells, ordered, strict=True)):
        cells = ordered
        notes.append("the cells stood in another order; that of the release was used")
    previous = -1
    for name in originals:
        if name not in last:
            cells.insert(previous + 1, _instructor_cell(complete[name]))
            notes.append(f"{name} was missing and was put back")
        previous = next(index for index in range(previous + 1, len(cells)) if grade_id(cells[index]) == name)
    for index, cell in enumerate(cells):
        cell["id"] = cell["id"] or f"unnamed-{index}"  # of a release in an older format, which has no ids
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": copy.deepcopy(graded.metadata), "cells": cells}
    return Prepared(nbformat.from_dict(notebook), tuple(dict.fromkeys(notes)))


def _claimed(submitted: NotebookNode, originals: dict[str, NotebookNode]) -> list[str]:
    """Return which instructor cell each submitted cell says it is; where its metadata are lost, its id tells."""
    grade_ids = [nbgrader(cell).get("grade_id") for cell in submitted.cells]
    free = {cell["id"]: name for name, cell in originals.items() if "id" in cell and name not in grade_ids}
    return [
        free.get(str(cell.get("id")), "") if name is None else name if isinstance(name, str) else ""
        for name, cell in zip(grade_ids, submitted.cells, strict=True)
    ]


def _in_order(cells: list[NotebookNode], names: list[str]) -> list[NotebookNode]:
    """Return the cells with the named ones in this order, each followed by the cells that follow it."""
    groups: list[list[NotebookNode]] = [[]]
    for cell in cells:
        if grade_id(cell) is not None:
            groups.append([])
        groups[-1].append(cell)
    first, *rest = groups
    rest.sort(key=lambda group: names.index(str(grade_id(group[0]))))
    return [cell for group in [first, *rest] for cell in group]


def _difference(cell: NotebookNode, original: NotebookNode) -> str:
    """Return how a submitted cell differs from the release in what is the instructor's to write; empty if it does not.

    Who changed it is said only where it is known: of a cell that still has the checksum that nbgrader gave it in some
    release it was the instructor, who has released another since.
    """
    same_text = is_answer(original) or cell.source.strip() == original.source.strip()
    if same_text and _roles(cell) == _roles(original):
        return ""
    if not is_answer(original) and _is_as_released(cell):
        return "is that of an earlier release; the present one was used"
    if same_text:
        return "has other points or another role than in the release; those of the release were used"
    return "had been changed; the original was used"


def _is_as_released(cell: NotebookNode) -> bool:
    """Return whether a cell has the text, role and points of which nbgrader took its checksum."""
    try:
        return "checksum" in nbgrader(cell) and bool(nbgrader(cell)["checksum"] == compute_checksum(cell))
    except (AttributeError, KeyError, TypeError, ValueError):  # a student can write anything there
        return False


def _roles(cell: NotebookNode) -> tuple[object, ...]:
    return tuple(nbgrader(cell).get(key) for key in ("grade", "solution", "locked", "task", "points"))


def _is_run(cell: NotebookNode) -> bool:
    return DEMO not in tags(cell) or is_test(cell) or is_answer(cell)


def _instructor_cell(original: NotebookNode, student: NotebookNode | None = None) -> NotebookNode:
    """Return the released cell, with the student's text and pictures if it is the student's to write."""
    text = student.source if is_answer(original) and student is not None else original.source
    attached = student if is_answer(original) and student is not None else original
    return _cell(original.cell_type, text, original.get("id", ""), copy.deepcopy(original.metadata), attached)


def _own_cell(cell: NotebookNode, index: int) -> NotebookNode:
    """Return a cell that the student added, or an unlocked one of the release, without its metadata."""
    metadata = {"tags": [DEMO]} if DEMO in tags(cell) else {}
    kind = cell.cell_type if cell.cell_type in KINDS else "raw"
    return _cell(kind, cell.source, f"own-{index}", metadata, cell)


def _cell(kind: str, source: str, name: str, metadata: dict[str, Any], attached: NotebookNode) -> NotebookNode:
    """Return a new cell; not by nbformat's own functions, which check the schema and draw an id by chance."""
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": metadata, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    if kind == "markdown" and _are_attachments(attached.get("attachments")):
        cell["attachments"] = copy.deepcopy(attached["attachments"])
    made: NotebookNode = nbformat.from_dict(cell)
    return made


def _are_attachments(value: object) -> bool:
    """Return whether a value has the form of pictures pasted into a cell: name to type to base64 text."""
    return isinstance(value, dict) and all(
        isinstance(bundle, dict) and all(isinstance(picture, str) for picture in bundle.values())
        for bundle in value.values()
    )
