"""Look for what students must not see in what they are about to get."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from autograder.grade.notebooks import read_notebook, tags
from autograder.release.editions import INSTRUCTOR

SECRET = re.compile(
    r"^[ \t]*#{3} BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME).*?^[ \t]*#{3} END \1[^\n]*", re.MULTILINE | re.DOTALL
)
MARKER = re.compile(r"#{3} (BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
STUB = {"# YOUR CODE HERE", "raise NotImplementedError()", "YOUR ANSWER HERE", ""}


def leaks(sources: Mapping[str, NotebookNode], release: Path) -> list[str]:
    """Return what the release holds that it must not, one line for each finding.

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
            if MARKER.search(cell.source):
                findings.append(f"{where}: a marker of an answer or a hidden test")
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
    return "" if INSTRUCTOR in tags(cell) else SECRET.sub("", cell.source)
