"""Feedback is written again only where something that a page shows has changed."""

from __future__ import annotations

import json
import os
import re

import nbformat
import pytest
from course_maker import hand_in
from nbgrader.api import Gradebook
from test_run import HereAndNow

from autograder.course import calling_nbgrader
from autograder.grade import task as task_module
from autograder.grade.run import grade
from autograder.plan import CellOutcome, Outcome
from autograder.release.manifest import Failure, KnownMistake, Manifest
from autograder.results import feedback
from autograder.results.feedback import write_feedback
from autograder.results.pages import Pages
from autograder.results.scores import standings

NOTHING = Manifest(())


@pytest.fixture
def course(unchecked, monkeypatch):
    """A course with three students who are graded, without a worker."""
    monkeypatch.setattr(
        task_module, "execute", lambda job, launch: Outcome(tuple(CellOutcome(cell.key, "ok") for cell in job.cells))
    )
    monkeypatch.setattr("autograder.sandbox.launch.why_not", lambda probe: "no worker is needed")
    for student in ("ada", "bob", "cem"):
        hand_in(unchecked, student, nbformat.read(unchecked.folder("release", "small") / "small.ipynb", as_version=4))
    grade(unchecked, "small", engine=HereAndNow(), trusted=True)
    return unchecked


def written(course, manifest=NOTHING, **options):
    """Write feedback; return the students whose pages were made."""
    kept = []
    pages = write_feedback(course, "small", manifest, kept=kept.append, **options)
    assert set(kept) <= set(pages)
    assert all(page.is_file() for page in pages)
    return [page.parent.parent.name for page in pages if page not in kept]


def test_only_what_has_changed_is_written_again(course):
    assert written(course) == ["ada", "bob", "cem"]
    assert written(course) == []

    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        cell = gradebook.find_submission("small", "bob").notebooks[0].grades[0]
        cell.manual_score = 0.25
        gradebook.db.commit()
    assert written(course) == ["bob"], "a person gave points"

    page = course.folder("feedback", "small", "cem") / "small.ipynb"
    page.with_suffix(".html").unlink()
    assert written(course) == ["cem"], "a page is gone"
    page.with_suffix(".html").write_text("changed by hand")
    assert written(course) == ["cem"]

    grade(course, "small", students=["ada"], force=True, engine=HereAndNow(), trusted=True)
    assert written(course) == ["ada"], "it was graded again"

    mistake = KnownMistake(
        "double", "doubled twice", "Once is enough.", (Failure("test_double", "AssertionError", ""),)
    )
    assert written(course, Manifest((mistake,))) == ["ada", "bob", "cem"]
    assert written(course, Manifest((mistake,))) == []


def test_another_version_of_the_program_writes_all_again(course, monkeypatch):
    written(course)
    monkeypatch.setattr("autograder.results.written._program", lambda: "another")
    assert written(course) == ["ada", "bob", "cem"]


def test_what_was_written_before_an_interrupt_is_known(course, monkeypatch):
    page = Pages.page
    made = []

    def interrupted(*words):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(page(*words))
        return made[-1]

    monkeypatch.setattr(Pages, "page", interrupted)
    with pytest.raises(KeyboardInterrupt):
        written(course)
    monkeypatch.undo()
    assert written(course) == ["cem"]


@pytest.mark.parametrize("damaged", ["", "[]", '{"a": 1}', "\x00"])
def test_a_damaged_memory_costs_time_only(course, damaged):
    written(course)
    path = course.state("small") / feedback.WRITTEN
    assert os.stat(path).st_mode & 0o077 == 0
    assert len(json.loads(path.read_text())) == 3
    path.write_text(damaged)
    assert written(course) == ["ada", "bob", "cem"]


def test_the_gradebook_is_read_for_a_part_of_the_class_at_a_time(course, monkeypatch):
    asked = []

    def noted(course, assignment, students=None):
        asked.append(students)
        return standings(course, assignment, students)

    monkeypatch.setattr(feedback, "AT_ONCE", 2)
    monkeypatch.setattr(feedback, "standings", noted)
    assert written(course) == ["ada", "bob", "cem"]
    assert asked == [["ada", "bob"], ["cem"]]
    whole = standings(course, "small")
    assert whole == standings(course, "small", ["ada", "bob"]) | standings(course, "small", ["cem"])


def test_pages_that_other_processes_make_are_the_same(course, monkeypatch):
    """Where the text names a time, it is that of the making: only this may differ."""
    monkeypatch.setattr("autograder.results.pages.FEW", 1)

    def texts(**options):
        for page in course.folder("feedback", "small", "*").parent.parent.glob("*/small/*.html"):
            page.unlink()
        paths = write_feedback(course, "small", NOTHING, **options)
        return [re.sub(r"\d\d:\d\d", "", path.read_text(encoding="utf-8")) for path in paths]

    here = texts(workers=1)
    assert len(here) == 3
    assert texts(workers=2) == here


def test_a_page_that_another_process_cannot_make_stops_no_other(course, monkeypatch):
    monkeypatch.setattr("autograder.results.pages.FEW", 0)
    (course.folder("autograded", "small", "bob") / "small.ipynb").write_text("{")
    failures = {}
    paths = write_feedback(course, "small", NOTHING, workers=2, failed=failures.__setitem__)
    assert [path.parent.parent.name for path in paths] == ["ada", "cem"]
    assert list(failures) == ["bob"]


def test_what_goes_wrong_before_a_page_is_made_stops_no_other(course, monkeypatch):
    ask = Pages.ask

    def refused(self, result, *words):
        if result.student == "bob":
            raise ValueError("no page for bob")
        return ask(self, result, *words)

    monkeypatch.setattr(Pages, "ask", refused)
    failures = {}
    paths = write_feedback(course, "small", NOTHING, failed=failures.__setitem__)
    assert [path.parent.parent.name for path in paths] == ["ada", "cem"]
    assert failures == {"bob": "ValueError: no page for bob"}
