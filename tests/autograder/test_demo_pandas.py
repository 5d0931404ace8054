"""The assignment on pandas that comes with the grader: plain tests, isolated, give the points that nbgrader gives."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import patience
import pytest
from nbgrader.api import Gradebook

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.demo import shipped
from autograder.grade.run import grade
from autograder.notebook.read import read_notebook
from autograder.release.mistakes import alternatives, deal, exercises, mistakes, with_mistakes
from autograder.release.publish import release_assignment
from autograder.release.validate import validate

pytestmark = pytest.mark.skipif(importlib.util.find_spec("pandas") is None, reason="pandas is not installed")
FOLDER = Path(shipped.__file__).parent / "pandas_course"
NOTEBOOK = Path("source", "pandas", "pandas.ipynb")

# What each must get, written down by hand from the points in the notebook: 36 by tests, 9 by a person.
EXPECTED = {
    "all_right": ("graded", 36),
    "all_right_but_chatty": ("graded", 36),
    "all_right_but_late": ("graded", 36),
    "corrupt_json": ("not_gradable", 0),
    "deleted_tests": ("graded", 36),
    "duplicated_tests": ("graded", 36),
    "edited_points": ("graded", 33),
    "edited_tests": ("graded", 33),
    "half_done": ("graded", 18),
    "infinite_loop": ("partly_graded", 33),
    "link_beside": ("graded", 36),
    "link_to_a_neighbour": ("not_gradable", 0),
    "mistakes_1": ("graded", 7),
    "mistakes_2": ("graded", 6),
    "mistakes_3": ("graded", 11),
    "os_exit": ("partly_graded", 33),
    "os_exit_in_cell": ("partly_graded", 33),
    "other_forms_1": ("graded", 36),
    "other_forms_2": ("graded", 36),
    "output_flood": ("graded", 36),
    "output_without_end": ("partly_graded", 34),
    "syntax_error": ("graded", 33),
    "untouched": ("graded", 0),
    "wrong_file_name": ("not_gradable", 0),
}
HARMLESS = ("all_right", "half_done", "mistakes_1", "mistakes_2", "mistakes_3", "other_forms_1", "other_forms_2")
FURTHER = ("syntax_error", "untouched", "edited_tests", "output_flood")


def by_nbgrader(course: Course, students: tuple[str, ...], root: Path) -> Course:
    """Return a copy of the course in which `nbgrader autograde` has graded these students."""
    shutil.copytree(course.root, root, symlinks=True, ignore=shutil.ignore_patterns("autograded", "feedback"))
    for submission in (root / "submitted").iterdir():
        if submission.name not in students:
            shutil.rmtree(submission)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", "autograde", "pandas", "--force"]
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=patience.SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Course.find(root)


def scores(course: Course, student: str) -> dict[str, float | None]:
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        (notebook,) = gradebook.find_submission("pandas", student).notebooks
        return {found.name: found.auto_score for found in notebook.grades}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The course without its named mistakes, which are for the long run, and its alternatives handed in and graded."""
    root = tmp_path_factory.mktemp("pandas") / "course"
    shutil.copytree(FOLDER, root)
    notebook = nbformat.read(root / NOTEBOOK, as_version=4)
    others = deal(alternatives(notebook), lambda one: one.exercise)
    notebook.cells = [cell for cell in notebook.cells if "instructor" not in cell.metadata.get("tags", ())]
    nbformat.write(notebook, root / NOTEBOOK)
    course = Course.find(root)
    validation = validate(course, "pandas")
    assert [check.problems for check in validation.checks if check.problems or check.warnings] == []
    release_assignment(course, "pandas", validation)
    for number, made in enumerate(others, start=1):
        folder = course.folder("submitted", "pandas", f"other_forms_{number}")
        folder.mkdir(parents=True)
        nbformat.write(with_mistakes(notebook, made), folder / "pandas.ipynb")
    return course, len(others)


def test_right_answers_in_other_forms_have_all_points_here_and_by_nbgrader(small, tmp_path):
    course, count = small
    results = grade(course, "pandas", trusted=True).results
    students = tuple(f"other_forms_{number}" for number in range(1, count + 1))
    assert {student: (one.score, one.remarks) for student, one in results.items()} == dict.fromkeys(students, (36, ()))
    theirs = by_nbgrader(course, students[:1], tmp_path / "theirs")
    assert scores(theirs, students[0]) == scores(course, students[0])


def test_the_assignment_is_what_it_is_said_to_be():
    notebook = read_notebook((FOLDER / NOTEBOOK).read_bytes())
    found = exercises(notebook)
    assert len(found) == 14
    assert (
        {one.exercise for one in alternatives(notebook)} == set(found) == {one.exercise for one in mistakes(notebook)}
    )
    source = "\n".join(cell.source for cell in notebook.cells)
    for part in (
        "groupby",
        "merge",
        "isna",
        "DatetimeIndex",
        "Categorical",
        "plt.Axes",
        "assert_frame_equal",
        "equals",
    ):
        assert part in source
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_the_demo_needs_no_course_but_its_package(tmp_path, monkeypatch):
    def nowhere():
        raise CourseError("there is none")

    assert shipped.course_to_play("pandas", nowhere).root == FOLDER.resolve()
    for asked in (None, "other"):
        with pytest.raises(CourseError, match="there is none"):
            shipped.course_to_play(asked, nowhere)
    shutil.copytree(FOLDER, tmp_path / "own")
    own = Course.find(tmp_path / "own")
    assert shipped.course_to_play("pandas", lambda: own) is own
    shutil.rmtree(tmp_path / "own" / "source")
    assert shipped.course_to_play("pandas", lambda: own).root == FOLDER.resolve()
    assert shipped.course_to_play(None, lambda: own) is own
    monkeypatch.setattr(shipped, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r'not installed here: python -m pip install "pandas>=2\.3"$'):
        shipped.course_to_play("pandas", nowhere)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The demo as the command plays it, outside of any course: its JSON, and the course in its workspace."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "autograder", "demo", "pandas", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=patience.SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout), Course.find(folder / "demo")


@pytest.mark.slow  # 24 submissions that each import pandas, in three minutes
def test_each_of_the_class_gets_what_it_must(played):
    data, course = played
    given = {one["student"]: (one["status"], one["score"]) for one in data["submissions"]}
    assert given == EXPECTED
    assert {one["max_score"] for one in data["submissions"]} == {45}
    report = Path(data["report"]).read_text()
    for one in mistakes(read_notebook((FOLDER / NOTEBOOK).read_bytes())):
        assert one.name in report
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        assert gradebook.find_submission("pandas", "all_right_but_late").late_submission_penalty == 36


@pytest.mark.slow  # eleven notebooks more, run by nbgrader one after the other
def test_nbgrader_gives_the_same_points_cell_by_cell(played, tmp_path):
    _, course = played
    students = (*HARMLESS, *FURTHER)
    theirs = by_nbgrader(course, students, tmp_path / "theirs")
    assert {one: scores(theirs, one) for one in students} == {one: scores(course, one) for one in students}
