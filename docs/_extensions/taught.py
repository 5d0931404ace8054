"""Say below each class and function of the library in which chapter it is taught."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import nbformat
from sphinx.application import Sphinx

from autograder.course import Course

Place = tuple[str, str, str]
"""Title of a chapter, heading of a section, and the label to link to."""
IN_HEADING = 20
"""A word in a heading weighs as much as this many in a text."""
KINDS = {"class", "function", "exception"}
HEADING = re.compile(r"^#{1,3} +(.+)$", re.MULTILINE)
WORD = re.compile(r"[A-Za-z_]\w*")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what reads the chapters and what adds the links."""
    app.connect("builder-inited", find_places)
    app.connect("autodoc-process-docstring", add_link)
    return {"parallel_read_safe": True}


def find_places(app: Sphinx) -> None:
    """Find for each word of the chapters the section about it: the one that has it in its heading, or most often."""
    weights: dict[str, Counter[Place]] = defaultdict(Counter)
    course = Course.find(Path(app.srcdir).parent)
    for chapter in course.assignments:
        for path in sorted(course.folder("source", chapter).glob("*.ipynb")):
            for place, words in _sections(path):
                for word, count in words.items():
                    weights[word][place] += count
    app.taught_from = [str(path) for path in course.folder("source", ".").glob("*/*.ipynb")]
    app.taught_places = {word: found.most_common(1)[0][0] for word, found in weights.items()}


def _sections(path: Path) -> Iterator[tuple[Place, Counter[str]]]:
    """Yield the cells that students see, each with its section and how much its words weigh."""
    title, place = "", ("", "", "")
    for cell in nbformat.read(path, as_version=4).cells:
        if "instructor" in cell.metadata.get("tags", []) or cell.metadata.get("nbgrader", {}).get("solution"):
            continue  # an answer may use what later chapters teach
        source = cell.source.partition("### BEGIN HIDDEN TESTS")[0]
        words = Counter(WORD.findall(source))
        if cell.cell_type == "markdown" and (found := HEADING.match(source)):
            heading = re.sub(r"^[\d. ]+", "", found[1])
            title = title or heading
            place = (title, heading, f"{path.stem}-{cell.id}")
            words.update(dict.fromkeys(WORD.findall(heading), IN_HEADING))
        yield place, words


def add_link(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Append the place in the lectures to the docstring of a public class or function."""
    place = app.taught_places.get(name.rpartition(".")[2])
    if what not in KINDS or place is None or not name.startswith("mlpkit."):
        return
    for path in app.taught_from:
        app.env.note_dependency(path)
    title, heading, label = place
    shown = title if heading == title else f"{title}: {heading}"
    lines += ["", ".. rubric:: In the lectures", "", f":ref:`{shown} <{label}>`", ""]
