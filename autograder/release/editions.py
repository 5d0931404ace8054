"""The student edition of an assignment: nbgrader's, without instructor cells and stray files."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat.notebooknode import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.nbgraderformat import SchemaTooOldError
from nbgrader.preprocessors import IncludeHeaderFooter, NbGraderPreprocessor
from traitlets import Dict, List, Unicode

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.grade.own import read_own
from autograder.notebook.roles import INSTRUCTOR, PARTIAL_CREDIT, grade_id, is_test, tags
from autograder.release.beside import why_left_out
from autograder.release.languages import other_language
from autograder.release.leaks import public_attachments
from autograder.release.roles import contradictions

ADDRESS = "<address of this repository>"
"""Placeholder in a notebook for ``c.Autograder.repository``."""


UNKNOWN = (
    "The library of this course is missing here, and this copy of the course does not say where it is published.",
    "On your own computer, open the course as its README says. Elsewhere, first run a cell with the line",
    '%pip install \\"git+ADDRESS\\" and the address that your teacher gives you.',
)
"""What a cell says that would install a library from nowhere."""


def addressed(notebook: NotebookNode, repository: str) -> NotebookNode:
    """Write the course's address into a notebook, in place; without one, lines of code with it say what is missing."""
    for cell in notebook.cells:
        if repository:
            cell.source = cell.source.replace(ADDRESS, repository)
        elif cell.cell_type == "code" and ADDRESS in cell.source:
            cell.source = "\n".join(_told(line) if ADDRESS in line else line for line in cell.source.split("\n"))
    return notebook


