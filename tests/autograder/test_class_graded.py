"""A class from an LMS and back with real grading: a few always, all 300 in the long run."""

from __future__ import annotations

import json

import class_maker
import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from test_regrade import correct

from autograder.cli.main import main
from autograder.course import calling_nbgrader
from autograder.results.scores import standings


def call(course, *arguments):
    ran = CliRunner().invoke(main, ["--course", str(course.root), *map(str, arguments)])
    assert ran.exit_code == 0, ran.output
    return ran.output


ODD = ("text", "zip", "second attempt", "untouched", "cut", "another notebook")


WHOLE = [pytest.param(lms, 300, marks=pytest.mark.slow) for lms in ("moodle", "canvas")]
"""All of the class: three minutes each."""


@pytest.mark.parametrize(("lms", "size"), [("moodle", 9), *WHOLE])
def test_from_the_lms_to_the_lms(released, tmp_path, lms, size):
    """Right answers have 5 points, an untouched notebook and another one none, the written answer is read by nobody."""
    students = class_maker.make_class(300)
    handed_out = nbformat.read(released.folder("release", "small") / "small.ipynb", as_version=4)
    files, kinds = class_maker.hand_ins(handed_out, students)
    if size < 300:
        chosen = {number for number, kind in kinds.items() if kind in ODD} | {0, 1, 299}
        students = [one for one in students if one.number in chosen]
    assert len(students) == size
    if lms == "moodle":
        path = class_maker.moodle_zip(tmp_path / "class.zip", students, files)
        sheet = class_maker.moodle_worksheet(tmp_path / "sheet.csv", students, files)
    else:
        path = class_maker.canvas_zip(tmp_path / "class.zip", students, files)
        sheet = class_maker.canvas_gradebook(tmp_path / "book.csv", students)
    call(released, "collect", "small", path, "--roster", sheet)
    call(released, "grade", "small")
    call(released, "feedback", "small")
    call(released, "report", "small")
    call(released, "export", "small", sheet, "--to", lms, "--so-far", "--output", tmp_path / "out")
    table = tmp_path / "out" / sheet.name
    found = class_maker.read_moodle(table) if lms == "moodle" else class_maker.read_canvas(table, 12)
    assert len(found) == size
    for one in students:
        kind = kinds.get(one.number)
        points = "0.00" if kind in ("untouched", "another notebook") else "5.00"
        if one.number not in files or kind in ("page", "empty", "cut", "damaged zip"):
            points = ""
        assert found[one.participant if lms == "moodle" else one.user] == points, kind
    pages = (class_maker.moodle_feedback if lms == "moodle" else class_maker.canvas_feedback)(
        tmp_path / "out/feedback.zip"
    )
    assert len(pages) == sum(one.number in files for one in students)
    report = (released.root / "report" / "small.csv").read_text()
    assert report.count('"handed in nothing"') == sum(one.number not in files for one in students)


def test_late_work_points_by_hand_and_a_wrong_test_on_the_way_to_the_lms(released, tmp_path):
    """A test that rejects right answers goes out; a person reads one answer; then the test is corrected."""
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograder.late_percent_a_day = 10\n")
    correct(released, test_half="assert half(3) == 2")
    students = [one for one in class_maker.make_class(300) if one.number in (0, 1, 4, 14, 299)]
    handed_out = nbformat.read(released.folder("release", "small") / "small.ipynb", as_version=4)
    files, _ = class_maker.hand_ins(handed_out, class_maker.make_class(300))
    path = class_maker.moodle_zip(tmp_path / "class.zip", students, files)
    sheet = class_maker.moodle_worksheet(tmp_path / "sheet.csv", students, files)
    call(released, "collect", "small", path, "--roster", sheet, "--zone", "Europe/Berlin")
    call(released, "grade", "small")
    with calling_nbgrader(), Gradebook(released.db_url, released.course_id) as gradebook:
        grade = gradebook.find_grade("why", "small", "small", students[0].username)
        grade.manual_score, grade.needs_manual_grade = 4, False
        gradebook.db.commit()
    call(released, "due", "small", "2026-11-03 12:00 UTC")
    call(released, "extend", students[3].username, "small", "--until", "2026-11-04 12:00 UTC")
    before = {student: one.score for student, one in standings(released, "small").items()}
    correct(released, test_half="assert half(3) == 1.5")
    told = json.loads(call(released, "grade", "small", "--changed-tests", "--json"))
    assert [(one["name"], one["change"], len(one["students"])) for one in told["differences"]] == [("test_half", 2, 4)]
    assert {student: one.score for student, one in standings(released, "small").items()} == before
    call(released, "grade", "small", "--changed-tests", "--apply")
    after = standings(released, "small")
    assert {student: one.score - before[student] for student, one in after.items()} == dict.fromkeys(before, 2)
    assert not after[students[0].username].needs_manual_grade, "nobody reads it twice"
    call(released, "feedback", "small")
    call(released, "export", "small", sheet, "--to", "moodle", "--so-far", "--output", tmp_path / "out")
    found = class_maker.read_moodle(tmp_path / "out" / sheet.name)
    assert [found[one.participant] for one in students] == ["9.00", "5.00", "4.50", "5.00", ""]
