"""A course from nothing, the next term, and a backup that goes on elsewhere without grading anything again."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from datetime import datetime

import nbformat
import pytest
from click.testing import CliRunner
from course_maker import hand_in
from nbgrader.api import Gradebook
from test_corrections import call
from test_run import HereAndNow

from autograder.cli import main
from autograder.course import Course, CourseError, calling_nbgrader, only_writer
from autograder.grade import task as task_module
from autograder.grade.dates import extend, set_due
from autograder.grade.run import grade
from autograder.keep.archive import LABEL, backup, restore
from autograder.keep.begin import init, new_assignment
from autograder.keep.term import edited_since_release, new_term
from autograder.plan import CellOutcome, Outcome
from autograder.release.audit import EQUIVALENT
from autograder.release.validate import validate
from autograder.results.scores import standings


@pytest.fixture
def executed(monkeypatch):
    """What was executed; every cell ends well."""
    jobs = []

    def execute(job, launch):
        jobs.append(job)
        return Outcome(tuple(CellOutcome(cell.key, "ok") for cell in job.cells))

    monkeypatch.setattr(task_module, "execute", execute)
    monkeypatch.setattr("autograder.sandbox.launch.why_not", lambda probe: "no worker is needed")
    return jobs


@pytest.fixture
def graded(unchecked, executed):
    """A course with a graded submission, points by hand, a date, an extension and a link that a student handed in."""
    released = nbformat.read(unchecked.folder("release", "small") / "small.ipynb", as_version=4)
    path = hand_in(unchecked, "ada", released)
    path.with_name("secrets").symlink_to("/etc/passwd")
    hand_in(unchecked, "müßig", released)
    set_due(unchecked, "small", datetime(2026, 11, 1))
    extend(unchecked, "small", "eve", datetime(2026, 11, 3))
    run(unchecked)
    with calling_nbgrader(), Gradebook(unchecked.db_url, unchecked.course_id) as gradebook:
        entry = gradebook.find_grade("why", "small", "small", "ada")
        entry.manual_score, entry.needs_manual_grade = 3, False
        gradebook.db.commit()
    (unchecked.root / "submitted" / "ada" / "empty").mkdir()
    return unchecked


def run(course):
    return grade(course, "small", engine=HereAndNow(), trusted=True)


def test_a_backup_restored_elsewhere_grades_nothing_again(graded, executed, tmp_path):
    before = standings(graded, "small")
    (graded.root / EQUIVALENT).write_text("[small]\n")
    file, folder = tmp_path / "kept" / "course.tar.gz", tmp_path / "else where"
    told = call(graded, "backup", str(file))
    assert "course.tar.gz" in told.stdout.replace("\n", "")
    assert file.stat().st_mode & 0o077 == 0
    shutil.rmtree(graded.root)
    executed.clear()
    data = json.loads(CliRunner().invoke(main, ["restore", str(file), str(folder), "--json"]).stdout)
    assert data == {"course": str(folder), "assignments": ["small"], "outside": []}
    course = Course.find(folder)
    again = run(course)
    assert (again.kept, len(again.results), executed) == (2, 2, [])
    assert standings(course, "small") == before
    assert os.readlink(folder / "submitted" / "ada" / "small" / "secrets") == "/etc/passwd"
    assert (folder / "submitted" / "ada" / "empty").is_dir()
    assert (folder / EQUIVALENT).read_text() == "[small]\n"
    assert call(course, "due", "small").stdout.count("eve") == 1
    assert (course.state("small") / "results" / "ada.json").stat().st_mode & 0o077 == 0


def test_a_backup_waits_for_no_run_and_overwrites_nothing(graded, tmp_path):
    with only_writer(graded):
        assert "another run is writing" in call(graded, "backup", str(tmp_path / "b.tar.gz"), status=1).stderr
    backup(graded, tmp_path / "b.tar.gz")
    assert "is there already" in call(graded, "backup", str(tmp_path / "b.tar.gz"), status=1).stderr
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_what_lies_elsewhere_is_named(graded, tmp_path):
    config = graded.root / "nbgrader_config.py"
    config.write_text(config.read_text() + f"c.CourseDirectory.submitted_directory = {str(tmp_path / 'inbox')!r}\n")
    course = Course.find(graded.root)
    _, left = backup(course, tmp_path / "b.tar.gz")
    assert left == [f"{tmp_path / 'inbox'} lies outside the course folder"]
    with pytest.raises(CourseError, match="which both terms would share"):
        new_term(course, tmp_path / "next")
    told = CliRunner().invoke(main, ["restore", str(tmp_path / "b.tar.gz"), str(tmp_path / "back")]).stderr
    assert "warning: c.CourseDirectory.submitted_directory names" in told


def made(path, *members):
    with tarfile.open(path, "w:gz") as archive:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.size = kind, len(content) if kind == tarfile.REGTYPE else 0
            info.linkname = content.decode() if kind == tarfile.SYMTYPE else ""
            archive.addfile(info, io.BytesIO(content) if kind == tarfile.REGTYPE else None)
    return path


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("a", tarfile.REGTYPE, b"")], "not made by `autograder backup`"),
        ([(LABEL, tarfile.REGTYPE, b""), ("../a", tarfile.REGTYPE, b"x")], "'../a' would lie outside"),
        ([(LABEL, tarfile.REGTYPE, b""), ("/tmp/a", tarfile.REGTYPE, b"x")], "would lie outside"),
        ([(LABEL, tarfile.REGTYPE, b""), ("pipe", tarfile.FIFOTYPE, b"")], "neither file, folder nor link"),
        (
            [(LABEL, tarfile.REGTYPE, b""), ("l", tarfile.SYMTYPE, b"{outside}"), ("l/a", tarfile.REGTYPE, b"x")],
            "is no whole backup",
        ),
        (
            [(LABEL, tarfile.REGTYPE, b""), ("l", tarfile.SYMTYPE, b"{outside}"), ("l/a", tarfile.SYMTYPE, b"x")],
            "'l/a' would lie behind a link",
        ),
    ],
)
def test_nothing_is_written_outside_or_left_of_another_file(tmp_path, members, said):
    outside = tmp_path / "outside"
    outside.mkdir()
    members = [(name, kind, content.replace(b"{outside}", str(outside).encode())) for name, kind, content in members]
    with pytest.raises(CourseError, match=said.replace(".", r"\.")):
        restore(made(tmp_path / "b.tar.gz", *members), tmp_path / "new" / "course")
    assert list(outside.iterdir()) == []
    assert list((tmp_path / "new").iterdir()) == []


def test_a_cut_file_or_none_is_refused(graded, tmp_path):
    backup(graded, tmp_path / "b.tar.gz")
    whole = (tmp_path / "b.tar.gz").read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 9):
        (tmp_path / "cut.tar.gz").write_bytes(whole[:size])
        with pytest.raises(CourseError, match="is no whole backup"):
            restore(tmp_path / "cut.tar.gz", tmp_path / "new")
        assert not (tmp_path / "new").exists()
    with pytest.raises(CourseError, match="there is no file"):
        restore(tmp_path / "none.tar.gz", tmp_path / "new")
    with pytest.raises(CourseError, match="is not empty"):
        restore(tmp_path / "b.tar.gz", graded.root)


def test_the_next_term_has_the_sources_and_no_student(graded, tmp_path):
    assert edited_since_release(graded, "small") == []
    path = graded.folder("source", "small") / "small.ipynb"
    path.write_text(path.read_text().replace("assert half(3) == 1.5", "assert half(5) == 2.5"))
    (graded.root / "roster.csv").write_text("ada")
    told = call(graded, "new-term", str(tmp_path / "next"), "--id", "next_course")
    assert "small was edited after its last release: small/test_half" in told.stdout
    assert "roster.csv" in told.stdout
    course = Course.find(tmp_path / "next")
    assert (course.course_id, course.assignments) == ("next_course", ["small"])
    assert sorted(one.name for one in course.root.iterdir()) == ["nbgrader_config.py", "solutions"]
    assert "is not empty" in call(graded, "new-term", str(tmp_path / "next"), status=1).stderr


def test_a_course_from_nothing_passes_every_check(tmp_path):
    folder = tmp_path / "my course"
    assert CliRunner().invoke(main, ["init", str(folder), "--id", "mine"]).exit_code == 0
    course = Course.find(folder)
    assert course.course_id == "mine"
    assert "week1.ipynb is written" in call(course, "new", "week1/").stdout.replace("\n", " ")
    validation = validate(course, "week1", strict=True)
    assert validation.passed, validation.checks
    assert len(validation.manifest.mistakes) == 2


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda course: init(course.root, "x"), "is a course already"),
        (lambda course: init(course.root / "new", "a/b"), "cannot be the name of a course"),
        (lambda course: new_assignment(course, "small"), "is there already"),
        (lambda course: new_assignment(course, "con"), "Windows keeps it for a device"),
        (lambda course: new_term(course, course.root / "next", "a/b"), "cannot be the name of a course"),
        (lambda course: new_term(course, course.folder("source", "next")), "begin the term beside it"),
    ],
)
def test_what_cannot_be_begun(course, act, said):
    with pytest.raises(CourseError, match=said):
        act(course)
