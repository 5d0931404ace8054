"""The files beside an assignment's notebooks: which are handed out, and which a notebook asks for in vain."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import NotebookNode

from autograder.course import Course
from autograder.notebook.roles import INSTRUCTOR, tags

SHOWN = re.compile(r"!\[[^\]]*\]\(([^)\s]+)|\bsrc=[\"']([^\"']+)")
"""A picture in Markdown or HTML, and where it is."""
QUOTED = re.compile(r"[\"']([^\"']+)[\"']")
"""A string in the line that a magic is given as a string."""


def why_left_out(course: Course, name: Path, source: Path) -> str:
    """Return why a file of the source folder is not handed out; empty if it is.

    What nbgrader's generator copies and its exchange would hand out is handed out, but for hidden files, notebooks
    in folders, and what the settings say.

    Parameters
    ----------
    course : Course
        The course, whose settings and nbgrader's own decide.
    name : Path
        The file's place in the source folder.
    source : Path
        The source folder.
    """
    if name.suffix == ".ipynb":
        # in a folder nobody took the answers out
        return "" if name.parent == Path() and (source / name).is_file() else "it is a notebook in a folder"
    if any(part.startswith(".") for part in name.parts):
        return "its name or its folder's begins with a dot"
    nbgrader, own = course.directories, course.settings
    if any(fnmatch(part, pattern) for part in name.parts for pattern in nbgrader.ignore):
        return "c.CourseDirectory.ignore names it"
    if not any(fnmatch(name.name, pattern) for pattern in nbgrader.include):
        return "c.CourseDirectory.include does not name it"
    if (source / name).is_file() and (source / name).stat().st_size > 1000 * nbgrader.max_file_size:
        return "it is larger than c.CourseDirectory.max_file_size allows"
    if _matches(name, own.withheld_files):
        return "c.Autograder.withheld_files names it"
    if not _matches(name, own.release_files):
        return "c.Autograder.release_files does not name it"
    return ""


def asked_in_vain(course: Course, assignment: str, notebooks: Mapping[str, NotebookNode]) -> list[str]:
    """Return the files that are not handed out although a notebook imports them, names them or shows them.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of the assignment.
    notebooks : mapping of str to NotebookNode
        The instructor's notebooks, by name.
    """
    source = course.folder("source", assignment)
    missing = [
        (path.relative_to(source), why)
        for path in sorted(source.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and ".ipynb_checkpoints" not in path.parts
        if (why := why_left_out(course, path.relative_to(source), source))
    ]
    found = []
    for title, notebook in notebooks.items():
        asked = set(_asked(cell for cell in notebook.cells if INSTRUCTOR not in tags(cell)))
        for name, why in missing:
            if asked & set(_ways_to_ask(name)):
                found.append(f"{title} asks for {name.as_posix()}, which is not handed out: {why}")
    return found


def _matches(name: Path, patterns: Iterable[str]) -> bool:
    return any(fnmatch(name.name, pattern) or fnmatch(name.as_posix(), pattern) for pattern in patterns)


def _ways_to_ask(name: Path) -> Iterator[str]:
    """Yield a file's place and, of a Python file, the names under which it is imported."""
    yield name.as_posix()
    if name.suffix == ".py":
        parts = name.with_suffix("").parts
        yield "import " + ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _asked(cells: Iterable[NotebookNode]) -> Iterator[str]:
    """Yield the places of files that cells name, and ``import x`` for each module."""
    for cell in cells:
        if cell.cell_type != "code":
            yield from (_place(one or other) for one, other in SHOWN.findall(cell.source))
            continue
        try:
            tree = ast.parse(TransformerManager().transform_cell(cell.source))
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from map(_place, (node.value, *QUOTED.findall(node.value)))
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    yield from _packages(alias.name)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from _packages(node.module)
                yield from (f"import {node.module}.{alias.name}" for alias in node.names)


def _packages(module: str) -> Iterator[str]:
    """Yield the import of a module and of the packages that it lies in."""
    parts = module.split(".")
    yield from ("import " + ".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _place(text: str) -> str:
    return text.strip().removeprefix("./")
