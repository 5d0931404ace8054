"""The text of what a notebook or a file defines, with all that it needs of the student's own."""

from __future__ import annotations

import ast
import builtins
import dis
import linecache
import sys
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

__all__ = ["NoSource", "source"]

GIVEN = {"np", *vars(builtins)}
"""What the file has anyway."""


class NoSource(Exception):
    """What a part needs cannot be written into a file; the message says what."""


def source(names: tuple[str, ...], namespace: Mapping[str, Any]) -> str:
    """Return statements that define these names: their own, and before them those of what they use.

    Parameters
    ----------
    names : tuple of str
        Names of functions and classes.
    namespace : mapping of str to object
        Where they are defined: ``globals()`` of a notebook, or the names of a module.

    Raises
    ------
    NoSource
        If one of them, or something it uses, has no text.
    """
    written: dict[str, str] = {}
    for name in names:
        _add(name, namespace, written)
    return "\n\n\n".join(dict.fromkeys(filter(None, written.values())))


def _add(name: str, namespace: Mapping[str, Any], written: dict[str, str]) -> None:
    if name in written:
        return
    value = namespace[name]
    written[name] = ""  # a function may use itself
    if isinstance(value, ModuleType):
        written[name] = f"import {value.__name__} as {name}"
    elif isinstance(value, bool | int | float | str):
        written[name] = f"{name} = {value!r}"
    elif text := _statement(name, value):
        for other in sorted(set(_used(compile(text, name, "exec"))) & namespace.keys() - GIVEN):
            _add(other, namespace, written)
        del written[name]  # it comes after what it needs
        written[name] = text
    elif module := _module(value):
        written[name] = f"from {module} import {value.__name__} as {name}"
    else:
        raise NoSource(f"it uses {name}, which is defined nowhere in your cells as a function, a class or a number")


def _statement(name: str, value: Any) -> str | None:
    """Return the statement that gave an object its name, from the cell or the file that it was made in."""
    file = _file(value)
    lines = linecache.getlines(file) if file else []
    try:
        body = ast.parse("".join(lines)).body
    except SyntaxError:
        return None
    for node in reversed(body):
        named = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
        assigned = isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
        if named or assigned:
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            return "".join(lines[first - 1 : node.end_lineno]).rstrip()
    return None


def _used(code: CodeType) -> Iterator[str]:
    """Yield the names that a piece of code, and the functions in it, look up outside of themselves."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and not step.argval.startswith("__"):
            yield step.argval
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _used(inner)


def _module(value: Any) -> str | None:
    """Return the module that an object can be imported from, if it is not the notebook's own."""
    if not hasattr(value, "__name__"):
        return None
    module = getattr(value, "__module__", None) or "numpy"  # numpy's own functions of numbers name no module
    found = sys.modules.get(module) if module != "__main__" else None
    return module if getattr(found, value.__name__, None) is value else None


def _file(value: Any) -> str | None:
    """Return the file, or the name under which a notebook keeps a cell, that an object was defined in."""
    if _module(value):
        return None
    candidates = [value, *vars(value).values()] if isinstance(value, type) else [value]
    return next((one.__code__.co_filename for one in candidates if isinstance(one, FunctionType)), None)
