"""What only graders see of an exercise that a person grades: the reference answer and the rubric."""

from __future__ import annotations

import re

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.course import Course
from autograder.notebook.read import NotGradable, read_notebook
from autograder.notebook.roles import INSTRUCTOR, grade_id, is_answer, is_graded, is_test, tags

MARK_LINE = re.compile(r"^.*(BEGIN|END) (SOLUTION|MARK SCHEME|HIDDEN TESTS).*\n?", re.MULTILINE)


def rubrics(source: NotebookNode) -> dict[str, list[NotebookNode]]:
    """Return, for each cell that a person grades, Markdown cells to be read beside the answer.

    These are what stands between the marks of its solution, and the Markdown cells tagged ``instructor`` below it,
    up to the next cell that has a role.

    Parameters
    ----------
    source : NotebookNode
        The instructor's notebook.
    """
    found: dict[str, list[NotebookNode]] = {}
    current: list[NotebookNode] | None = None
    for cell in source.cells:
        if INSTRUCTOR in tags(cell):
            if current is not None and cell.cell_type == "markdown":
                current.append(_quoted(cell.source, cell))
            continue
        if (name := grade_id(cell)) is None:
            continue
        current = None
        if is_graded(cell) and not is_test(cell):
            current = found[name] = []
            reference = MARK_LINE.sub("", cell.source).strip("\n")
            if is_answer(cell) and reference:
                shown = _fenced(reference) if cell.cell_type == "code" else reference
                current.append(_quoted(f"**Reference answer**\n\n{shown}", cell))
    return found


def read_by_persons(course: Course, assignment: str) -> dict[tuple[str, str], list[NotebookNode]]:
    """Return what `rubrics` finds in all readable notebooks of an assignment, by notebook and cell."""
    found = {}
    for path in sorted(course.folder("source", assignment).glob("*.ipynb")):
        try:
            source = read_notebook(path.read_bytes(), outputs=False)
        except (OSError, NotGradable):
            continue
        found.update({(path.stem, name): cells for name, cells in rubrics(source).items()})
    return found


def _fenced(code: str) -> str:
    """Return code as a block of Markdown, with a fence that is longer than any in it."""
    fence = "~" * max([4, *(len(found) + 1 for found in re.findall("~+", code))])
    return f"{fence}python\n{code}\n{fence}"


def _quoted(text: str, cell: NotebookNode) -> NotebookNode:
    """Return a cell with a text as a quotation, and the pictures of the cell that it comes from."""
    quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    made: NotebookNode = new_markdown_cell(quoted)
    if attachments := cell.get("attachments"):
        made.attachments = attachments
    return made
