"""The roles that cells play: whose they are, what is graded, what is only shown."""

from __future__ import annotations

from typing import Any

from nbformat.notebooknode import NotebookNode

DEMO = "demo"
"""Tag of cells that only show something: they are not run when grading."""
INSTRUCTOR = "instructor"
"""Tag of cells that no student may see."""
PARTIAL_CREDIT = "partial-credit"
"""Tag of tests that give a number of points: the value of their last expression, which must be one."""


def nbgrader(cell: NotebookNode) -> dict[str, Any]:
    """Return a cell's nbgrader metadata, empty if it has none."""
    metadata = cell.metadata.get("nbgrader")
    return metadata if isinstance(metadata, dict) else {}


def grade_id(cell: NotebookNode) -> str | None:
    """Return the name under which nbgrader knows a cell, or None if it does not."""
    metadata = nbgrader(cell)
    name = metadata.get("grade_id")
    named = any(metadata.get(role) for role in ("grade", "solution", "locked", "task"))
    return name if named and isinstance(name, str) and name else None


def is_test(cell: NotebookNode) -> bool:
    """Return whether a cell holds automatic tests: graded, code, and not the student's to write."""
    metadata = nbgrader(cell)
    return cell.cell_type == "code" and bool(metadata.get("grade")) and not metadata.get("solution")


def is_task(cell: NotebookNode) -> bool:
    """Return whether a cell asks for something that stands in the student's own cells below it."""
    return bool(nbgrader(cell).get("task"))


def is_graded(cell: NotebookNode) -> bool:
    """Return whether a cell carries points, given by tests or by a person."""
    metadata = nbgrader(cell)
    return bool(metadata.get("grade") or metadata.get("task"))


def is_answer(cell: NotebookNode) -> bool:
    """Return whether a cell is the student's to write."""
    return bool(nbgrader(cell).get("solution"))


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags."""
    found = cell.metadata.get("tags", [])
    return [tag for tag in found if isinstance(tag, str)] if isinstance(found, list) else []
