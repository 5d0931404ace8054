"""Read notebooks that nobody vouches for, and name what is in them."""

from __future__ import annotations

import ast
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import NotebookNode

from autograder.intake.submission import NotGradable

DEMO = "demo"
"""Tag of cells that only show something: they are not run when grading."""
BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


def read_notebook(data: bytes) -> NotebookNode:
    """Parse a notebook's bytes into nbformat 4.

    Raises
    ------
    NotGradable
        If they are no notebook, with a reason that its student can act on.
    """
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotGradable("the file is not UTF-8 text; save the notebook again in JupyterLab") from None
    except (ValueError, RecursionError):  # ValueError: JSONDecodeError, or a number with thousands of digits
        raise NotGradable("the file is damaged: it is not valid JSON; download the notebook again") from None
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise NotGradable("the file holds half a character (a lone surrogate); save the notebook again") from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise NotGradable("the file is JSON but no notebook of format 4; save it again in JupyterLab")
    try:
        with warnings.catch_warnings(), disabled_logging():
            warnings.simplefilter("ignore")  # missing and repeated cell ids: prepare gives new ones
            notebook: NotebookNode = nbformat.reads(json.dumps(content), as_version=4)
        for cell in notebook.cells:
            if not (
                isinstance(cell.source, str) and isinstance(cell.cell_type, str) and isinstance(cell.metadata, dict)
            ):
                raise TypeError("a cell's source and type are text, and its metadata an object")
    except Exception as error:  # nbformat raises many kinds on malformed input, AttributeError among them
        raise NotGradable(
            f"the file is no valid notebook ({type(error).__name__}); save it again in JupyterLab"
        ) from error
    return notebook


@contextmanager
def disabled_logging() -> Iterator[None]:
    """Keep the libraries' log lines about students' notebooks off the terminal."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


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


def without_hidden_tests(source: str) -> str:
    """Return a test cell's source as students have it, which is what nbgrader makes of it."""
    hidden = hidden_lines(source)
    return "\n".join(line for number, line in enumerate(source.split("\n"), start=1) if number not in hidden)


def hidden_lines(source: str) -> frozenset[int]:
    """Return the 1-based numbers of the lines that students do not have, markers included."""
    hidden = set()
    inside = False
    for number, line in enumerate(source.split("\n"), start=1):
        inside = inside or BEGIN_HIDDEN in line
        if inside:
            hidden.add(number)
        inside = inside and END_HIDDEN not in line
    return frozenset(hidden)


def ends_in_expression(source: str) -> bool:
    """Return whether the last statement of a cell is an expression whose value is shown."""
    try:
        body = ast.parse(TransformerManager().transform_cell(source)).body  # magics and ! are not Python
    except (SyntaxError, ValueError, RecursionError):
        return False
    return bool(body) and isinstance(body[-1], ast.Expr) and not source.rstrip().endswith(";")
