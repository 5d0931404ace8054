"""Link what a chapter names, where it does so first: chapters, its sections, and classes and functions of mlpkit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from replacing import replace
from sphinx import addnodes
from sphinx.application import Sphinx

from mlpkit import viz

FOLDER = "chapters/"
PLACE = re.compile(
    r"\b(?P<chapter>[Cc]hapter (?P<number>\d))\b|\b(?P<section>[Ss]ection (?P<part>\d+))\b(?!\.\d| of (?:the|chapter))"
)
HEADING = re.compile(r"(\d+)\. ")
READING = "Further reading"
"""Heading of what leads to other books, which have sections of their own."""
NAME = re.compile(r"(?:viz\.)?[A-Za-z_]\w+")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step, which every chapter goes through."""
    app.connect("doctree-read", add_links)
    return {"parallel_read_safe": True}


def add_links(app: Sphinx, doctree: nodes.document) -> None:
    """Turn plain words of a chapter into links."""
    name = app.env.docname
    if not name.startswith(FOLDER):
        return
    chapters = {int(path.stem[:2]): path.stem for path in Path(app.srcdir, FOLDER).glob("[0-9][0-9]_*.ipynb")}
    sections = {}
    for section in doctree.findall(nodes.section):
        within = isinstance(section.parent, nodes.section)  # the whole page is numbered, too, as the chapter
        if within and (found := HEADING.match(section.next_node(nodes.title).astext())):
            sections.setdefault(int(found[1]), section["ids"][0])
    own = int(name.removeprefix(FOLDER)[:2])
    chapters.pop(own, None)
    for text in [found for found in doctree.findall(nodes.Text) if _is_plain(found)]:
        parts = list(_linked(text, chapters, {} if _leads_out(text) else sections))
        if len(parts) > 1:
            replace(text, parts)
    _link_names(doctree, name)


def _is_plain(text: nodes.Text) -> bool:
    return isinstance(text.parent, (nodes.paragraph, nodes.emphasis, nodes.strong)) and not any(
        isinstance(above, nodes.reference) for above in (text.parent, text.parent.parent)
    )


def _leads_out(text: nodes.Text) -> bool:
    """Tell whether a text stands in the section on other books."""
    above = text.parent
    while above is not None and not isinstance(above, nodes.section):
        above = above.parent
    return above is not None and READING in above.next_node(nodes.title).astext()


def _linked(text: nodes.Text, chapters: dict[int, str], sections: dict[int, str]) -> Iterator[nodes.Node]:
    """Yield the parts of a text, with a link where it is the first to name a chapter or a section; forget those."""
    written, end = str(text), 0
    for found in PLACE.finditer(written):
        if found["chapter"]:
            stem = chapters.pop(int(found["number"]), None)
            target = {"refuri": f"{stem}.html"} if stem else None
        else:
            anchor = sections.pop(int(found["part"]), None)
            target = {"refid": anchor} if anchor else None
        if target:
            yield nodes.Text(written[end : found.start()])
            yield nodes.reference("", "", nodes.Text(found[0]), internal=True, **target)
            end = found.end()
    yield nodes.Text(written[end:])


def _link_names(doctree: nodes.document, docname: str) -> None:
    """Link a name of the library where it stands for the first time in a text."""
    import mlpkit

    public = {*mlpkit.__all__, *(f"viz.{name}" for name in viz.__all__)}
    seen = set()
    for literal in list(doctree.findall(nodes.literal)):
        name = literal.astext().removesuffix("()")
        titled = any(
            isinstance(above, (nodes.title, nodes.reference)) for above in (literal.parent, literal.parent.parent)
        )
        if name in seen or titled or name not in public or not NAME.fullmatch(name):
            continue
        seen.add(name)
        target = {"refdomain": "py", "reftype": "obj", "reftarget": name, "refdoc": docname, "refwarn": False}
        literal.replace_self(addnodes.pending_xref("", literal.deepcopy(), **target))
