"""Keep the index of all names short, and say in the index of modules what each is for."""

from __future__ import annotations

import importlib
import re

from docutils import nodes
from sphinx.application import Sphinx

PART = re.compile(r" \(\S+ (?:method|attribute|property|class method|static method)\)$")
"""What the entry of a class's method or attribute ends with: these stand with their class."""
PAIR = "module; "
"""What the entry of a module begins with, which makes two lines of it."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step, which every page goes through."""
    app.connect("doctree-read", shorten)
    return {"parallel_read_safe": True}


def shorten(app: Sphinx, doctree: nodes.document) -> None:
    """Take the methods of a page out of the index, name its modules once, and note what those are for."""
    name = app.env.docname
    entries = app.env.domaindata["index"]["entries"]
    entries[name] = [_once(entry) for entry in entries.get(name, []) if not PART.search(entry[1])]
    modules = app.env.domaindata["py"]["modules"]
    for module, entry in modules.items():
        if entry.docname == name:
            modules[module] = entry._replace(synopsis=summary(module))


def _once(entry: tuple[str, ...]) -> tuple[str, ...]:
    _kind, value, *rest = entry
    return ("single", f"{value.removeprefix(PAIR)} (module)", *rest) if value.startswith(PAIR) else entry


def summary(module: str) -> str:
    """Return the first line of a module's description."""
    return (importlib.import_module(module).__doc__ or "").strip().partition("\n")[0].rstrip(".")
