"""Say below each class and function of the library in which chapter it is taught."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import nbformat
from chapters import label
from sphinx.application import Sphinx

from autograder.course import Course
from mlpkit import viz

Place = tuple[str, str, str]
"""Title of a chapter, heading of a section, and the label to link to."""
IN_HEADING, IN_TEXT = 20, 3
"""A word in a heading weighs as much as this many in a text, and one in a text as this many in code."""
FIGURES, OF_ALL = "api/viz", "For all chapters"
"""The page that describes the figures, and the heading over what no chapter has to itself."""
KINDS = {"class", "function", "exception"}
HEADING = re.compile(r"^#{1,3} +(.+)$", re.MULTILINE)
WORD = re.compile(r"[A-Za-z_]\w*")
HYPHENED = re.compile(r"\b[A-Za-z]+(?:-[a-z]+)+\b")
QUOTED = re.compile(r"`([^`\n]+)`")
MAGIC = re.compile(r"^(\s*)[%!].*", re.MULTILINE)
NAME = re.compile(r"\b[A-Z]+[a-z]*[A-Z\d]\w*")
"""A word that can be no English one."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what reads the chapters and what adds the links."""
    app.connect("builder-inited", find_places)
    app.connect("source-read", list_figures)
    app.connect("autodoc-process-docstring", add_link)
    return {"parallel_read_safe": True}


def find_places(app: Sphinx) -> None:
    """Find for each word of the chapters the section about it: the one that has it in its heading, or most often."""
    weights: dict[str, Counter[Place]] = defaultdict(Counter)
    titles: list[str] = []
    course = Course.find(Path(app.srcdir).parent)
    for chapter in course.assignments:
        for path in sorted(course.folder("source", chapter).glob("*.ipynb")):
            for place, words in _sections(path):
                titles.append(place[0])
                for word, count in words.items():
                    weights[word][place] += count
    app.taught_from = [str(path) for path in course.folder("source", ".").glob("*/*.ipynb")]
    app.taught_chapters = list(dict.fromkeys(titles))
    app.taught_places = {word: found.most_common(1)[0][0] for word, found in weights.items()}


def _sections(path: Path) -> Iterator[tuple[Place, Counter[str]]]:
    """Yield what explains or shows something, each with its section and how much the library's names weigh."""
    cells = [
        cell for cell in nbformat.read(path, as_version=4).cells if "instructor" not in cell.metadata.get("tags", [])
    ]
    trees = {cell.id: ast.parse(MAGIC.sub(r"\1pass", cell.source)) for cell in cells if cell.cell_type == "code"}
    ours = {name for tree in trees.values() for name in _imported(tree)}
    title, place = "", ("", "", "")
    for cell in cells:
        if cell.metadata.get("nbgrader"):
            continue  # tests, and answers, which may use what later chapters teach
        if cell.cell_type == "code":
            yield place, Counter(name for name in _named(trees[cell.id]) if name in ours or name.startswith("viz."))
            continue
        for number, part in enumerate(_parts(cell.source)):
            named = [word for quoted in QUOTED.findall(part) for word in WORD.findall(quoted) if word in ours]
            plain = QUOTED.sub("", part)
            spelled = [word.lower().replace("-", "_") for word in HYPHENED.findall(plain)]
            words = Counter(NAME.findall(plain) + named + spelled)
            here = place
            if found := HEADING.match(part):
                heading = re.sub(r"^[\d. ]+", "", found[1])
                title = title or heading
                here = (title, heading, label(path.stem, cell.id, number))
                if not heading.startswith("Exercise"):
                    place = here  # what follows an exercise goes on with the section
                    words.update(dict.fromkeys(filter(str.istitle, WORD.findall(heading)), IN_HEADING))
                    words.update(dict.fromkeys(NAME.findall(heading), IN_HEADING))
            if here == place:  # an exercise applies what a section explains
                words = Counter({word: IN_TEXT * times for word, times in words.items()})
            yield here, words


def _parts(text: str) -> list[str]:
    """Return what stands before the first heading of a text, which may be empty, and each heading with its text."""
    starts = [0, *(found.start() for found in HEADING.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(starts)]


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mlpkit"):
            yield from (alias.name for alias in node.names)


def _named(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a cell uses, those of figures as ``viz.plot_neuron``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "viz":
            yield f"viz.{node.attr}"


def list_figures(app: Sphinx, name: str, source: list[str]) -> None:
    """Write the figures below the chapter whose lecture shows them, those of a module together."""
    if name != FIGURES:
        return
    modules: dict[str, list[str]] = defaultdict(list)
    for figure in sorted(viz.__all__):
        if callable(getattr(viz, figure)):  # colours have no description of their own
            modules[getattr(viz, figure).__module__].append(figure)
    chapters: dict[str, list[str]] = {title: [] for title in [OF_ALL, *app.taught_chapters]}
    for module, figures in modules.items():
        places = [place for figure in figures if (place := app.taught_places.get(f"viz.{figure}"))]
        own = not module.rpartition(".")[2].startswith("_")
        title = Counter(title for title, *_ in places).most_common(1)[0][0] if own and places else OF_ALL
        chapters[title] += figures
    for title, figures in chapters.items():
        if figures:
            described = "\n".join(f".. {_directive(figure)}:: {figure}" for figure in figures)
            current = ".. currentmodule:: mlpkit.viz"
            source[0] += f"\n## {title}\n\n```{{eval-rst}}\n{current}\n\n{described}\n```\n"


def _directive(figure: str) -> str:
    return "autoclass" if isinstance(getattr(viz, figure), type) else "autofunction"


def add_link(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Append the place in the lectures to the docstring of a public class or function."""
    last = name.rpartition(".")[2]
    place = app.taught_places.get(f"viz.{last}" if name.startswith("mlpkit.viz.") else last)
    if what not in KINDS or place is None or not name.startswith("mlpkit."):
        return
    for path in app.taught_from:
        app.env.note_dependency(path)
    title, heading, label = place
    shown = title if heading == title else f"{title}: {heading}"
    lines += ["", ".. rubric:: In the lectures", "", f":ref:`{shown} <{label}>`", ""]
