"""Where a course keeps things, read from nbgrader's own configuration.

A course is a folder with an ``nbgrader_config.py``; directory names, the database and the course's
name come from nbgrader's `CourseDirectory`, so nbgrader's own commands and formgrader work on the
same files.
"""

from __future__ import annotations

import copy
import dataclasses
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from jupyter_core.paths import jupyter_config_path
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from traitlets import Bool, Dict, Float, Int, List, Unicode
from traitlets.config import Config, Configurable
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from autograder.plan import Limits

CONFIG_NAME = "nbgrader_config.py"
STATE_FOLDER = ".autograder"
ANY_STUDENT = "any-student"


class CourseError(ValueError):
    """A mistake in how a command was called or a course set up; the message says what to do."""


class Autograder(Configurable):
    """The autograder's own settings, given as ``c.Autograder.…`` in ``nbgrader_config.py``."""

    packages = List(Unicode(), help="Packages a notebook may import besides what is installed with Python.").tag(
        config=True
    )
    masked = Dict(
        value_trait=List(Unicode()),
        key_trait=Unicode(),
        help="By assignment, the modules that students' code cannot import while graded: they hold the answers.",
    ).tag(config=True)
    shared = List(
        Unicode(),
        help="Assignments whose tests run in the student's own process, as nbgrader's do. Those can be cheated.",
    ).tag(config=True)
    require_sandbox = Bool(sys.platform == "linux", help="Refuse to grade where bubblewrap does not work.").tag(
        config=True
    )
    workers = Int(0, help="How many submissions to run at once; 0 means one a core.").tag(config=True)
    cell_seconds = Float(Limits.cell_seconds, help="Computing time of a cell, in seconds.").tag(config=True)
    notebook_seconds = Float(Limits.notebook_seconds, help="Computing time of a notebook.").tag(config=True)
    wall_factor = Float(Limits.wall_factor, min=1, help="How many times longer it may take by the clock.").tag(
        config=True
    )
    output_characters = Int(Limits.output_characters, help="Text that a cell may print.").tag(config=True)
    memory_bytes = Int(Limits.memory_bytes, help="Memory of a submission, all its processes together.").tag(config=True)
    processes = Int(Limits.processes, help="Processes and threads of a submission.").tag(config=True)
    release_files = List(Unicode(), ["*"], help="Files beside the notebooks to hand out, as patterns.").tag(config=True)
    withheld_files = List(Unicode(), help="Which of them are not, as patterns.").tag(config=True)
    repository = Unicode(
        help="Public git address of the course, such as https://github.com/owner/name. The release writes it where "
        "a notebook has <address of this repository>: in the cell that installs a missing library."
    ).tag(config=True)
    submission_bytes = Int(20 * 2**20, help="Size of a submitted notebook.").tag(config=True)


