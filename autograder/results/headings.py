"""What a feedback page takes from students' texts: headings and answers, in time in proportion to their length."""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from autograder.characters import one_line
from autograder.notebook.secret import BLOCKS, without_hidden

HEADING_CHARACTERS = 200
ANSWER_CHARACTERS = 100_000


def headings(text: str) -> list[str]:
    """Return the headings of a text in Markdown, such as ``## A neuron ##``, without their signs.

    Line by line and without a pattern: whatever a student writes, it takes time in proportion to its length.
    """
    found = []
    for line in text.split("\n"):
        title = line.lstrip("#")
        if 1 <= len(line) - len(title) <= 6 and title[:1].isspace():
            words = title.strip()
            bare = words.rstrip("#").rstrip() or words
            found.append(one_line(bare, HEADING_CHARACTERS))
    return list(filter(None, found))


def title_of(notebook: NotebookNode) -> str | None:
    """Return the first heading of a notebook that students have."""
    sources = (without_hidden(cell.source, BLOCKS) for cell in notebook.cells if cell.cell_type == "markdown")
    texts = map(headings, sources)
    return next((found[0] for found in texts if found), None)


def shortened(answer: str) -> str:
    """Return an answer as the page shows it."""
    left_out = len(answer) - ANSWER_CHARACTERS
    return answer if left_out <= 0 else f"{answer[:ANSWER_CHARACTERS]}\n[… {left_out} more characters]"
