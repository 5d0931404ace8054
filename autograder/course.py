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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from jupyter_core.paths import jupyter_config_path
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from autograder.characters import one_line
from autograder.names import meant, unfit
from autograder.plan import Limits
from autograder.settings import Autograder, doubts, faults

CONFIG_NAME = "nbgrader_config.py"
STATE_FOLDER = ".autograder"
ANY_STUDENT = "any-student"


class CourseError(ValueError):
    """A mistake in how a command was called or a course set up; the message says what to do."""


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
        if folder := cls.place(start):
            return cls(folder, _check(folder, _load(folder)))
        raise CourseError(
            f"a course is a folder with {CONFIG_NAME}; there is none in {start.resolve()} or above it: "
            "change into a course folder or name it with --course"
        )

    @staticmethod
    def place(start: Path) -> Path | None:
        """Return the folder of the course in `start` or in the nearest folder above it, None if there is none."""
        start = start.resolve()
        return next((one for one in (start, *start.parents) if (one / CONFIG_NAME).is_file()), None)

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
    def doubts(self) -> list[str]:
        """Settings that nbgrader does not know, one line each: most likely misspelt, and of no effect."""
        return doubts(self.config)

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
        return sorted(
            path.name for path in found if path.is_dir() and not path.name.startswith(".") and any(path.glob("*.ipynb"))
        )

    def check_assignment(self, assignment: str) -> str:
        """Return the name if the course has such an assignment; raise `CourseError` otherwise."""
        known = self.assignments
        if reason := unfit(assignment):
            suggestion = meant(assignment, known)
            raise CourseError(f"{assignment!r} cannot be the name of an assignment: {reason}{suggestion}")
        if assignment not in known:
            where = self.folder("source", assignment).parent
            if not known:
                raise CourseError(f"there is no assignment {assignment!r}: {where} holds none with a notebook")
            instead = meant(assignment, known) or f"; there are: {', '.join(known)}"
            raise CourseError(f"there is no assignment {assignment!r} in {where}{instead}")
        return assignment

    def chosen(self, assignments: Sequence[str]) -> tuple[str, ...]:
        """Return the assignments that were named, each once and checked; all of the course if none was."""
        if found := tuple(map(self.check_assignment, dict.fromkeys(assignments))) or tuple(self.assignments):
            return found
        raise CourseError(
            f"the course has no assignment: {self.folder('source', 'NAME')} would be the folder of one named NAME, "
            "with its notebook"
        )

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
        raise CourseError(f"the gradebook cannot be used: {one_line(str(error))}") from error
    except ModuleNotFoundError as error:  # the driver of a database
        raise CourseError(f"the gradebook cannot be used: the package {error.name} is missing") from error
    finally:
        os.environ["PATH"] = before


def _check(folder: Path, config: Config) -> Config:
    """Refuse settings of the wrong name or type, by which a secret would be overlooked, or another file be read."""
    if wrong := faults(config):
        raise CourseError("\n".join(wrong))
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
