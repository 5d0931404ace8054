"""Worked solutions are written beside the release, which never holds anything of them."""

from __future__ import annotations

import errno
import json
import os
import stat

import nbformat
import pytest
from click.testing import CliRunner
from course_maker import make_course, source_notebook, with_task

from autograder.cli import main
from autograder.course import Course, CourseError
from autograder.notebook.roles import grade_id
from autograder.release.editions import generate
from autograder.release.leaks import leaks
from autograder.release.worked import FOLDER, worked, write_worked

ANSWERS = ("return 2 * x", "return x / 2", "Because doubling undoes halving.")
SECRET = ("secret_number", "squared", "Two curves", "BEGIN", "END")


def test_worked_solutions_hold_the_answers_and_nothing_that_stays_secret():
    source = with_task(source_notebook())
    before = nbformat.writes(source)
    text = nbformat.writes(worked(source))
    assert nbformat.writes(source) == before
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert all(answer in text for answer in ANSWERS)
    assert not any(secret in text for secret in SECRET)
    assert [grade_id(cell) for cell in worked(source).cells if grade_id(cell)] == []


def test_the_switch_writes_them_and_the_release_stays_without(tmp_path, monkeypatch):
    course = make_course(tmp_path)
    (course.folder("source", "small") / "data.csv").write_text("1,2\n")
    (course.folder("source", "small") / ".notes").write_text("mine\n")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["release", "--solutions", "--json", "small"])
    assert done.exit_code == 0, done.output
    folder = course.root / FOLDER / "small"
    assert json.loads(done.output) == {"worked": {"small": str(folder)}}
    assert {path.name for path in folder.iterdir()} == {"small.ipynb", "data.csv"}
    assert all(answer in (folder / "small.ipynb").read_text(encoding="utf-8") for answer in ANSWERS)
    release = course.folder("release", "small")
    assert not release.exists()

    generate(course, "small", release)  # a release made afterwards, with the answers beside it
    files = [path for path in release.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"small.ipynb", "data.csv"}
    assert not any(answer in path.read_text(encoding="utf-8") for path in files for answer in ANSWERS)
    assert leaks({"small": source_notebook()}, release) == []
    found = leaks({"small": source_notebook()}, folder)
    assert any("return 2 * x" in one for one in found)  # so the search would have seen them


def test_they_are_not_written_into_what_is_handed_out(tmp_path):
    make_course(tmp_path)
    config = tmp_path / "nbgrader_config.py"
    config.write_text(config.read_text().replace('release_directory = "course"', f'release_directory = "{FOLDER}"'))
    with pytest.raises(CourseError, match=r"worked solutions are written to .* or everybody would get them"):
        write_worked(Course.find(tmp_path), "small")
    with pytest.raises(CourseError, match="nothing"):
        write_worked(Course.find(tmp_path), "nothing")


def test_a_damaged_source_leaves_those_that_are_there(tmp_path):
    course = make_course(tmp_path)
    before = (write_worked(course, "small") / "small.ipynb").read_bytes()
    (course.folder("source", "small") / "zz.ipynb").write_text("{")
    with pytest.raises(CourseError, match=r"zz\.ipynb"):
        write_worked(course, "small")
    assert (course.root / FOLDER / "small" / "small.ipynb").read_bytes() == before


def test_what_is_read_only_is_replaced_as_well(unchecked, monkeypatch):
    """Windows removes no read-only file; here, nobody may write into such a folder, and root may do everything."""
    target = write_worked(unchecked, "small")
    (target / "old").mkdir()
    (target / "old" / "file.txt").touch()
    (target / "old" / "file.txt").chmod(0o444)
    (target / "old").chmod(0o555)
    unlink = os.unlink

    def as_on_windows(path, *, dir_fd=None):
        if not os.stat(path, dir_fd=dir_fd).st_mode & stat.S_IWUSR:
            raise PermissionError(errno.EACCES, "read-only", path)
        unlink(path, dir_fd=dir_fd)

    monkeypatch.setattr("os.unlink", as_on_windows)
    assert write_worked(unchecked, "small") == target
    assert not (target / "old").exists()
    assert (target / "small.ipynb").exists()
