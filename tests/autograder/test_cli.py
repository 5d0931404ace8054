"""The commands as a user types them: output, exit status, and no traceback for a user's mistake."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from course_maker import hand_in
from nbgrader.api import Gradebook
from test_grade import answered

from autograder.cli import main
from autograder.cli.main import COMMANDS
from autograder.course import calling_nbgrader
from autograder.doctor import FOR_GRADERS, SAFE_FILTER
from autograder.sandbox.probe import Probe
from autograder.sandbox.surroundings import package_paths


def call(course, *words, status=0):
    result = CliRunner().invoke(main, ["--course", str(course.root), *words])
    assert result.exit_code == status, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert "--json" in result.output


def test_help_lists_the_commands_and_unknown_ones_are_refused():
    assert all(command in CliRunner().invoke(main, ["--help"]).output for command in COMMANDS)
    assert CliRunner().invoke(main, ["grad"]).exit_code == 2


def test_the_whole_loop(course):
    released = json.loads(call(course, "release", "--json").stdout)
    assert released["released"] == {"small": str(course.folder("release", "small"))}
    hand_in(course, "ada", answered())
    hand_in(course, "bob", b"{")
    shown = call(course, "grade", "small")
    assert "not gradable" in shown.stdout
    assert "2 graded now, 0 already graded before, 0 could not be run" in shown.stdout
    data = json.loads(call(course, "grade", "small", "--json").stdout)
    assert data["kept"] == 2
    assert [(one["student"], one["status"], one["score"]) for one in data["submissions"]] == [
        ("ada", "graded", 5.0),
        ("bob", "not_gradable", 0.0),
    ]
    pages = json.loads(call(course, "feedback", "small", "--json").stdout)["pages"]
    assert len(pages) == 2
    (course.root / "submitted" / "carl.ipynb").write_text("{}")
    told = call(course, "grade", "small")
    assert "submitted/carl.ipynb" in told.stderr
    assert "submitted/STUDENT/small/" in told.stderr.replace("\n", "")
    assert json.loads(call(course, "grade", "small", "--json").stdout)["misplaced"] == ["submitted/carl.ipynb"]
    report = json.loads(call(course, "report", "small", "--json").stdout)
    assert set(report) == {"html", "csv", "failures", "assignment", "earlier_release"}
    (course.folder("autograded", "small", "bob") / "small.ipynb").write_text("{")
    partly = call(course, "feedback", "small", status=1)
    assert "1 pages" in partly.stdout
    assert "bob: NotGradable" in partly.stderr


def test_points_by_hand_lateness_and_an_unreadable_time_reach_every_output(released):
    assert "small: no date" in call(released, "due", "small").stdout
    assert "due 2026-11-01 12:00:00 UTC" in call(released, "due", "small", "2026-11-01 13:00 +0100").stdout
    assert json.loads(call(released, "due", "small", "--json").stdout)["due"] == "2026-11-01T12:00:00Z"
    times = {"intime": "2026-11-01 12:30:00 +0100", "late": "2026-11-01T12:30:00Z", "odd": "02.11.2026 12:00:00 UTC"}
    for student, text in times.items():
        path = hand_in(released, student, answered())
        (path.parent / "timestamp.txt").write_text(text)
    assert "+?" in call(released, "grade", "small").stdout
    with calling_nbgrader(), Gradebook(released.db_url, released.course_id) as gradebook:
        grade = gradebook.find_grade("why", "small", "small", "late")
        grade.manual_score, grade.needs_manual_grade = 4, False
        gradebook.db.commit()
    data = {one["student"]: one for one in json.loads(call(released, "grade", "small", "--json").stdout)["submissions"]}
    assert [data[name]["seconds_late"] for name in ("intime", "late", "odd")] == [0, 1800, 0]
    assert [data[name]["score"] for name in ("intime", "late", "odd")] == [5, 9, 5]
    assert [data[name]["needs_manual_grade"] for name in ("intime", "late", "odd")] == [True, False, True]
    remark = "timestamp.txt: '02.11.2026 12:00:00 UTC' is not read"
    assert remark in data["odd"]["refused"][0]
    page, *_ = json.loads(call(released, "report", "small", "--json").stdout).values()
    pages = {path: html.unescape(Path(path).read_text()) for path in [page, *feedback_pages(released)]}
    assert [remark in text for path, text in sorted(pages.items())] == [
        "/odd/" in path or path == page for path in sorted(pages)
    ]


def feedback_pages(course):
    return json.loads(call(course, "feedback", "small", "--json").stdout)["pages"]


@pytest.mark.parametrize("moment", ["01.11.2026 12:00", "2026-11-01 12:00", "2026-11-01 12:00 CET", "tomorrow"])
def test_a_due_date_that_could_mean_two_is_refused(released, moment):
    assert "is not read" in call(released, "due", "small", moment, status=1).stderr
    assert "small: no date" in call(released, "due", "small").stdout


def test_an_unfit_assignment_is_not_released(course):
    path = course.folder("source", "small") / "small.ipynb"
    path.write_text(path.read_text().replace("return x / 2", "return x / 3"))
    shown = call(course, "release", status=1)
    assert "test_half: AssertionError" in shown.stdout
    assert not course.folder("release", "small").exists()
    assert json.loads(call(course, "validate", "--json", status=1).stdout)["assignments"][0]["passed"] is False


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("validate", "smal"), "no assignment 'smal'"),
        (("release", "smal"), "no assignment 'smal'"),
        (("grade", "small"), "is not released"),
        (("report", "smal"), "no assignment 'smal'"),
        (("demo", "smal"), "no assignment 'smal'"),
    ],
)
def test_mistakes_of_the_user_are_explained(course, words, message):
    result = call(course, *words, status=1)
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_no_course(tmp_path):
    result = CliRunner().invoke(main, ["--course", str(tmp_path), "grade", "small"])
    assert result.exit_code == 1
    assert "there is none in" in result.stderr


def test_without_a_sandbox_it_is_said_loudly_or_refused(released, monkeypatch):
    monkeypatch.setattr("autograder.sandbox.probe.probe", lambda: Probe("none", reason="it is not installed"))
    hand_in(released, "ada", answered())
    assert "No sandbox: it is not installed" in call(released, "grade", "small").stderr


def test_a_required_sandbox_that_is_missing(released, monkeypatch):
    monkeypatch.setenv("PATH", "")
    from autograder.sandbox.probe import probe

    probe.cache_clear()
    try:
        hand_in(released, "ada", answered())
        result = call(released, "grade", "small", "--sandbox=require", status=1)
    finally:
        probe.cache_clear()
    assert "a sandbox is required" in result.stderr
    assert not released.folder("autograded", "small", "ada").exists()


def test_the_demo_does_not_touch_other_folders(released, tmp_path):
    folder = tmp_path / "precious"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    result = call(released, "demo", "--workspace", str(folder), status=1)
    assert "holds other things" in result.stderr
    assert (folder / "thesis.txt").exists()


def test_doctor(released, tmp_path):
    findings = json.loads(call(released, "doctor", "--json").stdout)["findings"]
    states = {one["topic"]: one["state"] for one in findings}
    assert states["Python"] == states["alembic"] == states["course"] == "ok"
    assert "bubblewrap" in next(one["text"] for one in findings if one["topic"] == "sandbox")
    (tmp_path / "nowhere").mkdir()
    shown = CliRunner().invoke(main, ["--course", str(tmp_path / "nowhere"), "doctor"])
    assert "there is none in" in shown.stdout


@pytest.mark.parametrize("name", ["no_such_package", "no_such_package.part", ".part"])
def test_doctor_finds_a_missing_package(released, name):
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text() + f"c.Autograder.packages = [{name!r}]\n")
    assert f"{name!r}, which is not installed" in call(released, "doctor", status=1).stdout
    with pytest.raises(ValueError, match="which is not installed here"):
        package_paths((name,))


def test_doctor_reads_settings_that_are_added_to(released):
    config = released.root / "nbgrader_config.py"
    lines = [
        f"c.HTMLExporter.preprocessors.append({FOR_GRADERS!r})",
        f"c.HTMLExporter.filters.update({{'markdown2html': {SAFE_FILTER!r}}})",
    ]
    config.write_text("\n".join([config.read_text(), *lines]))
    findings = json.loads(call(released, "doctor", "--json").stdout)["findings"]
    told = " ".join(one["text"] for one in findings if one["topic"] == "formgrader")
    assert "rubrics" not in told
    assert "what students write" not in told


@pytest.mark.parametrize("line", ["masked = {'01_neuran': ['mlpkit']}", "shared = ['01_neuran']"])
def test_doctor_finds_settings_of_assignments_that_are_not_there(released, line):
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text() + f"c.Autograder.{line}\n")
    assert "names '01_neuran', which is no assignment here" in call(released, "doctor", status=1).stdout


def test_doctor_knows_that_postgresql_needs_a_course_id(released):
    config = released.root / "nbgrader_config.py"
    config.write_text(
        config.read_text() + "c.CourseDirectory.db_url = 'postgresql://x'\nc.CourseDirectory.course_id = ''\n"
    )
    assert "needs c.CourseDirectory.course_id" in call(released, "doctor", status=1).stdout
