"""Corrected tests: only what they touch is run, the differences shown are those recorded, and nobody reads twice."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest
from course_maker import hand_in
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from test_corrections import call
from test_run import HereAndNow

from autograder.course import Course, calling_nbgrader
from autograder.grade import regrade as regrade_module
from autograder.grade import task as task_module
from autograder.grade.basis import readings, shortened
from autograder.grade.journal import Journal
from autograder.grade.regrade import apply, earlier_release, regrade
from autograder.grade.run import grade
from autograder.plan import Cell, CellError, CellOutcome, Job, Outcome
from autograder.release.editions import generate
from autograder.release.mistakes import reference
from autograder.results.scores import standings


@pytest.fixture(autouse=True)
def executed(monkeypatch):
    """The names of the cells that were run, a list for each job; what says "wrong" in its test fails."""
    jobs = []

    def execute(job, launch):
        jobs.append([cell.name for cell in job.cells if cell.side != "setup"])
        error = CellError("AssertionError", "wrong")
        return Outcome(
            tuple(
                CellOutcome(cell.key, "error", error=error) if "wrong()" in cell.source else CellOutcome(cell.key, "ok")
                for cell in job.cells
                if cell.side != "setup"
            )
        )

    monkeypatch.setattr(task_module, "execute", execute)
    monkeypatch.setattr("autograder.sandbox.launch.why_not", lambda probe: "no worker is needed")
    monkeypatch.setattr("autograder.grade.engines.LocalEngine", lambda workers=0: HereAndNow())
    return jobs


def correct(course, **sources):
    """Write other sources into tests of the course and release it again, without the checks that take seconds."""
    path = course.folder("source", "small") / "small.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    nbformat.write(notebook, path)
    generate(course, "small", course.folder("release", "small"))


@pytest.fixture
def isolated(unchecked):
    """A course in which ada and bob handed in, with a wall between answers and tests; test_double is wrong."""
    config = unchecked.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("c.Autograder.shared = ['small']\n", ""))
    course = Course.find(unchecked.root)
    wall = {"small": {"names": ["double", "half"], "contract": {}}}
    course.state("small").mkdir(parents=True, exist_ok=True)
    (course.state("small") / "isolation.json").write_text(json.dumps(wall))
    correct(course, test_double="wrong()")
    answers = reference(nbformat.read(course.folder("source", "small") / "small.ipynb", as_version=4))
    for student in ("ada", "bob"):
        hand_in(course, student, copy.deepcopy(answers))
    run = grade(course, "small", engine=HereAndNow(), trusted=True)
    assert not run.failures
    return course


def scores(course):
    return {student: one.score for student, one in standings(course, "small").items()}


def again(course, **options):
    return regrade(course, "small", engine=HereAndNow(), trusted=True, **options)


def test_only_what_the_corrected_test_needs_is_run_and_nothing_counts_at_first(isolated, executed):
    executed.clear()
    correct(isolated, test_double="assert double(1) == 2")
    run = again(isolated)
    assert executed == [["setup", "double", "test_double"]] * 2
    assert {student: result.score for student, result in run.results.items()} == {"ada": 5.0, "bob": 5.0}
    assert scores(isolated) == {"ada": 2.0, "bob": 2.0}
    again(isolated)
    assert len(executed) == 2, "what was run is kept"
    apply(isolated, "small", run, engine=HereAndNow(), trusted=True)
    assert len(executed) == 2, "recording runs nothing"
    assert scores(isolated) == {"ada": 5.0, "bob": 5.0}
    assert grade(isolated, "small", engine=HereAndNow(), trusted=True).kept == 2
    assert len(executed) == 2
    assert again(isolated).kept == 2


def test_it_is_what_grading_all_again_gives(isolated):
    correct(isolated, test_half="wrong()", test_double="assert double(1) == 2")
    apply(isolated, "small", again(isolated), engine=HereAndNow(), trusted=True)
    partly = {one.student: one for one in Journal(isolated.state("small")).results()}
    grade(isolated, "small", engine=HereAndNow(), trusted=True, force=True)
    for one in Journal(isolated.state("small")).results():
        assert one.notebooks == partly[one.student].notebooks
        assert one.key == partly[one.student].key


def test_another_number_of_points_runs_nothing(isolated, executed):
    path = isolated.folder("source", "small") / "small.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "why").metadata.nbgrader["points"] = 7
    nbformat.write(notebook, path)
    executed.clear()
    correct(isolated)
    assert {one.max_score for one in again(isolated).results.values()} == {14.0}
    assert executed == []


@pytest.mark.parametrize("cell", ["setup", "double"])
def test_whatever_else_changes_is_run_as_a_whole(isolated, executed, cell):
    executed.clear()
    correct(isolated, **{cell: "import math, cmath" if cell == "setup" else "### BEGIN SOLUTION\n1\n### END SOLUTION"})
    again(isolated)
    assert executed[0] == ["setup", "double", "test_double", "half", "test_half"]


def test_a_new_hand_in_is_run_as_a_whole_and_who_is_not_graded_is_left(isolated, executed):
    path = isolated.folder("submitted", "small", "ada") / "small.ipynb"
    path.write_text(path.read_text().replace("return 2 * x", "return x + x"))
    hand_in(isolated, "eve", path.read_bytes())
    executed.clear()
    run = again(isolated)
    assert executed == [["setup", "double", "test_double", "half", "test_half"]]
    assert (list(run.results), run.kept) == (["ada"], 2)


def test_a_test_whose_names_are_used_is_run_too():
    cells = [("a", "def f(): pass", "student"), ("t1", "data = 3", "test"), ("t2", "assert f()", "test")]
    cells += [("b", "def g(): pass", "student"), ("t3", "assert g(data)", "test"), ("c", "g = 1", "student")]
    job = Job(tuple(Cell(key, name, source, side) for key, (name, source, side) in enumerate(cells)))
    assert [cell.name for cell in shortened(job, None, ["t3"]).cells] == ["a", "t1", "b", "t3"]
    assert [cell.name for cell in shortened(job, None, ["t2"]).cells] == ["a", "t2"]
    assert shortened(job, None, []).cells == ()


def by_hand(course, student="ada", **points):
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        for name, score in points.items():
            grade_entry = gradebook.find_grade(name, "small", "small", student)
            grade_entry.manual_score, grade_entry.needs_manual_grade = score, False
        gradebook.db.commit()


def flagged(course, student="ada"):
    return {name for (_, name), cell in standings(course, "small")[student].cells.items() if cell.needs_manual_grade}


def test_written_answers_are_flagged_only_if_the_answer_or_the_exercise_changed(isolated):
    by_hand(isolated, why=4, draw=1)
    correct(isolated, test_double="assert double(1) == 2")
    grade(isolated, "small", engine=HereAndNow(), trusted=True)
    assert flagged(isolated) == set()
    path = isolated.folder("submitted", "small", "ada") / "small.ipynb"
    path.write_text(path.read_text().replace("Because doubling", "Since doubling"))
    grade(isolated, "small", engine=HereAndNow(), trusted=True)
    assert flagged(isolated) == {"why"}
    by_hand(isolated, why=4)
    correct(isolated, draw="Draw all three.\n### BEGIN MARK SCHEME\nThree.\n### END MARK SCHEME")
    grade(isolated, "small", engine=HereAndNow(), trusted=True)
    assert flagged(isolated) == {"draw"}


def test_points_by_hand_for_a_test_are_looked_at_again_if_the_tests_say_something_else(isolated):
    by_hand(isolated, test_double=1, test_half=1)
    correct(isolated, test_double="assert double(1) == 2")
    grade(isolated, "small", engine=HereAndNow(), trusted=True)
    assert flagged(isolated) == {"test_double", "why", "draw"}


def test_what_is_read_reaches_to_the_next_cell_that_nbgrader_knows():
    def cell(name, source, make=new_markdown_cell, **roles):
        known = {"nbgrader": {"grade_id": name, "points": 1, **roles}} if roles else {}
        return make(source, id=name, metadata=known)

    def of(own="own", after="after", test="assert a"):
        cells = [
            cell("ask", "a question"),
            cell("a", "a = 1", new_code_cell, solution=True),
            cell("test_a", test, new_code_cell, grade=True),
            cell("task", "draw", task=True),
            cell("own", own),
            cell("b", after, new_code_cell, solution=True),
            cell("written", "text", grade=True, solution=True),
        ]
        return readings(new_notebook(cells=cells))

    assert set(of()) == {"test_a", "task", "written"}
    assert of(test="assert a == 1")["test_a"] == of()["test_a"]
    assert {name for name, digest in of(own="other").items() if digest != of()[name]} == {"task", "written"}
    assert {name for name, digest in of(after="other").items() if digest != of()[name]} == {"written"}


def test_who_stands_on_an_earlier_release_is_told(isolated):
    def results():
        return Journal(isolated.state("small")).results()

    assert earlier_release(isolated, "small", results()) == []
    correct(isolated, test_double="assert double(1) == 2")
    assert earlier_release(isolated, "small", results()) == ["ada", "bob"]
    grade(isolated, "small", engine=HereAndNow(), trusted=True, students=["ada"])
    assert earlier_release(isolated, "small", results()) == ["bob"]
    (isolated.state("small") / "manifest.json").write_text('{"mistakes": []}')
    told = call(isolated, "report", "small")
    assert "1 were graded with earlier tests" in told.stderr


def test_the_command_shows_the_differences_and_records_those(isolated):
    by_hand(isolated, "bob", test_double=2.5)
    correct(isolated, test_double="assert double(1) == 2", test_half="wrong()")
    words = "grade", "small", "--changed-tests", "--sandbox=off"
    shown = call(isolated, *words)
    assert "small/test_double │     +3 │        1 │ ada" in shown.stdout
    assert "small/test_half   │     -2 │        2 │ ada, bob" in shown.stdout
    assert "Points that a person gave stay: small/test_double (1)." in shown.stdout
    assert "Nothing counts yet" in shown.stderr
    before = scores(isolated)
    data = json.loads(call(isolated, *words, "--apply", "--json").stdout)
    told = dict.fromkeys(before, 0.0)
    for one in data["differences"]:
        for student in one["students"]:
            told[student] += one["change"]
    after = scores(isolated)
    assert told == {student: after[student] - before[student] for student in before} == {"ada": 1.0, "bob": -2.0}
    assert "0 graded again, 2 with nothing to do" in call(isolated, *words).stdout
    assert not (isolated.state("small") / regrade_module.FOLDER).exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--apply"], "--apply goes with --changed-tests"), (["--force", "--changed-tests"], "give one")],
)
def test_wrong_words(isolated, words, said):
    assert said in call(isolated, "grade", "small", *words, status=2).stderr
