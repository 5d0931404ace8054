"""Two directives that collect from the chapters: ``chapter-glossary``, all definitions, and ``chapter-notation``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
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
    "row",
    "sigmoid",
    "slope",
    "value",
}
"""Words in italics, within definitions, that are only stressed or defined elsewhere."""
LEMMA = {
    "calibrated": "calibration",
    "dead": "dead neuron",
    "explode": "exploding gradients",
    "overfits": "overfitting",
    "underfits": "underfitting",
    "vanish": "vanishing gradients",
}
"""What one looks up where a definition has another form of the word."""
SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z(])")
ENDS = (".", ".)")


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
    """Return the definitions of all chapters, each with the paragraphs that end its sentence."""
    found = []
    for path, paragraphs in chapters(root):
        for number, (paragraph, link) in enumerate(paragraphs):
            _, sign, told = paragraph.partition(SIGN)
            if not sign:
                continue
            told = whole(told.strip(), [following for following, _ in paragraphs[number + 1 :]])
            terms = [term for term in TERM.findall(told) if term not in NOT_DEFINED]
            if told.startswith(f"*{terms[0]}*"):  # it has a capital because the sentence begins with it
                terms[0] = terms[0][0].lower() + terms[0][1:]
            found.append(Definition(tuple(terms), told, link, path.stem))
    return found


def whole(told: str, following: list[str]) -> str:
    """Return a text whose last sentence goes on in the next paragraphs, formulas or words, with what ends it."""
    for paragraph in following:
        formula = paragraph.startswith("$$")
        if told.removesuffix("$$").rstrip().endswith(ENDS) or not (formula or paragraph[:1].islower()):
            break
        told += "\n\n" + (paragraph if formula else SENTENCE.split(paragraph)[0])
    return re.sub(r"\s*,\s*\$\$$", ".$$", told)


def head(term: str) -> str:
    """Return the word below which a term stands in the glossary."""
    return LEMMA.get(term, term)


def place(term: str) -> str:
    """Return the name of the term's place in the glossary's page."""
    return "term-" + re.sub(r"[^A-Za-z0-9]+", "-", head(term))


def alphabet(found: list[Definition]) -> str:
    """Return a line in HTML that leads to the first term with each letter."""
    terms = sorted({head(term) for one in found for term in one.terms}, key=str.lower)
    firsts = [(letter, next(those)) for letter, those in groupby(terms, key=lambda term: term[0].upper())]
    links = (f'<a href="#{place(term)}">{letter}</a>' for letter, term in firsts)
    return f'<p class="letters">{" ".join(links)}</p>'


def glossary(found: list[Definition]) -> list[str]:
    """Return the lines of a glossary in MyST's Markdown: a definition below its first term, a hint below the others.

    The meanings of a term that has several are numbered.
    """
    entries: dict[str, list[str]] = {}
    for one in found:
        first, *others = map(head, one.terms)
        entries.setdefault(first, []).append(f"{one.text}\n\n{one.link}")
        for term in others:
            entries.setdefault(term, []).append(f"See {{term}}`{first}`.")
    lines = ["```{glossary}", ":sorted:", ""]
    for term, texts in entries.items():
        if len(texts) > 1:
            texts = [f"({number}) {text}" for number, text in enumerate(texts, start=1)]
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

    def run(self) -> list[nodes.Node]:
        """Put a line with the letters on top."""
        root = Path(self.state.document.settings.env.srcdir).parent
        return [nodes.raw("", alphabet(definitions(root)), format="html"), *super().run()]


class ChapterNotation(_FromChapters):
    """The tables of symbols at the ends of the chapters."""

    def lines(self, root: Path) -> list[str]:
        """Return a link to each chapter, and its table."""
        lines: list[str] = []
        for _, paragraphs in chapters(root):
            for (paragraph, _), (following, _) in pairwise(paragraphs):
                if paragraph.strip() == "### Notation":
                    lines += [paragraphs[0][1], "", *following.rstrip().splitlines(), ""]
        return lines

    def run(self) -> list[nodes.Node]:
        """Make a section of each chapter, with the link as its title."""
        sections: list[nodes.Node] = []
        for node in super().run():
            if isinstance(node, nodes.paragraph):
                title = nodes.title("", "", *node.children)
                sections.append(nodes.section("", title, ids=[nodes.make_id(f"notation {title.astext()}")]))
            elif sections:
                node["classes"].append("notation")
                sections[-1] += node
        return sections
