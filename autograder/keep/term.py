"""The next term: a course without its students."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from nbgrader.preprocessors import ClearSolutions

from autograder.course import CONFIG_NAME, Course, CourseError, calling_nbgrader
from autograder.files import write_atomically
from autograder.grade.record import Recorder
from autograder.keep.archive import elsewhere, gradebook_file
from autograder.names import unfit
from autograder.notebook.read import NotGradable, read_notebook
from autograder.notebook.roles import grade_id

UNWANTED = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__", ".DS_Store")


@dataclass(frozen=True)
class Term:
    """A course of a new term.

    Attributes
    ----------
    course : Course
        It has the old one's configuration and sources.
    edited : dict of str to list of str
        By assignment, the cells that were edited after the last release of the old term.
    left : list of str
        What else lies in the old folder and was not taken.
    """

    course: Course
    edited: dict[str, list[str]]
    left: list[str]


def new_term(course: Course, folder: Path, course_id: str | None = None) -> Term:
    """Copy a course's configuration and sources into a new folder: no student, no points, no release.

    Parameters
    ----------
    course : Course
        Last term's.
    folder : Path
        Where to put the new one; it must not exist or be empty.
    course_id : str, optional
        The name of the new course in its gradebook.

    Raises
    ------
    CourseError
        If the folder is not empty or lies among the sources, or the configuration names places outside the course
        folder, which both terms would share.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} is not empty: begin the term in a new folder")
    if course_id is not None and (reason := unfit(course_id)):
        raise CourseError(f"{course_id!r} cannot be the name of a course: {reason}")
    if shared := elsewhere(course):
        raise CourseError(f"{shared[0]}, which both terms would share: change that first")
    source = course.folder("source", ".")
    if folder.resolve().is_relative_to(source.resolve()):
        raise CourseError(f"{folder} lies in {source}, which is copied there: begin the term beside it")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, folder / source.relative_to(course.root), ignore=UNWANTED, dirs_exist_ok=True)
    config = (course.root / CONFIG_NAME).read_text(encoding="utf-8")
    if course_id is not None:
        config += f"\n# The name of this term's course.\nc.CourseDirectory.course_id = {course_id!r}\n"
    write_atomically(folder / CONFIG_NAME, config)
    taken = {CONFIG_NAME, source.relative_to(course.root).parts[0]}
    left = sorted(path.name for path in course.root.iterdir() if path.name not in taken)
    edited = {name: cells for name in course.assignments if (cells := edited_since_release(course, name))}
    return Term(Course.find(folder), edited, left)


def edited_since_release(course: Course, assignment: str) -> list[str]:
    """Return the cells of the sources that are not as they were last released, by NOTEBOOK/NAME; none if never.

    Answers do not count, which no student had; tests that nbgrader makes by itself are not compared.
    """
    file = gradebook_file(course)
    if file is not None and not file.exists():
        return []
    try:
        with calling_nbgrader(), Recorder(course, assignment) as recorder:
            released = recorder.sources()
    except CourseError:  # it never was
        return []
    now: dict[str, str] = {}
    for path in sorted(course.folder("source", assignment).glob("*.ipynb")):
        try:
            notebook = read_notebook(path.read_bytes(), outputs=False)
            cells = ClearSolutions(config=course.config).preprocess(notebook, {})[0].cells
        except (NotGradable, ValueError, RuntimeError):  # `validate` says what is wrong with it
            continue
        now |= {f"{path.stem}/{name}": cell.source for cell in cells if (name := grade_id(cell))}
    changed = (name for name in released.keys() | now.keys() if released.get(name) != now.get(name))
    return sorted(name for name in changed if "AUTOTEST" not in now.get(name, ""))
