"""What nbgrader's own generator takes is released here, and earns the points that ``nbgrader autograde`` gives."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from course_shapes import SHAPES, TEST_F, F, Shape, checks, notebook
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment

from autograder.cli import main
from autograder.course import Course, CourseError, calling_nbgrader
from autograder.grade.run import grade
from autograder.notebook.roles import grade_id
from autograder.release.editions import framed, generate
from autograder.release.mistakes import reference
from autograder.release.publish import release_assignment
from autograder.release.validate import validate

ALWAYS = ("header and footer", "parts of points")
"""Shapes that are graded by both in each run; the others in the long one."""
GRADED = [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.slow) for name in SHAPES]


def by_nbgrader(course: Course, *words: str, program: str = "nbgrader") -> None:
    """Run a command of nbgrader's, or of another program, in the course's folder."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", program, *words]
    done = subprocess.run(command, cwd=course.root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def handed_out_by_nbgrader(course: Course, assignment: str) -> None:
    directories = course.directories
    directories.assignment_id = assignment
    with calling_nbgrader():
        GenerateAssignment(coursedir=directories, config=course.config).start()


def released(course: Course, assignment: str):
    """Release an assignment as the command does; return what `validate` said."""
    validation = validate(course, assignment)
    assert validation.passed, [check for check in validation.checks if not check.passed]
    release_assignment(course, assignment, validation)
    return validation


@pytest.mark.parametrize("name", SHAPES)
def test_what_nbgrader_takes_is_released(name, tmp_path):
    shape = SHAPES[name]
    handed_out_by_nbgrader(shape.make(tmp_path / "theirs"), shape.assignment)
    validation = released(shape.make(tmp_path / "ours"), shape.assignment)
    warnings = [warning for check in validation.checks for warning in check.warnings]
    assert len(warnings) == len(shape.warned), warnings
    for part in shape.warned:
        assert sum(part in warning for warning in warnings) == 1, warnings
    strict = [check.strictly().passed for check in validation.checks]
    assert all(strict) == (not shape.warned)


def hand_in(shape: Shape, course: Course) -> None:
    """Let one student answer everything right, one nothing, and one something wrong."""
    for path in sorted(course.folder("release", shape.assignment).glob("*.ipynb")):
        right = reference(framed(copy.deepcopy(shape.notebooks[path.stem]), course))
        wrong = copy.deepcopy(right)
        for cell in wrong.cells:
            cell.source = shape.wrong.get(str(grade_id(cell)), cell.source)
        untouched = nbformat.read(path, as_version=4)
        for student, made in {"right": right, "untouched": untouched, "wrong": wrong}.items():
            folder = course.folder("submitted", shape.assignment, student)
            folder.mkdir(parents=True, exist_ok=True)
            nbformat.write(made, folder / path.name)
            for file in shape.files:
                shutil.copy(course.folder("release", shape.assignment) / file, folder)


def scores(course: Course, assignment: str) -> dict[tuple[str, str, str], tuple[float | None, float]]:
    """Return the points of each cell, and what it is worth, by student and notebook."""
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        return {
            (submission.student.id, one.name, found.name): (found.auto_score, found.max_score)
            for submission in gradebook.assignment_submissions(assignment)
            for one in submission.notebooks
            for found in one.grades
        }


@pytest.mark.parametrize("name", GRADED)
def test_the_points_are_nbgraders(name, tmp_path):
    shape = SHAPES[name]
    ours = shape.make(tmp_path / "ours")
    released(ours, shape.assignment)
    hand_in(shape, ours)
    theirs = shape.make(tmp_path / "theirs")
    handed_out_by_nbgrader(theirs, shape.assignment)
    shutil.copytree(ours.root / "submitted", theirs.root / "submitted")
    run = grade(ours, shape.assignment, trusted=True)
    assert run.failures == {}
    by_nbgrader(theirs, "autograde", shape.assignment)
    given = scores(theirs, shape.assignment)
    assert scores(ours, shape.assignment) == given
    assert len(given) >= 3
    earned = {who: sum(got or 0 for (student, *_), (got, _) in given.items() if student == who) for who, *_ in given}
    assert earned["right"] > earned["wrong"] >= earned["untouched"]


@pytest.mark.parametrize("wrong", ["None", "'2'", "[2.0]"])
def test_where_the_reference_gives_a_number_nothing_else_counts_as_all_points(wrong, tmp_path):
    """nbgrader gives them all to each of these answers."""
    shape = Shape({"p": notebook(F, checks("t", "f(1)", 2))}, {"f": f"def f(x):\n    return {wrong}"})
    course = shape.make(tmp_path)
    released(course, "ps1")
    hand_in(shape, course)
    grade(course, "ps1", trusted=True)
    assert {student: score for (student, *_), (score, _) in scores(course, "ps1").items()} == {
        "right": 2.0,
        "untouched": 0.0,
        "wrong": 0.0,
    }


def call(course: Path, *words: str):
    result = CliRunner().invoke(main, ["--course", str(course), *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.parametrize("options", [(), pytest.param(("--autotest",), marks=pytest.mark.slow)])
@pytest.mark.parametrize("shared", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_the_course_of_nbgraders_quickstart_goes_through(options, shared, tmp_path):
    """Release, grade, feedback, report; with --autotest nbgrader writes the tests itself."""
    by_nbgrader(Course(tmp_path, None), "quickstart", "course101", *options)
    if shared:
        with (tmp_path / "course101" / "nbgrader_config.py").open("a") as config:
            config.write("\nc.Autograder.shared = ['ps1']\n")
    course = Course.find(tmp_path / "course101")
    by_nbgrader(course, "release", "ps1", program="autograder")  # nbgrader does not close its kernel's sockets
    for path in course.folder("release", "ps1").glob("*.ipynb"):
        folder = course.folder("submitted", "ps1", "bitdiddle")
        folder.mkdir(parents=True, exist_ok=True)
        source = nbformat.read(course.folder("source", "ps1") / path.name, as_version=4)
        nbformat.write(reference(framed(source, course)), folder / path.name)
        shutil.copytree(
            course.folder("release", "ps1"), course.folder("submitted", "ps1", "hacker"), dirs_exist_ok=True
        )
    graded = json.loads(call(course.root, "grade", "ps1", "--sandbox=off", "--json").stdout)["submissions"]
    assert [(one["student"], one["status"]) for one in graded] == [("bitdiddle", "graded"), ("hacker", "graded")]
    call(course.root, "feedback", "ps1")
    call(course.root, "report", "ps1")
    assert {path.name for path in course.folder("feedback", "ps1", "hacker").iterdir()} >= {"problem1.html"}
    given = scores(course, "ps1")
    tests = {key: found for key, found in given.items() if key[0] == "bitdiddle" and found[0] is not None}
    assert len(tests) >= 4
    assert all(score == most for score, most in tests.values())
    shutil.copytree(course.root, tmp_path / "theirs", ignore=shutil.ignore_patterns("autograded", "feedback"))
    theirs = Course.find(tmp_path / "theirs")
    by_nbgrader(theirs, "autograde", "ps1", "--force")
    assert scores(theirs, "ps1") == given


def test_warnings_are_printed_and_stand_in_the_way_only_where_they_shall(tmp_path):
    course = SHAPES["points for nothing"].make(tmp_path)
    refused = CliRunner().invoke(main, ["--course", str(course.root), "release", "--strict"])
    assert refused.exit_code == 1
    assert "✗ the release as handed out earns nothing" in refused.output
    assert not course.folder("release", "ps1").exists()
    checks = json.loads(call(course.root, "validate", "--json").stdout)["assignments"][0]["checks"]
    assert [one["warnings"] for one in checks if one["warnings"]] == [["free gives 1"]]
    assert all(one["passed"] for one in checks)
    assert "warning: free gives 1" in call(course.root, "release").stdout
    assert course.folder("release", "ps1").exists()


def test_a_kernel_that_is_not_installed_is_no_obstacle(tmp_path):
    shape = Shape({"p": notebook(F, TEST_F, name="Python [Root]", display_name="Python [Root]")}, {})
    released(shape.make(tmp_path), "ps1")


@pytest.mark.parametrize(
    ("kernel", "named"),
    [({"name": "ir", "language": "R"}, "R"), ({"name": "julia-1.9", "language": ""}, "Julia"), ({"name": "ir"}, "R")],
)
def test_another_language_is_named(tmp_path, kernel, named):
    made = notebook(F, TEST_F)
    made.metadata.kernelspec = {"display_name": "x", **kernel}
    course = Shape({"p": made}, {}).make(tmp_path)
    with pytest.raises(CourseError, match=rf"p\.ipynb is a notebook in {named}: only notebooks in Python"):
        validate(course, "ps1")


def test_old_metadata_are_refused_in_nbgraders_words_until_they_are_updated(tmp_path):
    made = copy.deepcopy(notebook(F, TEST_F))
    for cell in made.cells[1:]:
        cell.metadata.nbgrader["schema_version"] = 1
        del cell.metadata.nbgrader["task"]
    course = Shape({"p": made}, {}).make(tmp_path)
    with pytest.raises(CourseError) as refused:
        validate(course, "ps1")
    assert "use an old version of the nbgrader metadata format. Please **back up" in str(refused.value)
    assert "nbgrader update ." in str(refused.value)
    by_nbgrader(course, "update", ".")
    released(course, "ps1")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (
            new_code_cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", id="loose"),
            ("the cell loose: Solution region detected in a non-solution cell", "x = 1"),
        ),
        (new_code_cell("### BEGIN HIDDEN TESTS\nx = 1", id="open"), ("the cell open: ", "hidden test")),
    ],
)
def test_nbgraders_refusals_arrive_whole_with_the_cell(tmp_path, cell, told):
    course = Shape({"p": notebook(F, TEST_F, cell)}, {}).make(tmp_path)
    with pytest.raises(CourseError) as refused:
        generate(course, "ps1", course.folder("release", "ps1"))
    for part in told:
        assert part in str(refused.value)
    assert "Traceback" not in str(refused.value)
