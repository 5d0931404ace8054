"""A check of the roles that an instructor gave to cells, before nbgrader reads them.

nbgrader's menu gives a cell one role of five; other tools and old notebooks combine their parts in ways that
nbgrader counts twice, overlooks, or refuses without a name.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from nbformat.notebooknode import NotebookNode

from autograder.notebook.roles import INSTRUCTOR, nbgrader, tags

ROLES = {
    frozenset(): "none",
    frozenset({"solution"}): "an autograded answer",
    frozenset({"grade"}): "autograder tests",
    frozenset({"grade", "locked"}): "autograder tests",
    frozenset({"grade", "solution"}): "a manually graded answer",
    frozenset({"locked"}): "read-only",
    frozenset({"task"}): "a manually graded task",
    frozenset({"task", "locked"}): "a manually graded task",
}
"""What the menu *Create Assignment* makes, by the parts that are true."""
PARTS = ("grade", "solution", "locked", "task")


def contradictions(notebook: NotebookNode) -> list[str]:
    """Return what is wrong with the roles of an instructor's notebook, one line for each cell."""
    cells = [cell for cell in notebook.cells if nbgrader(cell) and INSTRUCTOR not in tags(cell)]
    cells = [cell for cell in cells if any(nbgrader(cell).get(part) for part in PARTS)]
    names = Counter(str(nbgrader(cell).get("grade_id")) for cell in cells)
    found = [f"{_name(cell)} {problem}" for cell in cells for problem in _problems(cell, nbgrader(cell))]
    return found + [
        f"{name} is the name of {count} cells: give each its own" for name, count in names.items() if count > 1
    ]


def _problems(cell: NotebookNode, metadata: dict[str, Any]) -> Iterator[str]:
    if not metadata.get("grade_id") or not isinstance(metadata["grade_id"], str):
        yield "has a role but no name (grade_id): give it one"
    if odd := [part for part in PARTS if not isinstance(metadata.get(part, False), bool)]:
        yield f"must say true or false of its role, but {odd[0]} is {metadata[odd[0]]!r}"
        return
    parts = frozenset(part for part in PARTS if metadata.get(part))
    role = ROLES.get(parts)
    if role is None:
        yield f"is {_spoken(parts)} at once: choose one role in the menu Create Assignment"
        return
    if cell.cell_type not in ("code", "markdown"):
        yield f"is {role}, but a {cell.cell_type} cell: make it code or Markdown"
    elif "task" in parts and cell.cell_type != "markdown":
        yield "is a task, but a code cell: make it Markdown; students add cells below it"
    elif cell.cell_type == "markdown" and ("grade" in parts) != ("solution" in parts):
        yield f"is {role}, but a Markdown cell: those are graded by hand, make it a manually graded answer"
    if parts & {"grade", "task"}:
        points = metadata.get("points")
        if isinstance(points, bool) or not isinstance(points, int | float) or not 0 <= points < math.inf:
            yield f"needs its points, a number of 0 or more; it has {points!r}"


def _name(cell: NotebookNode) -> str:
    return str(nbgrader(cell).get("grade_id") or f"the cell {cell.get('id', '')!r}")


def _spoken(parts: frozenset[str]) -> str:
    words = {"task": "a task", "grade": "graded", "solution": "an answer", "locked": "locked"}
    return " and ".join(words[part] for part in ("task", "grade", "solution", "locked") if part in parts)
