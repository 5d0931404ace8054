"""Progress: nothing done, half done, all done, renamed, damaged; on the page, in a terminal, in a notebook."""

from __future__ import annotations

import copy
import json

import pytest
from releases import cell, demo, exercise, failed, printed, prose, ran, release, written

from mlpkit.course.__main__ import main
from mlpkit.course.notebooks import read, write
from mlpkit.course.page import PAGE, progress, renew
from mlpkit.course.standing import CHECKED, chapters, exercises
from mlpkit.course.tables import as_text, of_chapters, of_exercises, summary
from mlpkit.course.work import Work

SETUP = demo("setup", "import numpy as np")
TITLE = prose("in_words-text", "### Exercise 3: in your own words (4 points, read by your teacher)")
NEURON = release(SETUP, *exercise(1, "double"), *exercise(2, "third", points=3), TITLE, written("in_words"))
NUMPY = release(*exercise(1, "blend", points=1))
DONE = printed("double: 1 check passed\n")


@pytest.fixture
def work(tmp_path):
    write(tmp_path / "course" / "00_numpy" / "00_numpy.ipynb", NUMPY)
    write(tmp_path / "course" / "01_neuron" / "01_neuron.ipynb", NEURON)
    made = Work(tmp_path / "course", tmp_path / "work")
    list(made.update())
    return made


@pytest.fixture
def mine(work):
    """The student's second chapter, to be changed and written back."""
    path = work.place("01_neuron")
    notebook = read(path)
    yield notebook
    write(path, notebook)


def answered(notebook, name, count, *outputs):
    """Answer an exercise and run its check."""
    cell(notebook, name)["source"] = f"def {name}(x):\n    return 1"
    ran(cell(notebook, name), count)
    ran(cell(notebook, f"{name}-test"), count + 1, *outputs)


def half_done(work):
    path = work.place("01_neuron")
    notebook = read(path)
    answered(notebook, "double", 2, DONE)
    answered(notebook, "third", 4, failed("CheckFailed", "third(x) returned a wrong value."))
    write(path, notebook)
    return path


def states(notebook, live=None):
    return {one.name: one.state for one in exercises(notebook, live)}


def test_nothing_is_done(work):
    numpy, neuron = chapters(work)
    assert (neuron.earned, neuron.possible, neuron.done, neuron.is_begun) == (0, 5, 0, False)
    assert (neuron.title, neuron.hours) == ("Neurons", (2, 3))
    assert {one.state for one in neuron.exercises} == {"not begun"}
    assert summary([numpy, neuron]).endswith("Next: 00_numpy, Exercise 1: the blend.")
    assert of_chapters([numpy, neuron])[-1] == ["all", "4–6", "0 of 4", "0 of 6", ""]


def test_running_everything_unsolved_is_not_a_beginning(work):
    """ "Run All" in an unsolved chapter leaves an error below each check."""
    notebook = read(work.place("01_neuron"))
    for name in ("double-test", "third-test"):
        ran(cell(notebook, name), 7, failed("NotImplementedError", ""))
    assert set(states(notebook).values()) == {"not begun"}


def test_half_done(work):
    half_done(work)
    neuron = chapters(work)[1]
    assert [(one.title, one.points, one.state) for one in neuron.exercises] == [
        ("Exercise 1: the double", 2, "passed"),
        ("Exercise 2: the third", 3, "failed"),
        ("Exercise 3: in your own words", 4, "not begun"),
    ]
    assert (neuron.earned, neuron.done) == (2, 1)
    assert summary([neuron]) == (
        "2 of 5 points by the visible checks; a teacher reads the answers in words (4 more). "
        "Next: 01_neuron, Exercise 2: the third."
    )


def test_all_is_done(work):
    notebook = copy.deepcopy(NEURON)
    answered(notebook, "double", 2, DONE)
    answered(notebook, "third", 4, DONE)
    cell(notebook, "in_words")["source"] = "It doubles."
    write(work.place("01_neuron"), notebook)
    neuron = chapters(work)[1]
    assert (neuron.earned, neuron.done, neuron.following) == (5, 3, None)
    assert summary([neuron]).endswith("Everything is done.")
    assert of_chapters([neuron])[1][-1] == "█" * 10


def test_an_answer_that_changed_after_its_check_counts_for_nothing_yet():
    notebook = copy.deepcopy(NEURON)
    answered(notebook, "double", 2, DONE)
    ran(cell(notebook, "double"), 9)
    assert states(notebook)["double-test"] == "not checked"
    cell(notebook, "double-test").update(execution_count=None, outputs=[])
    assert states(notebook)["double-test"] == "not checked"
    assert states(notebook, {"double-test": "passed"})["double-test"] == "passed"


