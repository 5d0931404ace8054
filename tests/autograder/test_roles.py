"""Contradictory roles are refused before nbgrader reads them."""

from __future__ import annotations

import nbformat
import pytest
from course_maker import nbgrader_cell, source_notebook, with_task
from nbformat.v4 import new_notebook, new_raw_cell

from autograder.course import CourseError
from autograder.release.editions import generate
from autograder.release.roles import contradictions


def cell(**changes):
    """A cell named c, of which some of the metadata are changed; None takes a part away."""
    markdown = changes.pop("markdown", False)
    made = nbgrader_cell("c", "text", markdown=markdown)
    made.metadata.nbgrader.update(changes)
    for name in [name for name, value in changes.items() if value is None]:
        del made.metadata.nbgrader[name]
    return made


def found(*cells):
    for number, one in enumerate(cells):
        one["id"] = f"c{number}"
    return contradictions(new_notebook(cells=list(cells)))


@pytest.mark.parametrize(
    "role",
    [
        {},
        {"solution": True},
        {"grade": True, "points": 2},
        {"grade": True, "locked": True, "points": 0},
        {"grade": True, "solution": True, "points": 2.5},
        {"grade": True, "solution": True, "points": 2, "markdown": True},
        {"locked": True, "markdown": True},
        {"task": True, "points": 2, "markdown": True},
        {"task": True, "locked": True, "points": 2, "markdown": True},
    ],
)
def test_the_roles_of_nbgraders_menu_are_fine(role):
    assert found(cell(**role)) == []


def test_a_course_with_every_role_is_fine():
    assert contradictions(with_task(source_notebook())) == []


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ({"task": True, "grade": True, "points": 6, "markdown": True}, "a task and graded"),
        ({"task": True, "solution": True, "points": 6, "markdown": True}, "a task and an answer"),
        (
            {"task": True, "grade": True, "solution": True, "points": 6, "markdown": True},
            "a task and graded and an answer",
        ),
        ({"grade": True, "solution": True, "locked": True, "points": 6}, "graded and an answer and locked"),
        ({"solution": True, "locked": True}, "an answer and locked"),
        ({"task": True, "points": 6}, "make it Markdown"),
        ({"grade": True, "locked": True, "points": 6, "markdown": True}, "graded by hand"),
        ({"solution": True, "markdown": True}, "graded by hand"),
        ({"task": True, "markdown": True}, "needs its points"),
        ({"grade": True, "points": None}, "needs its points"),
        ({"grade": True, "points": -1}, "needs its points"),
        ({"grade": True, "points": float("nan")}, "needs its points"),
        ({"grade": True, "points": float("inf")}, "needs its points"),
        ({"grade": True, "points": "3"}, "needs its points"),
        ({"grade": True, "points": True}, "needs its points"),
        ({"grade": "yes", "points": 3}, "must say true or false"),
    ],
)
def test_a_contradictory_role_is_named(role, words):
    (problem,) = found(cell(**role))
    assert problem.startswith("c ")
    assert words in problem


def test_a_role_in_a_raw_cell_a_missing_name_and_one_given_twice_are_named():
    raw = new_raw_cell("x", metadata={"nbgrader": {**cell(grade=True, points=1).metadata.nbgrader}})
    assert "a raw cell" in found(raw)[0]
    assert "has a role but no name" in found(cell(solution=True, grade_id=""))[0]
    task = {"task": True, "points": 1, "markdown": True}
    assert found(cell(**task), cell(**task)) == ["c is the name of 2 cells: give each its own"]


def test_the_release_is_refused_with_the_cells_name(course):
    path = course.folder("source", "small") / "small.ipynb"
    notebook = with_task(source_notebook())
    notebook.cells[-1].metadata.nbgrader.grade = True
    nbformat.write(notebook, path)
    with pytest.raises(CourseError, match=r"(?s)release of 'small'.*small.ipynb: draw is a task and graded"):
        generate(course, "small", course.folder("release", "small"))
