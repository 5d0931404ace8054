"""One student: what `show` shows, points given by command with a reason, and the history of every change."""

from __future__ import annotations

import copy
import getpass
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from test_record import result

from autograder.cli import main
from autograder.cli.grade import show
from autograder.course import CourseError, calling_nbgrader
from autograder.grade.corrections import give_points
from autograder.grade.dates import settle
from autograder.grade.history import Change, History
from autograder.grade.journal import Journal
from autograder.grade.record import Recorder
from autograder.grade.regrade import earlier_release
from autograder.grade.results import Run
from autograder.grade.task import Release
from autograder.plan import CellError, Frame
from autograder.results.scores import standing_of, standings


def failing(student, index):
    """A result whose hidden test failed in line 4 of that cell."""
    made = result(student, double=0.0)
    grades = list(made.notebooks[0].grades)
    error = CellError("AssertionError", "wrong for 4.5: 4", frames=(Frame(index, 4, "<module>"),))
    grades[0] = type(grades[0])("test_double", 3.0, 0.0, "error", error)
    notebooks = (type(made.notebooks[0])("small", "graded", "", tuple(grades), (), made.notebooks[0].outcome),)
    return type(made)(student, "small", "key", notebooks)


@pytest.fixture
def graded(unchecked):
    """A course in which ada's hidden test fails and bob's pass."""
    release = Release.handed_out(unchecked, "small")
    notebook = release.graded("small")
    index = next(number for number, cell in enumerate(notebook.cells) if cell.id == "test_double")
    journal = Journal(unchecked.state("small"))
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        for one in (failing("ada", index), result("bob")):
            journal.save(one)
            recorder.record(one, {"small": copy.deepcopy(notebook)})
            journal.mark_recorded(one)
    return unchecked


def call(course, *words, status=0):
    found = CliRunner().invoke(main, ["--course", str(course.root), *words])
    assert found.exit_code == status, found.output
    return found


def changes(course, cell):
    found = History(course.state("small")).of("ada").get(("small", cell), [])
    return [(one.before, one.after, one.by, one.why) for one in found]


def test_show_has_the_code_the_hidden_lines_and_the_failure(graded):
    text = call(graded, "show", "small/", "ada", "test_double").stdout
    assert "def double(x):" in text
    assert "test_half" not in text
    assert " h   3  secret_number = 4.5" in text
    assert ">h   4  assert double(secret_number) == 9" in text
    assert "AssertionError: wrong for 4.5: 4" in text
    assert "small/test_double  0 / 3" in text
    assert "? -> 0  by tests" in text
    whole = call(graded, "show", "small", "ada").stdout
    assert "ada: graded, 2 of 11 points" in whole
    assert all(f"small/{name}" in whole for name in ("double", "half", "test_half", "why", "draw"))
    assert call(graded, "show", "small", "ada", "double").stdout == text, "the answer and its test are one exercise"


def test_show_as_json(graded):
    give_points(graded, "small", "ada", "test_double", 2, by="me", why="a typing error")
    data = json.loads(call(graded, "show", "small", "ada", "test_double", "--json").stdout)
    answer, test = data["cells"]
    assert (answer["name"], answer["score"], answer["history"]) == ("double", None, [])
    assert (test["hidden_lines"], test["failing_line"], test["score"], test["max_score"]) == ([2, 3, 4, 5], 4, 2, 3)
    assert test["error"] == {"type": "AssertionError", "message": "wrong for 4.5: 4"}
    assert [(one["from"], one["to"], one["by"], one["why"]) for one in test["history"]] == [
        (None, 0.0, "tests", ""),
        (0.0, 2.0, "me", "a typing error"),
    ]
    assert data["score"] == 4


def test_points_are_nbgraders_manual_score(graded):
    told = call(graded, "points", "small", "ada", "test_double", "2.5", "--why", "right but for a sign")
    assert told.stdout == "small, ada, test_double: 0 -> 2.5 points (right but for a sign)\n"
    with calling_nbgrader(), Gradebook(graded.db_url, graded.course_id) as gradebook:
        grade = gradebook.find_grade("test_double", "small", "small", "ada")
        assert (grade.auto_score, grade.manual_score, grade.needs_manual_grade) == (0.0, 2.5, False)
    call(graded, "points", "small", "ada", "small/why", "4", "--why", "read")
    assert standings(graded, "small")["ada"].score == 2.5 + 2 + 4
    data = json.loads(call(graded, "points", "small", "ada", "why", "tests", "--why", "not yet", "--json").stdout)
    assert (data["before"], data["after"]) == (4.0, None)
    assert standings(graded, "small")["ada"].cells["small", "why"].waits
    who = getpass.getuser()
    assert changes(graded, "why") == [(None, 4.0, who, "read"), (4.0, None, who, "not yet")]


def test_points_given_in_formgrader_are_noticed(graded):
    with calling_nbgrader(), Gradebook(graded.db_url, graded.course_id) as gradebook:
        grade = gradebook.find_grade("why", "small", "small", "ada")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 3, 1, False
        gradebook.db.commit()
    give_points(graded, "small", "ada", "why", 2, by="me", why="too many")
    settle(graded, "small")
    assert changes(graded, "why") == [(None, 4.0, "formgrader", ""), (4.0, 3.0, "me", "too many")]


