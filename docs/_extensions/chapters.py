"""Write a page's source for each chapter: its reader edition, with links, hints and foldable code."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import nbformat
from figures import captioned, is_figure
from hints import first_example
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell
from pictures import outside
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from terms import cell_text, known_in
from vocabulary import Definition

from autograder.course import Course
from autograder.release.reader import reader_edition

FOLDER = "chapters"
LONGEST_SHOWN = 8
"""Lines of a cell that draws something; longer ones are folded."""
NUMBER = re.compile(r"\d+")
"""What a chapter's name begins with."""
HEADING = re.compile("^(?=#{1,3} )", re.MULTILINE)
"""Where one begins."""
UNANSWERED = "YOUR ANSWER HERE"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the setting `repository`, and the writing of the chapters before the build."""
    app.add_config_value("repository", "", "html", [str])
    app.connect("builder-inited", write_chapters)
    app.connect("env-updated", follow_titles)
    return {"parallel_read_safe": True}


def write_chapters(app: Sphinx) -> None:
    """Bring ``chapters/`` up to date; files whose content stays are not touched."""
    target = Path(app.srcdir, FOLDER)
    course = Course.find(Path(app.srcdir).parent)
    cache, static = Path(app.doctreedir).parent / "executed", Path(app.outdir, "_static")

    def pages_of(name: str) -> dict[str, NotebookNode]:
        return {
            f"{book}.ipynb": page(book, notebook, app.config.repository, static, known_in(book, course.root))
            for book, notebook in reader_edition(course, name, cache).items()
        }

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # pictures of one are made while another is executed
        pages = {name: one for made in pool.map(pages_of, course.assignments) for name, one in made.items()}
    target.mkdir(exist_ok=True)
    for old in set(os.listdir(target)) - set(pages):
        (target / old).unlink()
    for name, notebook in pages.items():
        text = nbformat.writes(notebook) + "\n"
        path = target / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def follow_titles(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name all pages as changed when a title has: it stands in the menu of each."""
    titles = {name: title.astext() for name, title in env.titles.items()}
    before = getattr(env, "titles_in_menu", titles)
    env.titles_in_menu = titles
    return [] if before == titles else list(env.found_docs)


def page(
    chapter: str, notebook: NotebookNode, repository: str, static: Path, known: Mapping[str, Definition]
) -> NotebookNode:
    """Return the notebook as its page shows it; its pictures go into files below `static`."""
    notebook.cells = list(_cells(chapter, notebook.cells, repository, static))
    if known:
        notebook.cells.append(new_markdown_cell(cell_text(known), id="definitions"))
    return notebook


def _cells(chapter: str, cells: list[NotebookNode], repository: str, static: Path) -> Iterator[NotebookNode]:
    place = f"{int(found[0])}." if (found := NUMBER.match(chapter)) else ""
    figures = 0
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            if cell.source.strip() == UNANSWERED:
                yield _end(cell)
                continue
            title, *rest = re.split(r"\n\n", cell.source, maxsplit=1)
            if number == 0:
                title = numbered(chapter, title) + "\n\n" + opening(chapter, repository)
            text = "\n\n".join([title, *rest])
            cell.source = with_labels(chapter, cell.id, text)
            yield cell
        elif cell.metadata.get("nbgrader", {}).get("grade"):
            if example := first_example(cell.source):
                yield new_markdown_cell(_hint(*example), id=f"{cell.id}-hint")
            yield _folded(cell, "the checks")
            yield _end(cell)
        else:
            for output in cell.outputs:
                if "text/html" in output.get("data", {}):
                    content = outside(output.data["text/html"], static)
                    figures += is_figure(content)
                    output.data["text/html"] = captioned(content, f"{place}{figures}", cell.source)
            lines = cell.source.splitlines()
            if cell.id == "setup" or ("demo" in cell.metadata.get("tags", []) and len(lines) > LONGEST_SHOWN):
                cell = _folded(cell, "the code", keep_output=True)
            yield cell


def with_labels(chapter: str, cell: str, text: str) -> str:
    """Write a label before each heading of a cell, which others can link to."""
    numbers = count(1)
    return HEADING.sub(lambda _: f"({label(chapter, cell, next(numbers))})=\n", text)


def label(chapter: str, cell: str, number: int) -> str:
    """Return the label of a cell's heading, which is counted from 1."""
    return f"{chapter}-{cell}" if number == 1 else f"{chapter}-{cell}-{number}"


def numbered(chapter: str, title: str) -> str:
    """Return the chapter's title with the number that its name begins with, "02_descent" for instance."""
    number = NUMBER.match(chapter)
    return re.sub("^# ", f"# {int(number[0])}. ", title) if number else title


def opening(chapter: str, repository: str) -> str:
    """Return the links to the chapter as a notebook to work in.

    Parameters
    ----------
    chapter : str
        Its name.
    repository : str
        Address of the course on GitHub, as ``https://github.com/owner/name``; without one there is only the download.
    """
    path = f"course/{chapter}/{chapter}.ipynb"
    links = [f"{{download}}`download the notebook <../../{path}>`"]
    if repository:
        project = repository.removeprefix("https://github.com/")
        links += [
            f"[Binder](https://mybinder.org/v2/gh/{project}/HEAD?urlpath=lab/tree/{path})",
            f"[Colab](https://colab.research.google.com/github/{project}/blob/HEAD/{path})",
        ]
    return f":::{{admonition}} Open this chapter\n:class: open-chapter\n{' · '.join(links)}\n:::"


def _end(cell: NotebookNode) -> NotebookNode:
    """Return what marks the end of an exercise: a reader can hide it, but not the text that follows."""
    return new_markdown_cell('<div class="exercise-end"></div>', id=f"{cell.id}-end")


def _hint(call: str, gives: str, by_hand: str) -> str:
    words = f"\n\nBy hand: {by_hand}." if by_hand else ""
    return f":::{{admonition}} For example\n:class: tip expected\n`{call}` gives `{gives}`.{words}\n:::"


def _folded(cell: NotebookNode, what: str, *, keep_output: bool = False) -> NotebookNode:
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input" if keep_output else "hide-cell"]
    cell.metadata["mystnb"] = {"code_prompt_show": f"Show {what}", "code_prompt_hide": f"Hide {what}"}
    return cell
