"""Write an index of all sections for the search page, which also works from a disk: ``_static/sections.js``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from terms import HOLDER
from vocabulary import definitions, head

LABEL = re.compile("<(.+)>")
SPACE = re.compile(r"\s+")
KINDS = {"chapters": "lecture", "api": "reference"}
HIDDEN = (nodes.literal_block, nodes.raw, nodes.comment, nodes.section, addnodes.desc)
"""What is no text of a section itself."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the writing after the build."""
    app.connect("build-finished", write_index)
    return {"parallel_read_safe": True}


def write_index(app: Sphinx, error: Exception | None) -> None:
    """Write title, place and text of every section of every page."""
    if error is not None or app.builder.format != "html":
        return
    labels = app.env.domaindata["std"]["labels"]
    defined: dict[tuple[str, str], list[str]] = {}
    for one in definitions(Path(app.srcdir).parent):
        place = labels.get(LABEL.search(one.link)[1].lower())
        if place:
            defined.setdefault(place[:2], []).extend(
                dict.fromkeys(form for term in one.terms for form in (term, head(term)))
            )
    found = [
        entry for name in sorted(app.env.found_docs) for entry in sections(app.env.get_doctree(name), name, defined)
    ]
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, "_static", "sections.js").write_text(f"const courseSections = {text};\n", encoding="utf-8")


def sections(
    doctree: nodes.document, name: str, defined: Mapping[tuple[str, str], Sequence[str]]
) -> Iterator[dict[str, str | list[str]]]:
    """Yield the sections of a page, with the terms that they define, and what its reference describes."""
    kind = KINDS.get(name.partition("/")[0], "page")
    title = next((found.astext() for found in doctree.findall(nodes.title)), name)
    for section in doctree.findall(nodes.section):
        heading = section.next_node(nodes.title)
        exercise = heading.astext().startswith("Exercise")
        yield {
            "kind": "exercise" if kind == "lecture" and exercise else kind,
            "page": title,
            "title": heading.astext(),
            "to": f"{name}.html#{section['ids'][0]}",
            "text": SPACE.sub(" ", " ".join(_texts(section))).strip(),
            "defines": [term for anchor in section["ids"] for term in defined.get((name, anchor), ())],
        }
    for described in doctree.findall(addnodes.desc):
        signature = described.next_node(addnodes.desc_signature)
        if described["domain"] == "py" and signature is not None and signature.get("ids"):
            words = SPACE.sub(" ", described.next_node(addnodes.desc_content).astext())
            label = signature["ids"][0].removeprefix("mlpkit.")
            to = f"{name}.html#{signature['ids'][0]}"
            yield {"kind": "reference", "page": title, "title": label, "to": to, "text": words[:400]}


def _texts(section: nodes.Element) -> Iterator[str]:
    """Yield the texts that stand in a section, but in none of its parts with a title of their own."""
    for child in section.children[1:]:
        if not isinstance(child, HIDDEN) and HOLDER not in child.get("classes", []):
            yield from (
                found.astext()
                for found in child.findall(nodes.Text)
                if not isinstance(found.parent, (nodes.math, nodes.math_block, nodes.raw))
                and not any(isinstance(above, HIDDEN) for above in _above(found, child))
            )


def _above(node: nodes.Node, top: nodes.Node) -> Iterator[nodes.Node]:
    while node is not top and node.parent is not None:
        node = node.parent
        yield node