def test_points_of_the_tests_that_change_are_noted_and_nothing_twice(graded):
    release = Release.handed_out(graded, "small")
    with calling_nbgrader(), Recorder(graded, "small") as recorder:
        for _ in range(2):
            recorder.record(result("ada", double=3.0), {"small": release.graded("small")})
    assert changes(graded, "test_double") == [(None, 0.0, "tests", ""), (0.0, 3.0, "tests", "")]
    assert len(History(graded.state("small")).of("bob")["small", "test_half"]) == 1


def test_a_line_that_a_crash_cut_short_is_left_out(graded):
    path = graded.state("small") / "points.jsonl"
    assert path.stat().st_mode & 0o077 == 0
    path.write_text(path.read_text() + '{"at": 1, "stu')
    give_points(graded, "small", "ada", "why", 2, by="me", why="read")
    assert all(isinstance(one, Change) for one in History(graded.state("small")).changes())
    assert changes(graded, "why") == [(None, 2.0, "me", "read")]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["points", "small", "ada", "test_double", "2"], 2, "--why"),
        (
            ["points", "small", "ada", "test_double", "many", "--why", "x"],
            2,
            "'many' is neither a number nor the word tests",
        ),
        (["points", "small", "ada", "test_double", "4", "--why", "x"], 1, "can be given 0 to 3, not 4"),
        (["points", "small", "ada", "test_double", "nan", "--why", "x"], 1, "can be given 0 to 3, not nan"),
        (["points", "small", "ada", "test_duoble", "2", "--why", "x"], 1, "did you mean test_double?"),
        (["points", "small", "ada", "other/test_double", "2", "--why", "x"], 1, "no cell 'other/test_double'"),
        (["points", "small", "adda", "test_double", "2", "--why", "x"], 1, "did you mean ada?"),
        (["show", "small"], 2, "needs STUDENT: autograder show ASSIGNMENT STUDENT [EXERCISE]"),
        (["show", "small", "adda"], 1, "nothing of small by 'adda' is graded; did you mean ada?"),
        (["show", "small", "ada", "duoble"], 1, "no exercise 'duoble'; did you mean double?"),
        (["feedback", "small", "--student", "adda"], 1, "did you mean ada?"),
        (["report", "small", "--student", "adda"], 1, "did you mean ada?"),
    ],
)
def test_wrong_words(graded, words, status, said):
    (graded.state("small") / "manifest.json").write_text('{"mistakes": []}')
    line = call(graded, *words, status=status).stderr
    assert said in line
    assert line.count("\n") == 1


def test_feedback_and_report_of_one_student(graded):
    (graded.state("small") / "manifest.json").write_text('{"mistakes": []}')
    pages = json.loads(call(graded, "feedback", "small", "--student", "ada", "--json").stdout)["pages"]
    assert pages == [str(graded.folder("feedback", "small", "ada") / "small.html")]
    assert not graded.folder("feedback", "small", "bob").exists()
    data = json.loads(call(graded, "report", "small", "--student", "ada", "--json").stdout)
    assert data["html"].endswith("report/small-ada.html")
    table = Path(data["csv"]).read_text()
    assert '"ada"' in table
    assert '"bob"' not in table


def test_without_the_release_nothing_is_said_of_earlier_ones(graded):
    shutil.rmtree(graded.folder("release", "small"))
    assert earlier_release(graded, "small", []) == []


def test_a_name_that_two_notebooks_have_must_say_which(graded, monkeypatch):
    class Twice:
        student_id = "ada"

        def __init__(self, entries):
            self.notebooks = entries

    whole = Gradebook.assignment_submissions
    monkeypatch.setattr(
        Gradebook,
        "assignment_submissions",
        lambda self, name: [Twice(one.notebooks * 2) for one in whole(self, name) if one.student_id == "ada"],
    )
    with pytest.raises(CourseError, match="several notebooks have a why: name one of small/why, small/why"):
        give_points(graded, "small", "ada", "why", 1, by="me", why="x")


def test_of_a_large_class_those_are_listed_who_want_attention(monkeypatch, capsys):
    def of(student, status, *notes):
        made = result(student)
        return replace(made, notebooks=(replace(made.notebooks[0], status=status, notes=notes),))

    results = [of(f"s{number:03}", "graded") for number in range(100)]
    results += [of("late", "partly_graded"), of("lost", "not_gradable")]
    results += [of("odd", "graded", "refused by isolation: Strange from k()"), of("fine", "graded", "put back")]
    run = Run({one.student: one for one in results})
    show(run, {one.student: standing_of(one) for one in results}, Path("submitted"))
    told = capsys.readouterr().out
    rows = [line.split()[1] for line in told.splitlines() if line.startswith("│")]
    assert [name for name in rows if name != "│"] == ["late", "lost", "odd"]
    assert "104 submissions: 102 graded, 1 partly graded, 1 not gradable, 104 wait for a person." in " ".join(
        told.split()
    )
    monkeypatch.setattr("autograder.cli.grade.LISTED", 2)
    show(run, {one.student: standing_of(one) for one in results}, Path("submitted"))
    assert "The first 2 of these 3 are listed." in " ".join(capsys.readouterr().out.split())
