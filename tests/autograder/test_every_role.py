"""Every role of a cell on every page: a table, filled by a result made by hand and a person's grading of it."""

from __future__ import annotations

import csv
import json
import re
import shutil
from datetime import datetime, timedelta

import nbformat
import pytest
from course_maker import nbgrader_cell, source_notebook, with_task
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from test_grade import answered

from autograder.cli.data import as_data
from autograder.course import Course, calling_nbgrader
from autograder.grade.dates import set_due
from autograder.grade.journal import Journal
from autograder.grade.points import assess
from autograder.grade.record import Recorder
from autograder.grade.results import Result, Run
from autograder.grade.task import Release
from autograder.intake.submission import Submission
from autograder.plan import CellError, CellOutcome, Frame, Outcome
from autograder.release.editions import generate
from autograder.release.manifest import Manifest
from autograder.results.feedback import write_feedback
from autograder.results.report import write_report
from autograder.results.scores import standings

DUE = datetime(2026, 11, 1, 12)
HANDED_IN = datetime(2026, 11, 1, 12, 30)
PENALTY = 3.0


def released_notebook():
    """The small notebook with a cell in every role, and a heading that only the mark scheme has."""
    notebook = with_task(source_notebook())
    notebook.cells[
        -1
    ].source = "## The drawing\nDraw both.\n### BEGIN MARK SCHEME\n# Secret scheme\nTwo.\n### END MARK SCHEME"
    code = "def by_hand():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
    notebook.cells += [
        new_markdown_cell("## By hand", id="by_hand_heading"),
        nbgrader_cell("by_hand", code, grade=True, solution=True, points=5),
        nbgrader_cell("test_nothing", "assert double(1) == 2", grade=True, locked=True, points=0),
    ]
    return notebook


