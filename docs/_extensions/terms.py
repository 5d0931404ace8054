"""Show a term's definition where the reader points at it: in each section of a chapter, where it stands first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from docutils import nodes
from replacing import replace
from sphinx.application import Sphinx
from vocabulary import SIGN, Definition, definitions, place

FOLDER = "chapters/"
HOLDER = "definitions"
"""Class of the container at the end of a chapter that holds the definitions."""
EVERYDAY = {"axes"}
"""Terms that mean something else in most of the chapters: those of pictures, for instance."""
PLURAL = "(?:e?s)?"
NO_PLURAL = {"surprises"}
"""Words that look like the plural of a term, and are verbs."""
OTHER_MEANING = re.compile(r"(?:one-hot|pay|paid|full) $", re.IGNORECASE)
"""What stands before a word that means something else there."""
NOT_INSIDE = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.math, nodes.raw, nodes.table)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step, after the one that links chapters and sections."""
    app.connect("doctree-read", mark_terms, priority=600)
    return {"parallel_read_safe": True}


def known_in(chapter: str, root: Path) -> dict[str, Definition]:
    """Return what the chapters define up to this one, by the term; the latest definition counts."""
    return {
        term: one for one in definitions(root) if one.chapter <= chapter for term in one.terms if term not in EVERYDAY
    }


def anchor(term: str) -> str:
    """Return the name of a definition in a chapter's page."""
    return "definition-" + re.sub(r"\W+", "-", term.lower())


def cell_text(known: Mapping[str, Definition]) -> str:
    """Return the definitions as MyST's Markdown; those that the page does not need are taken out later."""
    each = (f":::{{container}} definition\n:name: {anchor(term)}\n\n{one.text}\n:::" for term, one in known.items())
    return f"::::{{container}} {HOLDER}\n" + "\n\n".join(each) + "\n::::"


def mark_terms(app: Sphinx, doctree: nodes.document) -> None:
    """Turn the first occurrence of each term in a section into a link to the glossary that shows the definition."""
    holder = next((one for one in doctree.findall(nodes.container) if HOLDER in one["classes"]), None)
    if holder is None or not app.env.docname.startswith(FOLDER):
        return
    ids = {name for one in holder.children if isinstance(one, nodes.Element) for name in one["ids"]}
    known = known_in(app.env.docname.removeprefix(FOLDER), Path(app.srcdir).parent)
    terms = sorted((term for term in known if anchor(term) in ids), key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, terms))}){PLURAL}(?![\w-])")
    used: set[str] = set()
    for section in _sections(doctree):
        seen: set[str] = set()
        for paragraph in _paragraphs(section):
            if SIGN.strip("*") in paragraph.astext():
                seen.update(term for term in terms if re.search(rf"\b{re.escape(term)}", paragraph.astext(), re.I))
                continue
            for text in list(paragraph.findall(nodes.Text)):
                if not any(isinstance(above, NOT_INSIDE) for above in _above(text, paragraph)):
                    parts = list(_marked(text, pattern, seen))
                    if len(parts) > 1:
                        replace(text, parts)
        used |= seen
    for one in list(holder.children):
        if not any(anchor(term) in one["ids"] for term in used):
            holder.remove(one)


def _sections(doctree: nodes.document) -> Iterator[nodes.Element]:
    """Yield the sections directly below the title, with all that is in them."""
    for chapter in doctree.children:
        yield from (one for one in chapter.children if isinstance(one, nodes.section))


def _paragraphs(section: nodes.Element) -> Iterator[nodes.paragraph]:
    for paragraph in section.findall(nodes.paragraph):
        if not any(
            isinstance(above, (nodes.table, nodes.container)) and "cell" not in above.get("classes", [])
            for above in _above(paragraph, section)
        ):
            yield paragraph


def _above(node: nodes.Node, top: nodes.Node) -> Iterator[nodes.Node]:
    while node is not top and node.parent is not None:
        node = node.parent
        yield node


def _marked(text: nodes.Text, pattern: re.Pattern[str], seen: set[str]) -> Iterator[nodes.Node]:
    """Yield the parts of a text, with a link where it is the first of the section to use a term."""
    written, end = str(text), 0
    for found in pattern.finditer(written):
        if found[1] in seen or found[0] in NO_PLURAL or OTHER_MEANING.search(written[: found.start()]):
            continue
        seen.add(found[1])
        yield nodes.Text(written[end : found.start()])
        target = f"../glossary.html#{place(found[1])}"
        opening = f'<a class="term" tabindex="-1" href="{target}" aria-describedby="{anchor(found[1])}">'
        yield nodes.raw("", opening, format="html")
        yield nodes.Text(found[0])
        yield nodes.raw("", "</a>", format="html")
        end = found.end()
    yield nodes.Text(written[end:])
