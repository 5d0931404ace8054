"""What a student is told: enough to go on, and nothing of a hidden test."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
from course_maker import hand_in, source_notebook
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash
from test_grade import answered

from autograder.course import CourseError, calling_nbgrader
from autograder.grade.journal import Journal
from autograder.grade.results import NO_POINTS, GradeResult
from autograder.grade.run import grade
from autograder.notebook.secret import Secrets
from autograder.plan import CellError, Frame
from autograder.release.manifest import Failure, KnownMistake, Manifest
from autograder.release.mistakes import mistakes, with_mistakes
from autograder.results import report as report_module
from autograder.results.explain import explain
from autograder.results.feedback import write_feedback
from autograder.results.report import write_report

TEST = "assert f(1) == 2, 'visible'\n### BEGIN HIDDEN TESTS\nassert f(7) == 8, 'secret 7'\n### END HIDDEN TESTS"
NAMES = {1: "your answer f", 2: "test"}
NOTHING = Manifest(())
MINUTE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")


def failed(ename, evalue, *frames, status="error"):
    return GradeResult("test", 2.0, 0.0, status, CellError(ename, evalue, (), frames))


def explained(grade):
    return explain(grade, TEST, NAMES, NOTHING, Secrets([TEST]))


def test_a_visible_test_is_quoted():
    said = explained(failed("AssertionError", "visible", Frame(2, 1, "<module>")))
    assert (said.kind, said.message, said.line) == ("failed", "visible", 1)


def test_a_hidden_test_is_not():
    said = explained(failed("AssertionError", "secret 7", Frame(2, 3, "<module>")))
    assert (said.kind, said.message, said.line) == ("hidden", "", None)
    assert "7" not in said.text


def test_of_an_exception_in_a_hidden_test_only_the_place_is_told():
    said = explained(failed("KeyError", "7", Frame(2, 3, "<module>"), Frame(1, 2, "f")))
    assert said.text == "The checks that you see pass, but in one that you do not see your code raises KeyError."
    assert said.places == ("line 2 of your answer f, in f",)
    assert said.message == ""


def test_an_exception_named_after_a_secret_is_not_named():
    said = explained(failed("Input7", "7", Frame(2, 3, "<module>"), Frame(1, 2, "f")))
    assert "Input7" not in said.text


def test_without_a_place_nothing_is_quoted():
    assert explained(failed("AssertionError", "secret 7")).kind == "hidden"


@pytest.mark.parametrize("ename", ["CellTimeoutError", "CellWaitError", "CellStopped", "NotRun", "Secret7"])
def test_limits_are_explained_in_our_own_words(ename):
    said = explained(failed(ename, "secret 7", Frame(2, 3, "<module>"), status="stopped"))
    assert said.kind == "stopped"
    assert "7" not in said.text + said.message


def test_the_stub_is_told_from_a_mistake():
    assert explained(failed("NotImplementedError", "", Frame(2, 1, "<module>"), Frame(1, 2, "f"))).kind == "open"


def test_right_and_partly_right():
    assert explained(GradeResult("test", 2.0, 2.0, "ok")).kind == "passed"
    assert explained(GradeResult("test", 2.0, 1.0, "ok")).kind == "partial"
    assert explained(GradeResult("test", 2.0, 0.0, "ok")).kind == "failed", "nothing is no part"
    assert explained(GradeResult("test", 0.0, 0.0, "ok")).kind == "passed"
    assert explained(GradeResult("test", 2.0, 0.0, "not run")).kind == "not run"


def test_a_note_is_quoted_unless_a_mistake_says_it_better():
    error = CellError("AssertionError", "visible", (), (Frame(2, 1, "<module>"),), ("This looks like a guess.",))
    grade = GradeResult("test", 2.0, 0.0, "error", error)
    assert explained(grade).message == "visible\nThis looks like a guess."
    known = KnownMistake("f", "named", "Hint.", (Failure("test", "AssertionError", "visible"),))
    said = explain(grade, TEST, NAMES, Manifest((known,)), Secrets([TEST]))
    assert (said.message, said.mistakes) == ("visible", (known,))


def test_a_note_of_a_hidden_test_is_not_quoted():
    error = CellError("AssertionError", "x", (), (Frame(2, 3, "<module>"),), ("secret 7",))
    said = explained(GradeResult("test", 2.0, 0.0, "error", error))
    assert "7" not in said.text + said.message


def test_a_test_that_gives_no_number_of_points_is_not_the_students_mistake():
    said = explained(failed(NO_POINTS, "test must end in its points, but its value is 'secret 7'"))
    assert said.kind == "unread"
    assert "Ask your instructor" in said.text
    assert "7" not in said.text + said.message


def test_places_name_functions_only():
    error = failed("TypeError", "no", Frame(2, 1, "<module>"), Frame(1, 2, "f"), Frame(1, 3, "<listcomp>"))
    assert explained(error).places == ("line 2 of your answer f, in f", "line 3 of your answer f")


@pytest.mark.parametrize("message", ["assert f(7) == 8, 'secret 7'", repr("x\nassert f(7) == 8, 'secret 7'")])
def test_a_message_that_holds_a_hidden_line_is_withheld(message):
    grade = failed("ValueError", message, Frame(2, 1, "<module>"), Frame(1, 2, "f"))
    said = explain(grade, TEST, NAMES, NOTHING, Secrets([TEST]))
    assert said.message == ""
    assert "not shown" in said.text


def test_a_missing_name_keeps_its_own_message():
    said = explained(failed("NameError", "name 'f' is not defined", Frame(2, 1, "<module>")))
    assert said.message == "NameError: name 'f' is not defined"


@pytest.fixture
def pages(released):
    """Feedback of a class of eight, by student."""
    squared, truncated = mistakes(source_notebook())
    hand_in(released, "right", answered())
    hand_in(released, "squared", with_mistakes(source_notebook(), [squared]))
    hand_in(released, "truncated", with_mistakes(source_notebook(), [truncated]))
    leaky = "def double(x):\n    if x != int(x):\n        raise ValueError(f'the input was {x}')\n    return 2 * x"
    hand_in(released, "leaky", answered(double=f"print('shown')\n{leaky}"))
    hand_in(released, "syntax", answered(double="x = 1\ndef double(x:\n    return 2 * x"))
    thief = "def double(x):\n    raise ValueError(In[-1])"
    hand_in(released, "thief", answered(double=thief, half="raise KeyError(In)"))
    hand_in(released, "silent", answered(why="YOUR ANSWER HERE"))
    hand_in(released, "broken", b"{")
    grade(released, "small")
    with calling_nbgrader(), Gradebook(released.db_url, released.course_id) as gradebook:
        written = gradebook.find_grade("why", "small", "small", "right")
        written.manual_score, written.needs_manual_grade = 3, False
        gradebook.find_comment("why", "small", "small", "right").manual_comment = "Well <put>."
        gradebook.db.commit()
    paths = write_feedback(released, "small", Manifest.load(released, "small"))
    return {path.parent.parent.name: path.read_text() for path in paths}


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<body>")[1]))


def test_no_page_holds_a_hidden_test(pages):
    assert set(pages) == {"right", "squared", "truncated", "leaky", "syntax", "thief", "silent", "broken"}
    for page in pages.values():
        assert "secret_number" not in page
        assert "4.5" not in words(page)
        assert "HIDDEN" not in page


def test_a_known_mistake_is_named(pages):
    assert "This looks like: squared. You multiplied x by itself." in words(pages["squared"])
    assert "double(3) should be 6, got 9" in words(pages["squared"])
    assert "This looks like: truncated. Halves get lost on the way." in words(pages["truncated"])
    assert "one that you do not see fails" in words(pages["truncated"])
    assert "This looks like" not in pages["right"]


def test_the_place_of_an_exception_is_told(pages):
    text = words(pages["leaky"])
    assert "in one that you do not see your code raises ValueError" in text
    assert "line 4 of your answer double, in double" in text


def test_a_cell_that_did_not_run_is_the_only_diagnosis(pages):
    text = words(pages["syntax"])
    assert "SyntaxError" in text
    assert "(line 2)" in text
    assert "The checks could not run, since the cell did not." in text
    assert "NameError" not in text
    assert "&lt;cell" not in pages["syntax"]


def test_a_written_answer_that_was_left_out_was_not_read(pages):
    assert "5 of 9 points" in words(pages["silent"])
    assert "○ not attempted" in words(pages["silent"])
    assert "No response" not in words(pages["silent"])
    assert "… to be read – / 4" in words(pages["squared"])
    assert "2 of 5 points so far" in words(pages["squared"])


def test_a_persons_grading_is_on_the_page(pages):
    assert "8 of 9 points" in words(pages["right"])
    assert "Well &lt;put&gt;." in pages["right"]


def test_an_ungradable_submission_is_explained(pages):
    assert "could not be graded" in words(pages["broken"])
    assert "it is not valid JSON" in words(pages["broken"])


def test_pages_need_nothing_from_outside(pages):
    for page in pages.values():
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", page)
        assert "<script" not in page


def test_the_report_and_the_table_agree(pages, released):
    page, table = write_report(released, "small", Manifest.load(released, "small"))
    text = words(page.read_text())
    assert "8 submissions" in text
    assert "1 not gradable" in text
    assert "1 × squared" in text
    lines = dict(line.replace('"', "").split(",", 1) for line in table.read_text().splitlines())
    points = "score,max_score,needs_manual_grade,extra_credit,seconds_late,late_penalty,final_score"
    assert lines["student"] == f"first_name,last_name,email,section,status,reason,{points},test_double,test_half,why"
    assert lines["right"] == ",,,,graded,,8.0,9.0,False,0.0,0,0.0,8.0,3.0,2.0,3.0"
    assert lines["squared"] == ",,,,graded,,2.0,9.0,True,0.0,0,0.0,2.0,0.0,2.0,"
    assert lines["broken"].startswith(",,,,not_gradable,the file is damaged")
    assert 'href="../feedback/squared/small/small.html"' in page.read_text()


def nbgrader(course, *arguments):
    """Run one of nbgrader's commands."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True, text=True)


