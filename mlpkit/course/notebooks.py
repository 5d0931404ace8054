"""Notebooks as files: read with care, written atomically, and what nbgrader's metadata say of a cell.

Only the standard library is used, so that a student's command works where neither nbformat nor nbgrader is installed.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from mlpkit.files import write_atomically

__all__ = [
    "Cell",
    "Notebook",
    "Unreadable",
    "cell_id",
    "grade_id",
    "grades",
    "is_answer",
    "is_as_given",
    "is_begun",
    "points",
    "read",
    "text",
    "write",
]

Cell = dict[str, Any]
Notebook = dict[str, Any]


class Unreadable(Exception):
    """A file that is not a notebook; the message says what is wrong with it."""


def read(path: Path) -> Notebook:
    """Read a notebook.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict
        The notebook, with a list of cells that each have a type, a source and metadata.

    Raises
    ------
    Unreadable
        If the file is missing, damaged, or something else than a notebook of format 4.
    """
    try:
        contents = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be opened ({error.strerror or error})") from None
    if not contents.strip():
        raise Unreadable("is empty")
    if b"\n<<<<<<< " in contents:
        raise Unreadable("holds marks of a git conflict (<<<<<<<)")
    try:
        notebook = json.loads(contents.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"is damaged or cut off at line {error.lineno}") from None
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    if not isinstance(notebook, dict) or "worksheets" in notebook or not _are_cells(notebook.get("cells")):
        raise Unreadable("is not a notebook of format 4")
    return notebook


def write(path: Path, notebook: Notebook) -> None:
    """Write a notebook as Jupyter does, atomically, with the same line ends on every system.

    Parameters
    ----------
    path : Path
        The file; its folder is made if it is not there.
    notebook : dict
        The notebook.
    """
    contents = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    write_atomically(path, contents.encode("utf-8", "surrogatepass"))


def text(cell: Cell) -> str:
    """Return what stands in a cell; line ends are those of Python, whatever the system wrote."""
    source = cell["source"]
    whole = source if isinstance(source, str) else "".join(source)
    return whole.replace("\r\n", "\n")


def cell_id(cell: Cell) -> str:
    """Return a cell's id, also where an older format (Colab's) keeps it in the metadata; empty if it has none."""
    found = cell.get("id") or cell["metadata"].get("id") or ""
    return found if isinstance(found, str) else ""


def grade_id(cell: Cell) -> str:
    """Return the name under which nbgrader knows a cell; empty if it does not."""
    found = _nbgrader(cell).get("grade_id") or ""
    return found if isinstance(found, str) else ""


def is_answer(cell: Cell) -> bool:
    """Return whether a cell is for the student's answer."""
    return _nbgrader(cell).get("solution") is True


def grades(cell: Cell) -> bool:
    """Return whether a cell has points."""
    return _nbgrader(cell).get("grade") is True


def points(cell: Cell) -> float:
    """Return the points of a cell; 0 if it has none."""
    found = _nbgrader(cell).get("points")
    return float(found) if grades(cell) and isinstance(found, (int, float)) else 0.0


def is_begun(cell: Cell, given: Cell | None = None) -> bool:
    """Return whether a cell for an answer holds something else than was given.

    A release has the checksum of what it gives in the metadata of the cell, where it stays while the student writes.

    Parameters
    ----------
    cell : dict
        The cell, in the student's notebook.
    given : dict, optional
        The same cell in a release, for a cell without a checksum.

    Returns
    -------
    bool
        Whether the student wrote into it.
    """
    known = _nbgrader(cell).get("checksum")
    if known is None:
        return given is not None and text(cell) != text(given)
    return bool(_checksum(cell) != known)


def is_as_given(cell: Cell) -> bool:
    """Return whether a cell that nobody should change still has the text and the type that it was handed out with."""
    return _nbgrader(cell).get("checksum") in (None, _checksum(cell))


def _checksum(cell: Cell) -> str:
    """What nbgrader computes of a cell when it makes a release."""
    is_locked = not is_answer(cell) and (grades(cell) or _nbgrader(cell).get("locked") is True)
    parts = [text(cell), cell["cell_type"], str(grades(cell)), str(is_answer(cell)), str(is_locked), grade_id(cell)]
    if grades(cell):
        parts.append(str(points(cell)))
    written = "".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.md5(written, usedforsecurity=False).hexdigest()


def _nbgrader(cell: Cell) -> dict[str, Any]:
    found = cell["metadata"].get("nbgrader")
    return found if isinstance(found, dict) else {}


def _are_cells(cells: object) -> bool:
    return isinstance(cells, list) and all(_is_cell(cell) for cell in cells)


def _is_cell(cell: object) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return False
    source = cell.get("source")
    lines = isinstance(source, list) and all(isinstance(line, str) for line in source)
    return (isinstance(source, str) or lines) and isinstance(cell.setdefault("metadata", {}), dict)
