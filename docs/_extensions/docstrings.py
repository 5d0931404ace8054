"""Say in Sphinx's words what docstrings say in numpydoc's, where napoleon does not."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode

TOGETHER = re.compile(r"^( *)(\*{0,2}\w+(?:, \*{0,2}\w+)+)(?= :)")
LOW_COMMA = "\N{SINGLE LOW-9 QUOTATION MARK}"
"""Between names that are described together: at a comma napoleon splits them, at a space Sphinx does."""
FIELD = re.compile(r"^:(?:ivar|vartype|param|type) [^:]+:")
UNDERSCORE = re.compile(rf"(?<!\\)_(?=[{LOW_COMMA}:])")
INITIAL = re.compile(r"^(\s*)(?=[A-Z]\. )")
KINDS = {"class": ("class", "exception"), "exc": ("exception",)}
"""What a reference of this kind may lead to; others lead to anything but a module."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps, around napoleon's."""
    app.connect("autodoc-process-docstring", keep_together, priority=400)
    app.connect("autodoc-process-docstring", list_names, priority=400)
    app.connect("autodoc-process-docstring", keep_ends, priority=600)
    app.connect("autodoc-process-signature", hide_protocol)
    app.connect("doctree-read", write_fields)
    app.connect("missing-reference", find_by_end)
    return {"parallel_read_safe": True}


def keep_together(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Keep names that are described together in one entry: what is said holds for them together."""

    def joined(found: re.Match[str]) -> str:
        first, *others = found[2].split(", ")
        return found[1] + LOW_COMMA.join([first, *(other.replace("*", r"\*") for other in others)])

    lines[:] = [TOGETHER.sub(joined, line) for line in lines]


def list_names(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Append the names in a table of classes, or of data sets, to its description."""
    if what == "data" and isinstance(obj, Mapping) and all(isinstance(value, type) for value in obj.values()):
        lines += ["", ", ".join(f'``"{key}"`` (`{value.__name__}`)' for key, value in obj.items()), ""]
    elif what == "data" and isinstance(obj, (Mapping, tuple)):
        lines += ["", ", ".join(f'``"{key}"``' for key in obj), ""]


def keep_ends(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Write two things so that they mean nothing else: a name's last underscore, and a reference's first initial."""
    lines[:] = [FIELD.sub(lambda field: UNDERSCORE.sub(r"\\_", field[0]), INITIAL.sub(r"\1\\", line)) for line in lines]


def hide_protocol(
    app: Sphinx, what: str, name: str, obj: object, options: object, signature: str | None, returns: str | None
) -> tuple[str, str] | None:
    """Show no signature of a protocol, which nobody calls."""
    return ("", "") if getattr(obj, "_is_protocol", False) else None


def write_fields(app: Sphinx, doctree: nodes.document) -> None:
    """Write the names that were kept together with commas, "Attributes" over what Sphinx calls variables, no values."""
    for value in list(doctree.findall(addnodes.desc_annotation)):
        if value.parent.parent["objtype"] == "data" and value.astext().lstrip().startswith("="):
            value.parent.remove(value)
    for name in doctree.findall(addnodes.literal_strong):
        name.replace(name[0], nodes.Text(name.astext().replace(LOW_COMMA, ", ")))
    for field in doctree.findall(nodes.field_name):
        if field.astext() == "Variables":
            field[0] = nodes.Text("Attributes")


def find_by_end(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, shown: nodes.Element
) -> nodes.reference | None:
    """Link a name that is written without its module, if only one thing in the library has it."""
    if node.get("refdomain") != "py":
        return None
    end = "." + node["reftarget"].removeprefix("mlpkit.")
    kinds = KINDS.get(node["reftype"], ())
    found = [
        (name, entry)
        for name, entry in env.domaindata["py"]["objects"].items()
        if name.endswith(end) and (entry.objtype in kinds if kinds else entry.objtype != "module")
    ]
    if len(found) != 1:
        return None
    name, entry = found[0]
    return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, shown, name)