def test_nbgraders_own_feedback_is_ours(pages, released):
    """What formgrader's button does, with the setting that the course has; nothing, if the grader has no result."""
    setting = 'c.GenerateFeedback.exporter_class = "autograder.results.exporter.FeedbackExporter"\n'
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text() + setting)
    for student in ("truncated", "broken"):
        page = released.folder("feedback", "small", student) / "small.html"
        page.unlink()
        nbgrader(released, "generate_feedback", "small", f"--student={student}", "--force")
        assert MINUTE.sub("", page.read_text()) == MINUTE.sub("", pages[student])
    shutil.rmtree(released.state("small") / "results")
    with pytest.raises(subprocess.CalledProcessError) as failure:
        nbgrader(released, "generate_feedback", "small", "--student=truncated", "--force")
    assert "run `autograder grade small` first" in failure.value.stderr
    assert not list(released.folder("feedback", "small", "truncated").glob("*.html"))


def test_nbgrader_releases_the_pages(released, tmp_path):
    """Its exchange finds what it wants beside the pages of those who handed in through it; nothing else is taken."""
    (tmp_path / "gradebook.key").write_text("the instructor's")
    for student in ("exchanged", "linked"):
        hand_in(released, student, answered())
        folder = released.folder("submitted", "small", student)
        (folder / "timestamp.txt").write_text("2026-11-01 12:00:00.000000 UTC")
        if student == "exchanged":
            (folder / "submission_secret.txt").write_text("4f1c")
        else:
            (folder / "submission_secret.txt").symlink_to(tmp_path / "gradebook.key")
    grade(released, "small")
    own, _ = sorted(write_feedback(released, "small", Manifest.load(released, "small")))
    assert sorted(path.name for path in own.parent.iterdir()) == [
        "small.html",
        "submission_secret.txt",
        "timestamp.txt",
    ]
    assert not (released.folder("feedback", "small", "linked") / "submission_secret.txt").exists()
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    nbgrader(
        released, *("release_feedback", "small", "--student=exchanged"), "--course=a101", f"--Exchange.root={exchange}"
    )
    page = exchange / "a101" / "feedback" / f"{notebook_hash(secret='4f1c', notebook_id='small')}.html"
    assert page.read_text() == own.read_text()


