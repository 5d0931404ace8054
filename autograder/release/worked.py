"""Worked solutions: a notebook with its answers, for those who learn by themselves or after a deadline."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.course import Course, CourseError
from autograder.files import remove_folder, write_atomically
from autograder.grade.own import read_own
from autograder.release.beside import why_left_out
from autograder.release.editions import addressed, framed
from autograder.release.mistakes import reference

FOLDER = "worked"
"""Beside the release, never in it."""
NOTE = (
    "*Worked solutions.* Each answer is one of many right ones. This notebook cannot be handed in: nothing is graded."
)


def write_worked(course: Course, assignment: str) -> Path:
    """Write the notebooks of an assignment with their answers, and without hidden tests and instructors' cells.

    The release is neither read nor changed.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of the assignment.

    Returns
    -------
    Path
        The folder, ``worked/`` and the assignment's name in the course's folder. What was in it is replaced.

    Raises
    ------
    CourseError
        If there is no such assignment, a notebook cannot be read, or the folder would lie in one that is handed out.
    """
    course.check_assignment(assignment)
    source, target = course.folder("source", assignment), course.root / FOLDER / assignment
    released = course.folder("release", assignment)
    if target.is_relative_to(released.parent) or released.is_relative_to(course.root / FOLDER):
        raise CourseError(
            f"worked solutions are written to {target.parent}, but the release lies in {released.parent}: "
            "choose another c.CourseDirectory.release_directory, or everybody would get them"
        )
    files = sorted(path for path in source.rglob("*") if path.is_file())
    taken = [path for path in files if not why_left_out(course, path.relative_to(source), source)]
    notebooks = {path: read_own(path) for path in taken if path.suffix == ".ipynb"}  # before anything is removed
    remove_folder(target)
    target.mkdir(parents=True)
    for path in taken:
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        if path in notebooks:
            notebook = addressed(framed(notebooks[path], course), course.settings.repository)
            write_atomically(to, nbformat.writes(worked(notebook)) + "\n")
        else:
            shutil.copyfile(path, to)
    return target


def worked(notebook: NotebookNode) -> NotebookNode:
    """Return a source notebook with its answers, as a text to read and to run; nothing in it can be graded.

    Parameters
    ----------
    notebook : NotebookNode
        The instructor's; it is left as it is.
    """
    answered = reference(notebook)
    for cell in answered.cells:
        cell.metadata.pop("nbgrader", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    answered.metadata.pop("widgets", None)
    answered.cells.insert(0, new_markdown_cell(NOTE, id="worked-solutions"))
    return answered
