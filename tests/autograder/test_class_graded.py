"""A class from an LMS and back with real grading: a few always, all 300 in the long run."""

from __future__ import annotations

import class_maker
import nbformat
import pytest
from click.testing import CliRunner

from autograder.cli.main import main


def call(course, *arguments):
    ran = CliRunner().invoke(main, ["--course", str(course.root), *map(str, arguments)])
    assert ran.exit_code == 0, ran.output
    return ran.output


ODD = ("text", "zip", "second attempt", "untouched", "cut", "another notebook")


@pytest.mark.parametrize("size", [9, pytest.param(300, marks=pytest.mark.slow)])  # 300 take many minutes
@pytest.mark.parametrize("lms", ["moodle", "canvas"])
def test_from_the_lms_to_the_lms(released, tmp_path, size, lms):
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