def _told(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    said = [f'{indent}    "{part}{" " if i < len(UNKNOWN) else ""}"' for i, part in enumerate(UNKNOWN, start=1)]
    return "\n".join([f"{indent}raise ModuleNotFoundError(", *said, f"{indent}) from None"])


def framed(notebook: NotebookNode, course: Course) -> NotebookNode:
    """Put the course's header before a notebook and its footer behind it, in place, as nbgrader does."""
    frame = IncludeHeaderFooter(config=course.config)
    frame.header, frame.footer = (str(course.root / name) if name else "" for name in (frame.header, frame.footer))
    whole: NotebookNode = frame.preprocess(notebook, {})[0]
    return whole


def tag_credit(notebook: NotebookNode, tests: Collection[str]) -> NotebookNode:
    """Tag the tests that give a number of points, by their names, in place."""
    for cell in notebook.cells:
        if grade_id(cell) in tests and PARTIAL_CREDIT not in tags(cell):
            cell.metadata.tags = [*tags(cell), PARTIAL_CREDIT]
    return notebook


class WriteAddress(NbGraderPreprocessor):  # type: ignore[misc]
    """`addressed` as a step of nbgrader's."""

    repository = Unicode().tag(config=True)

    def preprocess(self, notebook: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Write the address."""
        return addressed(notebook, self.repository), resources


class OnlyPublic(NbGraderPreprocessor):  # type: ignore[misc]
    """Take away what ClearSolutions and ClearOutput leave: pictures pasted into an answer, the state of widgets."""

    def preprocess(self, notebook: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Take it away."""
        notebook.metadata.pop("widgets", None)
        for cell in notebook.cells:
            if "attachments" in cell:
                cell.attachments = public_attachments(cell)
                if not cell.attachments:
                    del cell["attachments"]
        return notebook, resources


class TagTests(NbGraderPreprocessor):  # type: ignore[misc]
    """Tag the tests: "Run All" goes on after one that fails, as all do before they are solved; some give numbers."""

    credit = Dict(help="The tests that give a number of points, by notebook.").tag(config=True)

    def preprocess(self, notebook: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Tag them as Jupyter wants it: https://nbclient.readthedocs.io/en/latest/client.html."""
        tag_credit(notebook, self.credit.get(resources["nbgrader"]["notebook"], ()))
        for cell in filter(is_test, notebook.cells):
            cell.metadata.tags = [*tags(cell), "raises-exception"]
        return notebook, resources


OWN = [TagRemovePreprocessor, OnlyPublic, WriteAddress, TagTests]
"""The steps that are done before nbgrader's."""


class StudentEdition(GenerateAssignment):  # type: ignore[misc]
    """nbgrader's own generator, without the cells tagged "instructor", with the address, with tests that may fail.

    What the course's configuration says of nbgrader's steps holds for the rest of them.
    """

    preprocessors: Any = List().tag(config=True)


def generate(
    course: Course, assignment: str, target: Path, credit: Mapping[str, Collection[str]] | None = None
) -> None:
    """Write the student edition into `target`, and its cells into the gradebook.

    Parameters
    ----------
    course : Course
        The course; its gradebook is made if there is none.
    assignment : str
        Name of the assignment.
    target : Path
        Folder to fill; files in it that are not part of the release are removed.
    credit : mapping of str to collection of str, optional
        The tests that give a number of points, by notebook, as `validate` finds them out.

    Raises
    ------
    CourseError
        If nbgrader cannot convert a notebook; the message holds nbgrader's own words.
    """
    course.check_assignment(assignment)
    source = course.folder("source", assignment)
    _check_notebooks(assignment, source)
    with tempfile.TemporaryDirectory(prefix="autograder-release-") as build:
        building = course.moved(release_directory=build)
        _run_nbgrader(building, assignment, credit or {})
        produced = building.folder("release", assignment)
        files = [path.relative_to(produced) for path in produced.rglob("*") if path.is_file()]
        wanted = {name for name in files if not why_left_out(course, name, source)}
        if target.is_dir():
            for path in sorted(target.rglob("*"), reverse=True):
                if path.is_file() and path.relative_to(target) not in wanted:
                    path.unlink()
        for name in sorted(wanted):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(produced / name, target / name)


def _check_notebooks(assignment: str, source: Path) -> None:
    """Refuse notebooks of another language than Python, and those with a cell whose roles contradict each other."""
    found = []
    for path in sorted(source.glob("*.ipynb")):
        notebook = read_own(path)
        if language := other_language(notebook):
            raise CourseError(f"{path.name} is a notebook in {language}: only notebooks in Python can be graded here")
        found += [f"{path.name}: {problem}" for problem in contradictions(notebook)]
    if found:
        raise CourseError(f"nbgrader cannot make the release of {assignment!r}:\n" + "\n".join(found))


def _run_nbgrader(course: Course, assignment: str, credit: Mapping[str, Collection[str]]) -> None:
    config: Any = course.directories.config
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = {INSTRUCTOR}
    config.WriteAddress.repository = course.settings.repository
    config.TagTests.credit = {name: list(tests) for name, tests in credit.items()}
    directories = course.directories
    directories.assignment_id = assignment
    log = logging.Logger("nbgrader", logging.WARNING)
    errors = _Errors()
    log.addHandler(errors)
    with calling_nbgrader():
        try:
            steps = GenerateAssignment(coursedir=directories, config=config).preprocessors
            frame = [step for step in steps if step is IncludeHeaderFooter]  # what it adds is treated like the rest
            config.StudentEdition.preprocessors = [*frame, *OWN, *(step for step in steps if step not in frame)]
            StudentEdition(coursedir=directories, config=config, force=True, log=log).start()
        except Exception as error:
            message = "\n".join(errors.told) or str(error)
            if "submissions associated" in message:
                message += (
                    "\nOnce there are submissions, cells can be corrected but not added or removed: "
                    "give the new version another assignment name."
                )
            raise CourseError(f"nbgrader cannot make the release of {assignment!r}:\n{message}") from error


class _Errors(logging.Handler):
    """Keeps what nbgrader says when it refuses a notebook, with the cell that it looked at, without tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text, error = record.getMessage().strip(), sys.exc_info()[1]  # nbgrader logs while it handles the exception
        if text.startswith(("There was an error processing assignment", "Please see the the above traceback")):
            return
        if text.startswith("Traceback"):
            text = getattr(error, "message", "") or str(error) or type(error).__name__
        elif isinstance(error, SchemaTooOldError):
            text = " ".join(text.split())
        if (name := _cell_of(error)) and name not in text:
            text = f"the cell {name}: {text}"
        if not any(text in told for told in self.told):
            self.told.append(text)


def _cell_of(error: BaseException | None) -> str:
    """Return the name of the cell at which an exception of nbgrader's arose, or ""."""
    traceback, cell = error.__traceback__ if error else None, None
    while traceback is not None:
        found = traceback.tb_frame.f_locals.get("cell")
        cell = found if isinstance(found, NotebookNode) else cell
        traceback = traceback.tb_next
    return "" if cell is None else str(grade_id(cell) or cell.get("id", ""))
