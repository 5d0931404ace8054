"""Where the parts of earlier chapters come from: the file that was written there, or the notebook itself."""

from __future__ import annotations

import ast
import json
import linecache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

__all__ = ["FILE", "read", "read_file", "run"]

FILE = "my_mlp.py"
NOT_THE_STUDENTS = {"demo", "instructor"}
"""Tags of cells that show something, or that only teachers have."""


def read(folder: Path, chapter: int) -> tuple[dict[str, Any], str]:
    """Return the names that a folder's file defines, or its notebook if there is no file; or why there are none.

    Parameters
    ----------
    folder : Path
        Where students keep a chapter.
    chapter : int
        Its number.
    """
    notebook = folder.resolve() / f"{folder.resolve().name}.ipynb"
    if (folder / FILE).is_file() or not notebook.is_file():
        return read_file(folder, chapter)
    try:
        return _definitions(json.loads(notebook.read_text(encoding="utf-8"))), ""
    except Exception as problem:
        return {}, _broken(notebook, chapter, problem)


def read_file(folder: Path, chapter: int) -> tuple[dict[str, Any], str]:
    """Return the names that a folder's file defines, or why there are none."""
    file = folder / FILE
    if not file.is_file():
        return {}, f"there is no {FILE} of chapter {chapter}: run the last cells of that chapter, and this one again"
    try:
        return vars(run(file.read_text(encoding="utf-8"))), ""
    except Exception as problem:
        return {}, _broken(file, chapter, problem)


def _broken(path: Path, chapter: int, problem: Exception) -> str:
    return f"{path.name} of chapter {chapter} ends in an error ({type(problem).__name__}: {problem})"


def run(text: str, name: str = "my_mlp") -> ModuleType:
    """Make a module of a text, whose lines are known to tracebacks and to `source`."""
    module = ModuleType(name)
    _execute(text, compile(text, file := f"<{name} {hash(text):x}>", "exec", dont_inherit=True), file, vars(module))
    return module


def _execute(text: str, code: Any, file: str, names: dict[str, Any]) -> None:
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(code, names)


def _definitions(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return what a notebook's cells define, without running anything else in them."""
    names: dict[str, Any] = {"np": np, "__name__": "notebook"}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code" or NOT_THE_STUDENTS & set(cell["metadata"].get("tags", ())):
            continue
        text = "".join(cell["source"])
        try:
            body = ast.parse(text).body
        except SyntaxError:  # a line for the shell, or a cell that is not finished
            continue
        for statement in filter(_defines, body):
            file = f"<cell {hash(text):x}>"
            try:
                code = compile(ast.Module([statement], []), file, "exec", dont_inherit=True)
                _execute(text, code, file, names)
            except Exception:  # what is missing for it is said where it is used
                continue
    return names


def _defines(statement: ast.stmt) -> bool:
    """Say whether a statement only gives something a name: a function, a class, a module, a number."""
    if isinstance(statement, ast.Assign):
        return isinstance(statement.value, ast.Constant | ast.Lambda | ast.Name | ast.Attribute)
    return isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)