def test_one_broken_student_costs_nobody_else_the_page(released):
    for student in ("ada", "bob", "cem", "deleted", "unrecorded"):
        hand_in(released, student, answered())
    grade(released, "small")
    (released.folder("autograded", "small", "bob") / "small.ipynb").write_text("no notebook")
    for step in ("submitted", "autograded"):
        shutil.rmtree(released.folder(step, "small", "deleted"))
    journal = Journal(released.state("small"))
    journal.save(journal.load("unrecorded"))
    (released.state("small") / "results" / "torn.json").write_text("[" * 100_000)
    failures = {}
    manifest = Manifest.load(released, "small")
    paths = write_feedback(released, "small", manifest, failed=failures.__setitem__)
    assert {path.parent.parent.name for path in paths} == {"ada", "cem"}
    assert list(failures) == ["bob"]
    assert "NotGradable" in failures["bob"]
    _, table = write_report(released, "small", manifest, failed=failures.__setitem__)
    students = [line.split(",")[0].strip('"') for line in table.read_text().splitlines()[1:]]
    assert students == ["ada", "bob", "cem", "deleted", "unrecorded"]  # which was collected, and is not graded


def test_a_student_that_the_report_cannot_hold_is_named(released, monkeypatch):
    for student in ("ada", "bob"):
        hand_in(released, student, b"{")
    grade(released, "small")
    whole = report_module._row

    def broken(course, result, *rest):
        if result.student == "ada":
            raise ValueError("no row")
        return whole(course, result, *rest)

    monkeypatch.setattr(report_module, "_row", broken)
    failures = {}
    _, table = write_report(released, "small", Manifest(()), failed=failures.__setitem__)
    assert failures == {"ada": "ValueError: no row"}
    assert '"bob"' in table.read_text()


def test_nothing_graded_is_explained(released):
    manifest = Manifest.load(released, "small")
    for write in (write_feedback, write_report):
        with pytest.raises(CourseError, match="nothing of 'small' is graded yet"):
            write(released, "small", manifest)


def test_a_formula_in_a_name_does_not_reach_the_spreadsheet(released):
    hand_in(released, "=cmd()", answered())
    grade(released, "small")
    _, table = write_report(released, "small", Manifest.load(released, "small"))
    assert '\n"\'=cmd()",' in table.read_text()
