"""A search for secret lines and marks in what students are about to get."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from autograder.notebook.read import read_notebook
from autograder.notebook.roles import INSTRUCTOR, tags
from autograder.notebook.secret import BLOCKS, without_hidden

MARK = re.compile(rf"(BEGIN|END) ({'|'.join(BLOCKS)})")
STUB = {"# YOUR CODE HERE", "raise NotImplementedError()", "YOUR ANSWER HERE", ""}


def leaks(sources: Mapping[str, NotebookNode], release: Path) -> list[str]:
    """Return the findings in a release, one line each.

    A line of the release must stand in the public part of its source, or be nbgrader's stub.

    Parameters
    ----------
    sources : mapping of str to NotebookNode
        The instructor's notebooks, by name.
    release : Path
        The folder that is handed out.
    """
    findings = []
    for path in sorted(release.rglob("*.ipynb")):
        source = sources.get(path.stem)
        if source is None:
            findings.append(f"{path.name}: no source notebook has this name")
            continue
        notebook = read_notebook(path.read_bytes())
        for cell in notebook.cells:
            where = f"{path.name}, cell {cell.get('id', '?')}"
            if INSTRUCTOR in tags(cell):
                findings.append(f"{where}: an instructor cell")
            if MARK.search(cell.source):
                findings.append(f"{where}: a mark of an answer or a hidden test")
            if cell.get("outputs"):
                findings.append(f"{where}: outputs")
        findings += [f"{path.name}, {line}" for line in unreleased_lines(source, notebook)]
    return findings


def unreleased_lines(source: NotebookNode, edition: NotebookNode) -> list[str]:
    """Return the lines of an edition that stand in an answer, a hidden test or an instructor cell of its source.

    Parameters
    ----------
    source : NotebookNode
        The instructor's notebook.
    edition : NotebookNode
        What was made of it.
    """
    public = {line.strip() for cell in source.cells for line in _public(cell).splitlines()} | STUB
    return [
        f"cell {cell.get('id', '?')}: the line `{line.strip()}`"
        for cell in edition.cells
        for line in cell.source.splitlines()
        if line.strip() not in public
    ]


def _public(cell: NotebookNode) -> str:
    return "" if INSTRUCTOR in tags(cell) else without_hidden(cell.source, BLOCKS)
