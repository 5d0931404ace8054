"""Say below each class and function of the library in which chapter it is taught."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from sphinx.application import Sphinx

from autograder.course import Course

KINDS = {"class", "function", "exception"}
HEADING = re.compile(r"^#{1,3} +(.+)$", re.MULTILINE)
WORD = re.compile(r"[A-Za-z_]\w*")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what reads the chapters and what adds the links."""
    app.connect("builder-inited", find_places)
    app.connect("autodoc-process-docstring", add_link)
    return {"parallel_read_safe": True}


def find_places(app: Sphinx) -> None:
    """Remember for each word of the chapters the first cell with a heading below which it stands."""
    places: dict[str, tuple[str, str, str]] = {}
    course = Course.find(Path(app.srcdir).parent)
    for chapter in course.assignments:
        for path in sorted(course.folder("source", chapter).glob("*.ipynb")):
            title = ""
            place = ("", "", "")
            for cell in nbformat.read(path, as_version=4).cells:
                if "instructor" in cell.metadata.get("tags", []):
                    continue
                if cell.cell_type == "markdown":
                    if cell.source.startswith("#"):
                        heading = HEADING.match(cell.source)[1]
                        title = title or heading
                        place = (title, heading, f"{path.stem}-{cell.id}")
                    words = " ".join(re.findall(r"`([^`]+)`", cell.source))
                elif cell.metadata.get("nbgrader", {}).get("solution"):
                    continue  # an answer may use what later chapters teach
                else:
                    words = cell.source.partition("### BEGIN HIDDEN TESTS")[0]
                for word in WORD.findall(words):
                    places.setdefault(word, place)
    app.taught_places = places


def add_link(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Append "Taught in" to the docstring of a public class or function."""
    place = app.taught_places.get(name.rpartition(".")[2])
    if what not in KINDS or place is None or not name.startswith("mlpkit."):
        return
    title, heading, label = place
    shown = title if heading == title else f"{title}, {heading[0].lower()}{heading[1:]}"
    lines += ["", ".. rubric:: Taught in", "", f":ref:`{shown} <{label}>`", ""]
