"""A released small course for each test, and both kinds of sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import class_maker
import nbformat
import pytest
from click.testing import CliRunner
from course_maker import make_course, source_notebook, with_task
from sandboxes import needs_bubblewrap

from autograder.cli.main import main
from autograder.course import Course
from autograder.release.editions import generate
from autograder.release.publish import release_assignment
from autograder.release.validate import validate
from autograder.sandbox.launch import Launcher
from autograder.sandbox.probe import Probe


@pytest.fixture(scope="session", autouse=True)
def _new_gradebooks_are_quick(alembic_is_asked_once: None) -> None:
    """Every test here may make some."""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The small course, not yet released."""
    return make_course(tmp_path)


@pytest.fixture(scope="session")
def released_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("released")
    made = make_course(root)
    validation = validate(made, "small")
    assert validation.passed, validation.checks
    release_assignment(made, "small", validation)
    return root


@pytest.fixture
def released(released_template: Path, tmp_path: Path) -> Course:
    """The small course with its release and gradebook, fresh for each test."""
    root = tmp_path / "course-folder"
    shutil.copytree(released_template, root)
    return Course.find(root)


@pytest.fixture(scope="session")
def unchecked_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("unchecked")
    made = make_course(root, with_task(source_notebook()), shared=True)
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader starts another program to learn what version to write into a new gradebook
        patch.setattr("nbgrader.api.get_alembic_version", lambda: "head")
        generate(made, "small", made.folder("release", "small"))
    return root


@pytest.fixture
def unchecked(unchecked_template: Path, tmp_path: Path) -> Course:
    """The small course with a task, released without the checks that take seconds, fresh for each test."""
    root = tmp_path / "unchecked-course"
    shutil.copytree(unchecked_template, root)
    return Course.find(root)


@pytest.fixture(scope="module")
def notebook(unchecked_template: Path) -> bytes:
    """The bytes of a notebook with answers."""
    released = nbformat.read(unchecked_template / "course" / "small" / "small.ipynb", as_version=4)
    return nbformat.writes(class_maker.answered(released)).encode()


@pytest.fixture
def run(unchecked: Course) -> Callable[..., tuple[int, str]]:
    """A function that calls the command line in the course's folder, and returns its exit code and output."""

    def called(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["--course", str(unchecked.root), *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return called


@pytest.fixture(scope="session")
def forking() -> Iterator[Launcher]:
    """What starts workers as a run does: forked from one process, where that works."""
    needs_bubblewrap()
    with Launcher() as launcher:
        yield launcher


@pytest.fixture(params=["bubblewrap", pytest.param("none", marks=[pytest.mark.slow] if shutil.which("bwrap") else [])])
def launcher(request: pytest.FixtureRequest) -> Launcher:
    """What starts workers, once with bubblewrap and once without."""
    if request.param == "none":
        return Launcher(trusted=True, probe=Probe("none", reason="left out by the test"))
    found: Launcher = request.getfixturevalue("forking")
    return found
