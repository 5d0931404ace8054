"""Three hints for each exercise of two points or more, which lead to the answer and do not contain it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.notebooknode import NotebookNode

from autograder.notebook.roles import INSTRUCTOR, is_answer, is_graded, nbgrader, tags

ROOT = Path(__file__).resolve().parents[2]
WITH_HINTS = ("00_numpy", "01_neuron", "02_gradient_descent", "03_backprop", "04_classification")
"""The chapters that have them so far."""
FOLD = re.compile(r"<details>\n<summary>(Hint \d of 3)</summary>\n\n(.+?)\n\n?(?=</?details>)", re.DOTALL)
"""A hint; the next one stands inside, and is seen once this one is open."""
HEADING = re.compile(r"^### Exercise \d+: .*\((\d+) points?", re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


def chapter(name: str) -> list[NotebookNode]:
    return nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4).cells


def exercises(cells: list[NotebookNode]) -> Iterator[tuple[NotebookNode, int, NotebookNode]]:
    """Yield the text of each exercise, its points, and the cell of the answer below it."""
    for at, cell in enumerate(cells):
        if cell.cell_type == "markdown" and (heading := HEADING.search(cell.source)):
            yield cell, int(heading[1]), next(one for one in cells[at:] if is_answer(one))


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


def expressions(code: str) -> set[str]:
    """Return what is computed in a piece of code, each expression by itself; names and numbers alone are none."""
    told = (ast.BinOp, ast.Call, ast.Compare, ast.IfExp, ast.Subscript, ast.UnaryOp, ast.ListComp)
    return {ast.unparse(node) for node in ast.walk(ast.parse(code)) if isinstance(node, told)}


def parsed(span: str) -> set[str]:
    try:
        return expressions(span)
    except SyntaxError:
        return set()


@pytest.mark.parametrize("name", WITH_HINTS)
def test_every_exercise_of_two_points_or_more_has_three_hints_in_order(name):
    found = list(exercises(chapter(name)))
    assert len(found) >= 8
    for text, points, _ in found:
        hints = FOLD.findall(text.source)
        assert text.source.count("<summary>Hint") == len(hints), text.id
        if points >= 2:
            assert [title for title, _ in hints] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3"], text.id
            assert all(len(hint.split()) >= 8 for _, hint in hints), text.id
            assert len({hint for _, hint in hints}) == 3, text.id


@pytest.mark.parametrize("name", WITH_HINTS)
def test_no_hint_contains_the_code_of_the_answer(name):
    for text, _, answer in exercises(chapter(name)):
        solution = "\n".join(SOLUTION.findall(answer.source))
        lines = [one for line in solution.split("\n") if len(one := without_space(line)) >= 10]
        secret = expressions(answer.source) if answer.cell_type == "code" else set()
        for title, hint in FOLD.findall(text.source):
            assert [line for line in lines if line in without_space(hint)] == [], (text.id, title)
            told = {one for span in SPAN.findall(hint) for one in parsed(span)}
            assert told & secret == set(), (text.id, title)


def test_an_expression_of_an_answer_would_be_found():
    """So the test above is no empty promise."""
    secret = expressions("def layer(X, W, b, f):\n    return f(X @ W + b)")
    assert parsed("X@W + b") <= secret
    assert parsed("X") | parsed("np.log1p") | parsed("keepdims=True") == set()


@pytest.mark.parametrize("name", WITH_HINTS)
def test_what_is_graded_stands_below_an_exercise_with_its_points(name):
    """The points that a heading promises are those of its tests."""
    cells = [cell for cell in chapter(name) if INSTRUCTOR not in tags(cell)]
    promised = sum(points for _, points, _ in exercises(cells))
    assert promised == sum(nbgrader(cell)["points"] for cell in cells if is_graded(cell))
