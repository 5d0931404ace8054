"""A student updates in mid-course, hands in the working copy, and gets the points that the answers deserve."""

from __future__ import annotations

import json
import subprocess
import sys

import nbformat
from course_maker import hand_in, nbgrader_cell
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course import Course
from autograder.grade.run import grade
from autograder.release.publish import release_assignment
from autograder.release.validate import validate


def update(course: Course) -> str:
    """Run the command as a student does."""
    command = [sys.executable, "-m", "mlpkit.course", "update"]
    return subprocess.run(command, cwd=course.root, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def publish_next(course: Course) -> None:
    """Release the course anew: a text changed, a test corrected, an exercise added."""
    path = course.root / "solutions" / "small" / "small.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id == "title":
            cell.source = "# A small chapter, with clearer words"
        if cell.id == "test_half":
            cell.source = "assert half(3) == 1.5\nassert half(-1) == -0.5"
    given = "def third(x):\n    ### BEGIN SOLUTION\n    return x / 3\n    ### END SOLUTION"
    notebook.cells[5:5] = [
        new_markdown_cell("### Exercise 3: a third", id="third-text"),
        nbgrader_cell("third", given, solution=True),
        nbgrader_cell("test_third", "assert third(6) == 2", grade=True, locked=True, points=4),
    ]
    nbformat.write(notebook, path)
    validation = validate(course, "small")
    assert validation.passed, validation.checks
    release_assignment(course, "small", validation)


def test_every_answer_survives_the_update_and_is_graded(released):
    assert "small: new, in work/small/small.ipynb" in update(released)
    path = released.root / "work" / "small" / "small.ipynb"
    answers = {
        "double": "def double(x):\n    return x + x",
        "half": "def half(x):\n    return abs(x) / 2",
        "why": "It does.",
    }
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    notebook.cells.insert(4, new_code_cell("double(4)", id="own"))
    nbformat.write(notebook, path)

    publish_next(released)
    said = update(released)
    assert "your 3 answers kept" in said
    assert "new exercises: third" in said
    merged = nbformat.read(path, as_version=4)
    nbformat.validate(merged)
    assert {cell.id: cell.source for cell in merged.cells if cell.id in answers} == answers
    assert merged.cells[0].source == "# A small chapter, with clearer words"
    assert [cell.id for cell in merged.cells][4:9] == ["own", "test_double", "third-text", "third", "test_third"]

    for cell in merged.cells:
        if cell.id == "third":
            cell.source = "def third(x):\n    return x / 3"
    nbformat.write(merged, path)
    hand_in(released, "ada", path.read_bytes())
    result = grade(released, "small").results["ada"]
    assert (result.status, result.score, result.max_score) == ("graded", 3 + 4, 3 + 4 + 2 + 4)
    assert json.loads(path.read_text(encoding="utf-8"))["nbformat"] == 4
