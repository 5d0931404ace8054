"""Give each of several attributes that are described together an entry, as napoleon does for parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx.application import Sphinx

TOGETHER = re.compile(r"(:(?:ivar|vartype) )(\w+(?:, \w+)+)(:.*)")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step, after napoleon's."""
    app.connect("autodoc-process-docstring", split_names, priority=600)
    return {"parallel_read_safe": True}


def split_names(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Write fields with several names, which Sphinx takes for a type and a name, once for each name."""
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
