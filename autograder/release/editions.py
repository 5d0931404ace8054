"""The student edition of an assignment: nbgrader's, without instructor cells and stray files."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat.notebooknode import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import List, Unicode

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.notebook.read import read_notebook
from autograder.notebook.roles import INSTRUCTOR, is_test, tags
from autograder.release.beside import why_left_out
from autograder.release.leaks import public_attachments
from autograder.release.roles import contradictions

ADDRESS = "<address of this repository>"
"""Placeholder in a notebook for ``c.Autograder.repository``."""


def addressed(notebook: NotebookNode, repository: str) -> NotebookNode:
    """Write the course's address into a notebook, in place; without one its place stays as it is."""
    for cell in notebook.cells:
        if repository:
            cell.source = cell.source.replace(ADDRESS, repository)
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


class ExpectErrors(NbGraderPreprocessor):  # type: ignore[misc]
    """Tag the tests so that "Run All" goes on after one that fails, as all do before they are solved."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> tuple[NotebookNode, Any]:
        """Tag a test as Jupyter wants it: https://nbclient.readthedocs.io/en/latest/client.html."""
        if is_test(cell):
            cell.metadata.tags = [*tags(cell), "raises-exception"]
        return cell, resources


class StudentEdition(GenerateAssignment):  # type: ignore[misc]
    """nbgrader's own generator, without the cells tagged "instructor", with the address, with tests that may fail."""

    preprocessors = List(
        [
            TagRemovePreprocessor,
            OnlyPublic,
            WriteAddress,
            ExpectErrors,
            *GenerateAssignment.class_traits()["preprocessors"].default(),
        ]
    ).tag(config=True)


def generate(course: Course, assignment: str, target: Path) -> None:
    """Write the student edition into `target`, and its cells into the gradebook.

    Parameters
    ----------
    course : Course
        The course; its gradebook is made if there is none.
    assignment : str
        Name of the assignment.
    target : Path
        Folder to fill; files in it that are not part of the release are removed.

    Raises
    ------
    CourseError
        If nbgrader cannot convert a notebook; the message holds nbgrader's own words.
    """
    course.check_assignment(assignment)
    source = course.folder("source", assignment)
    _check_roles(assignment, source)
    with tempfile.TemporaryDirectory(prefix="autograder-release-") as build:
        building = course.moved(release_directory=build)
        _run_nbgrader(building, assignment)
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


def _check_roles(assignment: str, source: Path) -> None:
    """Refuse notebooks with a cell whose roles contradict each other."""
    found = [
        f"{path.name}: {problem}"
        for path in sorted(source.glob("*.ipynb"))
        for problem in contradictions(read_notebook(path.read_bytes()))
    ]
    if found:
        raise CourseError(f"nbgrader cannot make the release of {assignment!r}:\n" + "\n".join(found))


def _run_nbgrader(course: Course, assignment: str) -> None:
    config: Any = course.directories.config
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = {INSTRUCTOR}
    config.WriteAddress.repository = course.settings.repository
    directories = course.directories
    directories.assignment_id = assignment
    log = logging.Logger("nbgrader", logging.WARNING)
    errors = _FirstErrors()
    log.addHandler(errors)
    with calling_nbgrader():
        try:
            StudentEdition(coursedir=directories, config=config, force=True, log=log).start()
        except Exception as error:
            message = "\n".join(errors.lines) or str(error)
            if "submissions associated" in message:
                message += (
                    "\nOnce there are submissions, cells can be corrected but not added or removed: "
                    "give the new version another assignment name."
                )
            raise CourseError(f"nbgrader cannot make the release of {assignment!r}:\n{message}") from error


class _FirstErrors(logging.Handler):
    """Keeps the last line of the first errors that nbgrader logs: they name the cause if it fails."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines = [*self.lines, record.getMessage().strip().splitlines()[-1]][:3]