@dataclass(frozen=True)
class Course:
    """A course folder and its configuration.

    Attributes
    ----------
    root : Path
        The folder with ``nbgrader_config.py``.
    config : traitlets.config.Config
        nbgrader's configuration, from the user's and the course's files.
    """

    root: Path
    config: Config

    @classmethod
    def find(cls, start: Path) -> Course:
        """Return the course in `start` or in the nearest folder above it.

        Raises
        ------
        CourseError
            If there is none, or its configuration cannot be read.
        """
        start = start.resolve()
        for folder in (start, *start.parents):
            if (folder / CONFIG_NAME).is_file():
                return cls(folder, _check(folder, _load(folder)))
        raise CourseError(
            f"a course is a folder with {CONFIG_NAME}; there is none in {start} or above it: "
            "change into a course folder or name it with --course"
        )

    def moved(self, **directories: str) -> Course:
        """Return the course with some of `CourseDirectory`'s traits replaced, such as ``db_url``."""
        config = copy.deepcopy(self.config)
        config.CourseDirectory.update(directories)
        return dataclasses.replace(self, config=config)

    @property
    def directories(self) -> CourseDirectory:
        """The folders as nbgrader itself sees them."""
        config = copy.deepcopy(self.config)
        config.CourseDirectory.root = str(self.root)
        return CourseDirectory(config=config)

    @property
    def settings(self) -> Autograder:
        """The autograder's own settings."""
        return Autograder(config=self.config)

    @property
    def limits(self) -> Limits:
        """The limits of one submission."""
        names = "cell_seconds", "notebook_seconds", "wall_factor", "output_characters", "memory_bytes", "processes"
        return Limits(**{name: getattr(self.settings, name) for name in names})

    @property
    def db_url(self) -> str:
        """The gradebook's SQLAlchemy address."""
        return str(self.directories.db_url)

    @property
    def course_id(self) -> str:
        """The course's name in the gradebook."""
        return str(self.directories.course_id)

    def folder(self, step: str, assignment: str, student: str = ".") -> Path:
        """Return the folder of an assignment at one of nbgrader's steps.

        Parameters
        ----------
        step : {"source", "release", "submitted", "autograded", "feedback"}
            The step whose directory is wanted.
        assignment, student : str
            Names as nbgrader uses them; "." where the step has no student.
        """
        directories = self.directories
        step_directory = getattr(directories, f"{step}_directory")
        # made absolute without following links: whether a submission is one is for intake to judge
        return Path(os.path.abspath(directories.format_path(step_directory, student, assignment)))

    def state(self, assignment: str) -> Path:
        """Return the folder of the autograder's own records of an assignment."""
        return self.root / STATE_FOLDER / assignment

    @property
    def assignments(self) -> list[str]:
        """The names of the assignments that have a source folder with a notebook, sorted."""
        parent = self.folder("source", ".")
        found = parent.iterdir() if parent.is_dir() else ()
        return sorted(path.name for path in found if path.is_dir() and any(path.glob("*.ipynb")))

    def check_assignment(self, assignment: str) -> str:
        """Return the name if the course has such an assignment; raise `CourseError` otherwise."""
        if assignment not in self.assignments:
            known = ", ".join(self.assignments) or "none"
            where = self.folder("source", assignment).parent
            raise CourseError(f"there is no assignment {assignment!r} in {where}; there are: {known}")
        return assignment

    def students(self, assignment: str) -> list[str]:
        """Return the names of the students with a folder for this assignment, sorted."""
        parent, rest = self.submissions(assignment)
        found = parent.iterdir() if parent.is_dir() else ()
        return sorted(path.name for path in found if os.path.lexists(path / rest))

    def submissions(self, assignment: str) -> tuple[Path, Path]:
        """Return the folder with a folder for each student, and where in theirs an assignment's submission lies."""
        parts = self.folder("submitted", assignment, ANY_STUDENT).parts
        position = parts.index(ANY_STUDENT)
        return Path(*parts[:position]), Path(*parts[position + 1 :])


@contextmanager
def only_writer(course: Course) -> Iterator[None]:
    """Hold the course's lock; the operating system frees it even when the process is killed.

    Raises
    ------
    CourseError
        If somebody else holds it.
    """
    path = course.state(".") / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise CourseError("another run is writing to this course's gradebook; wait until it has ended") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def calling_nbgrader() -> Iterator[None]:
    """Prepare the process for calls of nbgrader.

    It calls ``alembic`` by name, which an environment that is not activated does not find, and its
    queries draw warnings from SQLAlchemy that tell a user nothing.
    """
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)
            yield
    except SQLAlchemyError as error:
        raise CourseError(f"the gradebook cannot be used: {error}") from error
    finally:
        os.environ["PATH"] = before


def _check(folder: Path, config: Config) -> Config:
    """Refuse settings by which the autograder would overlook a secret, or read another file than it should."""
    for preprocessor in (ClearHiddenTests, ClearSolutions, ClearMarkScheme):
        usual, configured = preprocessor(), preprocessor(config=config)
        for name in usual.class_trait_names(config=True):
            if "delimeter" in name and getattr(usual, name) != getattr(configured, name):
                raise CourseError(
                    f"c.{preprocessor.__name__}.{name} must be nbgrader's own, {getattr(usual, name)!r}, or hidden "
                    f"tests and answers are not recognised; it is {getattr(configured, name)!r}: remove the setting"
                )
    if {"?", "%", "#"} & set(str(folder)) and "db_url" not in config.CourseDirectory:
        raise CourseError(
            f"the path {folder} holds ?, % or #, which the gradebook's address cannot: "
            "rename the folder or set c.CourseDirectory.db_url"
        )
    return config


def _load(folder: Path) -> Config:
    config = Config()
    for place in [*reversed(jupyter_config_path()), str(folder)]:
        loader: Any = PyFileConfigLoader(CONFIG_NAME, path=place)
        try:
            config.merge(loader.load_config())
        except ConfigFileNotFound:
            continue
        except Exception as error:
            raise CourseError(f"{Path(place, CONFIG_NAME)} cannot be read: {type(error).__name__}: {error}") from error
    return config
