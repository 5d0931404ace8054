"""Say in Sphinx's words what docstrings say in numpydoc's, where napoleon does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx.application import Sphinx

TOGETHER = re.compile(r"(:(?:ivar|vartype) )(\w+(?:, \w+)+)(:.*)")
INITIAL = re.compile(r"^(\s*)(?=[A-Z]\. )")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps, after napoleon's."""
    app.connect("autodoc-process-docstring", split_names, priority=600)
    app.connect("autodoc-process-docstring", keep_initials, priority=600)
    return {"parallel_read_safe": True}


def keep_initials(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Write the initial with which a reference begins so that it does not begin a numbered list."""
    lines[:] = [INITIAL.sub(r"\1\\", line) for line in lines]


def split_names(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Give each of several attributes that are described together an entry, as napoleon does for parameters.

    Sphinx would take ``Z, A`` for a type and a name.
    """
    lines[:] = [line for field in _fields(lines) for line in _split(field)]


def _fields(lines: list[str]) -> Iterator[list[str]]:
    """Yield the lines, a field with the lines that continue it together."""
    field: list[str] = []
    for line in lines:
        if field and not line.startswith("  "):
            yield field
            field = []
        field = [*field, line]
    yield field


def _split(field: list[str]) -> list[str]:
    found = TOGETHER.fullmatch(field[0]) if field else None
    if found is None:
        return field
    before, names, after = found.groups()
    return [line for name in names.split(", ") for line in [f"{before}{name}{after}", *field[1:]]]
