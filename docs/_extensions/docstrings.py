"""Say in Sphinx's words what docstrings say in numpydoc's, where napoleon does not."""

from __future__ import annotations

import dataclasses
import re
import sys
from abc import ABC
from collections.abc import Mapping
from typing import Generic, Protocol

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
PARTS = {"attribute", "method", "property"}
"""What belongs to a class: a bare name of it may mean a parameter or another class's."""
SAYS_NOTHING = {object, ABC, Generic, Protocol}
"""Base classes that no reader looks for."""
EMPTY = {list: "[]", dict: "{}"}
"""How a default is shown that a dataclass makes anew for each object."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps, around napoleon's."""
    app.connect("autodoc-process-docstring", keep_together, priority=400)
    app.connect("autodoc-process-docstring", list_names, priority=400)
    app.connect("autodoc-process-docstring", keep_ends, priority=600)
    app.connect("autodoc-process-signature", show_signature)
    app.connect("autodoc-process-bases", leave_out_bases)
    app.connect("doctree-read", write_fields)
    app.connect("doctree-read", bases_first, priority=400)  # before the contents of the page are collected
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


def show_signature(
    app: Sphinx, what: str, name: str, obj: object, options: object, signature: str | None, returns: str | None
) -> tuple[str, str] | None:
    """Show no signature of a protocol, which nobody calls, and a default instead of ``<factory>``."""
    if getattr(obj, "_is_protocol", False):
        return "", ""
    if signature is None or "<factory>" not in signature:
        return None
    for field in dataclasses.fields(obj):
        if field.default_factory is not dataclasses.MISSING:
            shown = EMPTY.get(field.default_factory, f"{field.default_factory.__name__}()")
            signature = signature.replace(f"{field.name}=<factory>", f"{field.name}={shown}")
    return signature, returns


def leave_out_bases(app: Sphinx, name: str, obj: object, options: object, bases: list[type]) -> None:
    """Leave out the bases that say nothing about a class."""
    bases[:] = [base for base in bases if getattr(base, "__origin__", base) not in SAYS_NOTHING]


def write_fields(app: Sphinx, doctree: nodes.document) -> None:
    """Write the names that were kept together with commas, "Attributes" over what Sphinx calls variables, no values.

    No bases are named where there are none, types do not link to attributes and are not repeated, and formulas are not
    coloured as Python.
    """
    for value in list(doctree.findall(addnodes.desc_annotation)):
        if value.parent.parent["objtype"] == "data" and value.astext().lstrip().startswith("="):
            value.parent.remove(value)
    for name in doctree.findall(addnodes.literal_strong):
        name.replace(name[0], nodes.Text(name.astext().replace(LOW_COMMA, ", ")))
    for field in doctree.findall(nodes.field_name):
        if field.astext() == "Variables":
            field[0] = nodes.Text("Attributes")
    for link in list(doctree.findall(addnodes.pending_xref)):
        if link.get("reftype") == "class" and link["reftarget"].isidentifier() and link["reftarget"].islower():
            link.replace_self(link.children)  # a size in the shape of an array
    for content in doctree.findall(addnodes.desc_content):
        for paragraph in [one for one in content if isinstance(one, nodes.paragraph)]:
            if paragraph.astext().strip() == "Bases:" or paragraph.astext().startswith("alias of "):
                content.remove(paragraph)
        for block in content.findall(nodes.literal_block):
            if block.get("language") == "default" and not block.astext().startswith(">>>"):
                block["language"] = "text"


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
        if name.endswith(end)
        and not entry.aliased  # by the name of the file that defines it
        and (entry.objtype in kinds if kinds else entry.objtype != "module")
        and ("." in end[1:] or entry.objtype not in PARTS)
    ]
    if len(found) != 1:
        return None
    name, entry = found[0]
    return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, shown, name)


def bases_first(app: Sphinx, doctree: nodes.document) -> None:
    """Describe the classes of a page that others of it derive from before those."""
    for parent in {id(one.parent): one.parent for one in doctree.findall(addnodes.desc)}.values():
        classes = [(place, found) for place, one in enumerate(parent.children) if (found := _class(one))]
        bases = [pair for pair in classes if any(pair[1] in other.__mro__[1:] for _, other in classes)]
        order = [*bases, *(pair for pair in classes if pair not in bases)]
        moved = [parent.children[place] for place, _ in order]
        for (place, _), one in zip(classes, moved, strict=True):
            parent.children[place] = one


def _class(node: nodes.Node) -> type | None:
    """Return the class that is described here, if it is one."""
    if not isinstance(node, addnodes.desc) or node["objtype"] not in {"class", "exception"}:
        return None
    signature = node.next_node(addnodes.desc_signature)
    return getattr(sys.modules.get(signature["module"]), signature["fullname"], None)
