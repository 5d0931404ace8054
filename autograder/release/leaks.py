"""A search for what is secret in all that students are about to get: notebooks, their metadata, and files.

Of a cell's source every line must stand in the public part of the instructor's notebook. Everywhere else (metadata,
attachments, outputs, the state of widgets, files beside the notebook) no secret line, no mark and no secret picture may
stand, be it plain, escaped as in JSON or HTML, in base64, or in a zip.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from nbformat.notebooknode import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, IncludeHeaderFooter, InstantiateTests

from autograder.course import Course
from autograder.notebook.read import read_notebook
from autograder.notebook.roles import INSTRUCTOR, tags
from autograder.notebook.secret import BLOCKS, Secrets, marked, public
from autograder.release.decode import decoded, strings, texts

MARK = re.compile(rf"(BEGIN|END) ({'|'.join(BLOCKS)})")
USUAL = ClearSolutions()
REFERENCE = "attachment:"


def leaks(
    sources: Mapping[str, NotebookNode], release: Path, own: Collection[str] | None = None, *, added: bool = False
) -> list[str]:
    """Return the findings in a release, one line each.

    Parameters
    ----------
    sources : mapping of str to NotebookNode
        The instructor's notebooks, by name.
    release : Path
        The folder that is handed out.
    own : collection of str, optional
        Lines that nbgrader adds, from `own_lines`; its usual stubs by default.
    added : bool
        Whether nbgrader writes more of its own into cells, from `writes_lines`.
    """
    own = _stubs(USUAL) if own is None else own
    search = _Search(sources, own)
    findings = []
    for path in sorted(path for path in release.rglob("*") if path.is_file()):
        name = path.relative_to(release).as_posix()
        if path.suffix != ".ipynb":
            findings += [f"{name}: {what}" for what in search.in_data(path.read_bytes())]
        elif path.parent != release or path.stem not in sources:
            findings.append(f"{name}: no source notebook has this name")
        else:
            notebook = read_notebook(path.read_bytes())
            findings += [f"{name}, {what}" for what in _in_notebook(notebook, search)]
            findings += [f"{name}, {line}" for line in unreleased_lines(sources[path.stem], notebook, own, added=added)]
    return findings


def unreleased_lines(
    source: NotebookNode, edition: NotebookNode, own: Collection[str] | None = None, *, added: bool = False
) -> list[str]:
    """Return the lines of an edition that stand in an answer, a hidden test or an instructor cell of its source.

    Parameters
    ----------
    source : NotebookNode
        The instructor's notebook.
    edition : NotebookNode
        What was made of it.
    own : collection of str, optional
        Lines that nbgrader adds, from `own_lines`; its usual stubs by default.
    added : bool
        Whether a line may also be in no cell of the source at all, if it quotes no secret one.
    """
    known = {line.strip() for cell in source.cells for line in public(cell).splitlines()}
    known |= {"", *(_stubs(USUAL) if own is None else own)}
    lines = {line.strip() for cell in edition.cells for line in cell.source.splitlines()} - known
    if added:
        secrets = Secrets([*map(marked, source.cells), *known])
        lines = set(filter(secrets.first_in, lines))
    return [
        f"cell {cell.get('id', '?')}: the line `{line.strip()}`"
        for cell in edition.cells
        for line in cell.source.splitlines()
        if line.strip() in lines
    ]


def own_lines(course: Course) -> frozenset[str]:
    """Return the lines that the course's configuration adds to a release: stubs of answers, header and footer."""
    preprocessor = IncludeHeaderFooter(config=course.config)
    lines = set(_stubs(ClearSolutions(config=course.config)))
    for name in filter(None, (preprocessor.header, preprocessor.footer)):
        notebook = read_notebook((course.root / name).read_bytes())
        lines |= {line.strip() for cell in notebook.cells for line in public(cell).splitlines()}
    return frozenset(lines)


def writes_lines(course: Course, sources: Mapping[str, NotebookNode]) -> bool:
    """Return whether nbgrader writes lines of its own into cells: tests in the place of AUTOTEST, or other steps."""
    usual, configured = GenerateAssignment(), GenerateAssignment(config=course.config)
    mark = InstantiateTests(config=course.config).autotest_delimiter
    cells = (cell for notebook in sources.values() for cell in notebook.cells)
    return usual.preprocessors != configured.preprocessors or any(mark in cell.source for cell in cells)


def public_attachments(cell: NotebookNode) -> dict[str, Any]:
    """Return the pictures pasted into a cell of the instructor's notebook that its public part shows."""
    text = public(cell)
    shown = text + unquote(text)
    return {name: bundle for name, bundle in cell.get("attachments", {}).items() if f"{REFERENCE}{name}" in shown}


def _stubs(preprocessor: ClearSolutions) -> frozenset[str]:
    stubs = [*preprocessor.code_stub.values(), preprocessor.text_stub]
    return frozenset(line.strip() for stub in stubs for line in stub.splitlines())


class _Search:
    """What is secret in an assignment.

    Parameters
    ----------
    sources : mapping of str to NotebookNode
        The instructor's notebooks.
    own : collection of str
        Lines that nbgrader adds.
    """

    def __init__(self, sources: Mapping[str, NotebookNode], own: Collection[str]) -> None:
        cells = [cell for notebook in sources.values() for cell in notebook.cells]
        self._lines = Secrets([*map(marked, cells), *own])
        every = {_digest(data) for cell in cells for data in _pictures(cell.get("attachments", {}))}
        shown = {_digest(data) for cell in cells for data in _pictures(public_attachments(cell))}
        self._pictures = every - shown

    def in_data(self, data: bytes) -> list[str]:
        """Return what is secret in the bytes of a file, and in what they hold."""
        return list(dict.fromkeys(what for inner in decoded(data) for what in self._in_bytes(inner)))

    def in_value(self, value: Any) -> list[str]:
        """Return what is secret in a value of JSON."""
        found = (what for text in strings(value) for what in self.in_data(text.encode(errors="surrogatepass")))
        return list(dict.fromkeys(found))

    def _in_bytes(self, data: bytes) -> Iterator[str]:
        if _digest(data) in self._pictures:
            yield "a picture of an answer"
        for text in texts(data):
            if MARK.search(text):
                yield "a mark of an answer or a hidden test"
            if line := self._lines.first_in(text):
                yield f"the line `{line}`"


def _in_notebook(notebook: NotebookNode, search: _Search) -> Iterator[str]:
    """Yield what is secret outside the lines of sources."""
    for where, value in notebook.metadata.items():
        yield from (f"metadata {where}: {what}" for what in search.in_value([where, value]))
    for cell in notebook.cells:
        name = f"cell {cell.get('id', '?')}"
        if INSTRUCTOR in tags(cell):
            yield f"{name}: an instructor cell"
        if MARK.search(cell.source):
            yield f"{name}: a mark of an answer or a hidden test"
        if cell.get("outputs"):
            yield f"{name}: outputs"
        for where in sorted(cell.keys() - {"source", "cell_type"}):
            yield from (f"{name}, {where}: {what}" for what in search.in_value(cell[where]))


def _pictures(attachments: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the bytes of the pictures pasted into a cell."""
    for bundle in attachments.values():
        for text in bundle.values():
            yield from decoded("".join("".join(text).split()).encode(), depth=1)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