def handed_in():
    """The same with answers, a changed read-only cell, and two cells for the task."""
    notebook = answered()
    own = [new_markdown_cell("My *drawing*", id="o1"), new_code_cell("draw_it()", id="o2")]
    release = [cell for cell in released_notebook().cells if "instructor" not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        if cell.id == "setup":
            cell.source = "import maths"
    return [*notebook.cells, release[-4], *own, *release[-3:]]


@pytest.fixture(scope="module")
def graded(unchecked_template, tmp_path_factory):
    """The course after grading: test_half fails, the rest is right; a person has given points and comments."""
    course = Course.find(shutil.copytree(unchecked_template, tmp_path_factory.mktemp("roles") / "course"))
    nbformat.write(released_notebook(), course.folder("source", "small") / "small.ipynb")
    generate(course, "small", course.folder("release", "small"))
    set_due(course, "small", DUE)
    submitted = source_notebook()
    submitted.cells = handed_in()
    release = Release.load(course, "small")
    submission = Submission("ada", {"small": nbformat.writes(submitted).encode()}, (), HANDED_IN)
    prepared = release.prepare(submission)["small"]
    error = CellError("AssertionError", "no", (), (Frame(7, 1, "<module>"),))
    cells = tuple(
        CellOutcome(
            cell.key, "error" if cell.name == "test_half" else "ok", error=error if cell.name == "test_half" else None
        )
        for cell in prepared.cells
    )
    result = Result("ada", "small", "key", (assess("small", prepared, Outcome(cells)),))
    with calling_nbgrader(), Recorder(course, "small") as recorder:
        recorder.record(result, {"small": prepared.notebook}, HANDED_IN)
    journal = Journal(course.state("small"))
    journal.save(result)
    journal.mark_recorded(result)
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        for name, points, extra in (("why", 3.0, 0.5), ("draw", 1.5, None), ("by_hand", 4.0, None)):
            grade = gradebook.find_grade(name, "small", "small", "ada")
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, extra, False
        for name in ("why", "draw", "by_hand", "double"):
            gradebook.find_comment(
                name, "small", "small", "ada"
            ).manual_comment = f"**Of** {name} <b onclick='x()'>x</b>"
        gradebook.find_submission("small", "ada").notebooks[0].late_submission_penalty = PENALTY
        gradebook.db.commit()
    return course


@pytest.fixture
def course(graded, tmp_path):
    """The same, fresh for each test."""
    return Course.find(shutil.copytree(graded.root, tmp_path / "graded-course"))


@pytest.fixture(scope="module")
def pages(graded):
    """What every page says, as text."""
    course = graded
    (page,) = write_feedback(course, "small", Manifest(()))
    report, table = write_report(course, "small", Manifest(()))
    run = Run({"ada": next(Journal(course.state("small")).results())})
    data = json.loads(json.dumps(as_data(run, standings(course, "small")), indent=1))
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        submission = gradebook.find_submission("small", "ada")
        grades = {grade.name: grade.score for grade in submission.notebooks[0].grades}
        comments = {one.name: one.comment for one in submission.notebooks[0].comments}
    return {
        "feedback": page.read_text(),
        "report": report.read_text(),
        "csv": next(csv.DictReader(table.read_text().splitlines())),
        "json": data["submissions"][0],
        "formgrader": {"grades": grades, "comments": comments},
    }


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<body>")[1]))


def in_json(pages, name):
    return next(cell["score"] for cell in pages["json"]["cells"] if cell["name"] == name)


ROLES = {
    "tests that pass": ("test_double", 3.0, "✓ right 3 / 3"),
    "tests that fail": ("test_half", 0.0, "✗ not yet right 0 / 2"),
    "tests without points": ("test_nothing", 0.0, "✓ right 0 / 0"),
    "a written answer with extra credit": ("why", 3.5, "read 3.5 / 4 (0.5 extra credit)"),
    "code that a person grades": ("by_hand", 4.0, "By hand read 4 / 5"),
    "a task": ("draw", 1.5, "The drawing read 1.5 / 2"),
}


@pytest.mark.parametrize("role", ROLES)
def test_the_points_of_every_role_are_on_every_page(pages, role):
    name, points, row = ROLES[role]
    assert row in words(pages["feedback"])
    assert float(pages["csv"][name]) == points
    assert in_json(pages, name) == points
    assert pages["formgrader"]["grades"][name] == points
    assert f">{points:g}</td>" in pages["report"]
    assert f"<span>{name}</span>" in pages["report"]


@pytest.mark.parametrize("name", ["why", "draw", "by_hand", "double"])
def test_every_comment_is_on_the_page_as_markdown(pages, name):
    """Of an answer that tests grade, too; a comment cannot act."""
    assert f"<strong>Of</strong> {name}" in pages["feedback"]
    assert "onclick" not in pages["feedback"]
    assert {"notebook": "small", "name": name, "comment": f"**Of** {name} <b onclick='x()'>x</b>"} in pages["json"][
        "comments"
    ]
    assert pages["formgrader"]["comments"][name].startswith("**Of**")


def test_a_read_only_cell_that_was_changed_is_told_where_remarks_are(pages):
    for page in ("feedback", "report"):
        assert "setup had been changed; the original was used" in words(pages[page])


def test_the_cells_that_a_student_added_for_a_task_are_shown_and_its_mark_scheme_is_not(pages):
    text = words(pages["feedback"])
    assert "Draw both." in text
    assert "My *drawing*" in text
    assert "draw_it" in text
    assert "scheme" not in text
    assert "Two." not in text


def test_lateness_and_penalty_are_on_every_page(pages):
    assert "Handed in 30 min after it was due (2026-11-01 12:00 UTC): 3 points are taken off." in words(
        pages["feedback"]
    )
    assert "handed in 2026-11-01 12:30 UTC" in words(pages["feedback"])
    assert "30 min" in words(pages["report"])
    assert "12 − 3 = 9 / 16" in words(pages["report"])
    row = pages["csv"]
    assert (row["score"], row["seconds_late"], row["late_penalty"], row["final_score"]) == (
        "12.0",
        "1800",
        "3.0",
        "9.0",
    )
    assert (row["max_score"], row["extra_credit"], row["needs_manual_grade"]) == ("16.0", "0.5", "False")
    data = pages["json"]
    assert (data["score"], data["seconds_late"], data["late_penalty"], data["final_score"]) == (12.0, 1800.0, 3.0, 9.0)
    assert (data["max_score"], data["needs_manual_grade"]) == (16.0, False)


def test_the_rows_add_up_to_the_heading(pages):
    text = words(pages["feedback"])
    assert "9 of 16 points" in text
    table = pages["feedback"].split("<tbody>")[1].split("</tbody>")[0]
    numbers = re.findall(r'class="number">(−?[\d.]+)(?: / ([\d.]+))?', table)
    assert sum(float(earned.replace("−", "-")) for earned, _ in numbers) == 9
    assert sum(float(maximum) for _, maximum in numbers if maximum) == 16


def test_what_waits_for_a_person_is_no_zero(course):
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        for name in ("why", "draw"):
            grade = gradebook.find_grade(name, "small", "small", "ada")
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = None, None, True
        gradebook.db.commit()
    (page,) = write_feedback(course, "small", Manifest(()))
    text = words(page.read_text())
    assert "4 of 10 points so far" in text
    assert "6 more are given by a person" in text
    assert "The drawing … to be read – / 2" in text
    report, table = write_report(course, "small", Manifest(()))
    assert "6 of 16 points still to be given" in words(report.read_text())
    row = next(csv.DictReader(table.read_text().splitlines()))
    assert (row["why"], row["draw"], row["needs_manual_grade"]) == ("", "", "True")


def test_points_above_the_present_maximum_are_told(course):
    """Given when the answer was worth more: the student reads why, and the instructor which."""
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        gradebook.find_grade("why", "small", "small", "ada").manual_score = 6.0
        gradebook.db.commit()
    (page,) = write_feedback(course, "small", Manifest(()))
    assert "These points were given when this was worth more than 4." in words(page.read_text())
    report, _ = write_report(course, "small", Manifest(()))
    assert "why: 6.5 of 4 points, given when it was worth more" in words(report.read_text())


def test_on_time_and_without_a_date_there_is_no_word_of_lateness(course):
    for due in (datetime(2027, 1, 1), None):
        with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
            gradebook.find_assignment("small").duedate = due
            gradebook.find_submission("small", "ada").notebooks[0].late_submission_penalty = None
            gradebook.db.commit()
        (page,) = write_feedback(course, "small", Manifest(()))
        report, _ = write_report(course, "small", Manifest(()))
        assert "after it was due" not in page.read_text()
        assert "12 of 16 points" in words(page.read_text())
        assert "late" not in words(report.read_text())


def test_an_extension_moves_the_due_date(course):
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        gradebook.grant_extension("small", "ada", hours=1)
        assert gradebook.find_submission("small", "ada").total_seconds_late == 0
    assert standings(course, "small")["ada"].late == timedelta(0)