def test_a_renamed_chapter_counts_and_its_name_is_told(work, capsys, monkeypatch):
    path = half_done(work)
    path.rename(path.with_name("week 1.ipynb"))
    neuron = chapters(Work(work.course, work.folder))[1]
    assert neuron.earned == 2
    assert neuron.remark == "your file is called week 1.ipynb; hand it in as 01_neuron.ipynb"
    monkeypatch.chdir(work.folder.parent)
    assert main(["progress"]) == 0
    assert "2 of 5" in capsys.readouterr().out


@pytest.mark.parametrize("contents", [b"", b'{"cells": [', b"[]"])
def test_a_damaged_notebook_is_named_and_the_others_count(work, capsys, monkeypatch, contents):
    half_done(work)
    work.place("00_numpy").write_bytes(contents)
    numpy, neuron = chapters(work)
    assert neuron.earned == 2
    assert numpy.earned == 0
    assert numpy.remark.startswith("00_numpy.ipynb is ")
    monkeypatch.chdir(work.folder.parent)
    assert main(["progress"]) == 0
    assert numpy.remark in capsys.readouterr().out


def test_the_command_lists_chapters_and_exercises(work, capsys, monkeypatch):
    half_done(work)
    monkeypatch.chdir(work.folder)
    assert main(["progress"]) == 0
    head, rule, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["chapter", "hours", "done", "points"]
    assert set(rule) == {"-"}
    assert rows[1].split("  ")[0] == "01_neuron"
    assert main(["progress", "01_neuron"]) == 0
    said = capsys.readouterr().out
    assert "Exercise 2: the third          3       ✗ failed" in said
    assert main(["progress", "09_none"]) == 1
    assert "The chapters: 00_numpy, 01_neuron." in capsys.readouterr().err


def test_the_start_page_is_renewed_when_a_notebook_is_saved(work, monkeypatch, capsys):
    monkeypatch.chdir(work.folder.parent)
    main(["update"])
    page = work.folder / PAGE
    assert "| [1. Neurons](01_neuron/01_neuron.ipynb) | 2–3 | 0 of 3 | 0 of 5 | not begun |" in page.read_text("utf-8")
    path = half_done(work)
    renew(os_path=str(path), model={"type": "notebook"}, contents_manager=None)
    assert "| 1 of 3 | 2 of 5 | ███░░░░░░░ |" in page.read_text("utf-8")
    page.unlink()
    renew(os_path=str(page), model={"type": "file"}, contents_manager=None)
    renew(os_path=str(work.folder.parent / "other.ipynb"), model={"type": "notebook"}, contents_manager=None)
    assert not page.exists()


def test_a_notebook_shows_its_own_progress_with_what_is_not_saved_yet(work, monkeypatch):
    path = half_done(work)
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    shown = progress()
    assert repr(shown).startswith(
        "01_neuron: 2 of 5 points by the visible checks, 1 failed. Next: Exercise 2: the third."
    )
    monkeypatch.setitem(CHECKED, "third-test", "passed")
    assert "5 of 5 points" in repr(progress())
    assert "<td style='text-align: left'>✓ passed</td>" in progress()._repr_html_()
    path.write_bytes(b"")
    assert repr(progress()) == f"progress() cannot tell: {path} is empty."
    monkeypatch.setenv("JPY_SESSION_NAME", "gone.ipynb")
    monkeypatch.chdir(work.folder)
    assert "did not find the file" in repr(progress())
    assert progress()._repr_html_() is None


def test_every_chapter_of_the_course_is_understood(request):
    """Each has hours, a heading above each exercise, and as many points as its cells say."""
    root = request.config.rootpath
    work = Work(root / "course", root / "build" / "no-such-copy")
    for one in chapters(work):
        given = json.loads(work.released(one.name).read_text(encoding="utf-8"))
        points = [c["metadata"]["nbgrader"].get("points", 0) for c in given["cells"] if "nbgrader" in c["metadata"]]
        assert sum(exercise.points for exercise in one.exercises) == sum(points)
        assert one.hours is not None
        assert 1 <= one.hours[0] <= one.hours[1] <= 12
        numbers = [exercise.title.split(":")[0] for exercise in one.exercises]
        assert numbers == [f"Exercise {i}" for i in range(1, len(numbers) + 1)], one.name
        assert "points" not in as_text(of_exercises(one.exercises)).partition("\n")[2]
