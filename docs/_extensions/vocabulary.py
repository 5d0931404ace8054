"""Two directives that collect from the chapters: ``chapter-glossary``, all definitions, and ``chapter-notation``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx

from autograder.course import Course

SIGN = "**Definition.**"
HEADING = re.compile(r"#{1,3} +(.+)")
TERM = re.compile(r"\*{1,2}([^*\n]+)\*{1,2}")
NOT_DEFINED = {
    "acyclic",
    "all",
    "binary",
    "Bernoulli likelihoods",
    "cycles",
    "Directed",
    "layers",
    "rate",
    "sigmoid",
    "slope",
    "value",
}
"""Words in italics, within definitions, that are only stressed or defined elsewhere."""


@dataclass(frozen=True)
class Definition:
    """What a chapter defines in one paragraph: its terms, the text in Markdown, the section as a link, its own name."""

    terms: tuple[str, ...]
    text: str
    link: str
    chapter: str


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("chapter-glossary", ChapterGlossary)
    app.add_directive("chapter-notation", ChapterNotation)
    return {"parallel_read_safe": True}


def chapters(root: Path) -> Iterator[tuple[Path, list[tuple[str, str]]]]:
    """Yield each chapter's notebook and its paragraphs, each with a link to its section."""
    course = Course.find(root)
    for name in course.assignments:
        for path in sorted(course.folder("source", name).glob("*.ipynb")):
            paragraphs = []
            title = link = ""
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type != "markdown" or "instructor" in cell.metadata.get("tags", []):
                    continue
                for paragraph in cell.source.split("\n\n"):
                    if found := HEADING.match(paragraph):
                        heading = re.sub(r"^[\d. ]+|`", "", found[1])
                        title = title or heading
                        if not heading.startswith("Exercise"):  # what follows an exercise goes on with the section
                            shown = title if heading == title else f"{title}: {heading}"
                            link = f"{{ref}}`{shown} <{path.stem}-{cell.id}>`"
                    paragraphs.append((paragraph, link))
            yield path, paragraphs


def definitions(root: Path) -> list[Definition]:
    """Return the definitions of all chapters; a display formula that ends one belongs to it."""
    found = []
    for path, paragraphs in chapters(root):
        for (paragraph, link), (following, _) in pairwise([*paragraphs, ("", "")]):
            _, sign, told = paragraph.partition(SIGN)
            if not sign:
                continue
            told = told.strip()
            terms = [term for term in TERM.findall(told) if term not in NOT_DEFINED]
            if told.startswith(f"*{terms[0]}*"):  # it has a capital because the sentence begins with it
                terms[0] = terms[0][0].lower() + terms[0][1:]
            if following.startswith("$$") and not told.endswith("."):
                told += f"\n\n{following}"
            found.append(Definition(tuple(terms), told, link, path.stem))
    return found


def glossary(found: list[Definition]) -> list[str]:
    """Return the lines of a glossary in MyST's Markdown: a definition below its first term, a hint below the others."""
    entries: dict[str, list[str]] = {}
    for one in found:
        first, *others = one.terms
        entries.setdefault(first, []).append(f"{one.text}\n\n{one.link}")
        for term in others:
            entries.setdefault(term, []).append(f"See {{term}}`{first}`.")
    lines = ["```{glossary}", ":sorted:", ""]
    for term, texts in entries.items():
        lines += [term, *(f"  {line}".rstrip() for line in "\n\n".join(texts).splitlines()), ""]
    return [*lines, "```"]


class _FromChapters(Directive):
    """A directive whose content is written by the chapters."""

    def lines(self, root: Path) -> list[str]:
        """Return the content in MyST's Markdown."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse the content, which is made anew when a chapter changes."""
        env = self.state.document.settings.env
        root = Path(env.srcdir).parent
        for path, _ in chapters(root):
            env.note_dependency(str(path))
        parent = nodes.Element()
        self.state.nested_parse(StringList(self.lines(root), "chapters"), self.content_offset, parent)
        return parent.children


class ChapterGlossary(_FromChapters):
    """All terms that the chapters define."""

    def lines(self, root: Path) -> list[str]:
        """Return a glossary."""
        return glossary(definitions(root))


class ChapterNotation(_FromChapters):
    """The tables of symbols at the ends of the chapters."""

    def lines(self, root: Path) -> list[str]:
        """Return each chapter's table below a link to it."""
        lines: list[str] = []
        for _, paragraphs in chapters(root):
            for (paragraph, _), (following, _) in pairwise(paragraphs):
                if paragraph.strip() == "### Notation":
                    lines += [f"**{paragraphs[0][1]}**", "", *following.rstrip().splitlines(), ""]
        return lines
