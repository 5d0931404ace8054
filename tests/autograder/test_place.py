"""What is private stays invisible where it lies in a folder that workers see."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from sandboxes import needs_bubblewrap

from autograder.execute.session import execute
from autograder.plan import Cell, Job, Limits
from autograder.sandbox.launch import Launcher
from autograder.sandbox.place import covers


@pytest.fixture
def prefix(tmp_path):
    for name in ("prefix/lib", "prefix/course/.venv", "elsewhere/course"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "prefix")
    return tmp_path / "prefix"


def test_only_what_would_be_seen_is_covered(prefix):
    elsewhere = prefix.parent / "elsewhere" / "course"
    assert covers([elsewhere, prefix / "course", prefix / "missing"], [prefix, prefix / "lib"]) == (prefix / "course",)
    assert covers([elsewhere], [elsewhere / ".venv"]) == ()


def test_a_folder_is_covered_under_each_name_that_it_has(prefix):
    link = prefix.parent / "link"
    assert covers([link / "course"], [prefix, link]) == (link / "course", prefix / "course")


@pytest.mark.parametrize("visible", [["course"], ["", "course/.venv"]])
def test_what_workers_need_cannot_be_covered(prefix, visible):
    """A virtual environment made in the course folder itself, or in a course below a shown folder."""
    with pytest.raises(ValueError, match="move the course"):
        covers([prefix / "course"], [prefix / name for name in visible])


@pytest.mark.parametrize("forked", [True, False])
def test_a_course_in_the_prefix_of_python_is_not_there(forked):
    needs_bubblewrap()
    course = Path(tempfile.mkdtemp(prefix="course-", dir=sys.prefix))
    try:
        course.chmod(0o755)
        (course / "gradebook.db").write_text("velvet")
        code = f"import os\nsorted(os.listdir({str(course)!r})), os.access({str(course)!r}, os.W_OK)"

        def seen(launcher: Launcher) -> str:
            (cell,) = execute(Job((Cell(0, "c", code),), Limits()), launcher).cells
            return cell.outputs[-1]["data"]["text/plain"]

        def both(*private: Path) -> str:
            launcher = Launcher(private=private)
            if not forked:
                return seen(launcher)
            with launcher:
                return seen(launcher)

        assert "gradebook.db" in both()
        assert both(course) == "([], False)"
    finally:
        shutil.rmtree(course)
