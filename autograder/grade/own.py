"""The course's own notebooks: one that cannot be read is the instructor's to mend, and is named."""

from __future__ import annotations

from pathlib import Path

from nbformat.notebooknode import NotebookNode

from autograder.course import CourseError
from autograder.notebook.read import NotGradable, read_notebook


def read_own(path: Path, *, outputs: bool = True) -> NotebookNode:
    """Return a notebook of the course: a source, a release, or what was graded.

    Parameters
    ----------
    path : Path
        Its file.
    outputs : bool
        Whether its outputs are wanted.

    Raises
    ------
    CourseError
        If it is no notebook.
    OSError
        If there is no such file.
    """
    try:
        return read_notebook(path.read_bytes(), outputs=outputs)
    except NotGradable as problem:
        raise CourseError(f"{path}: {problem}") from problem
