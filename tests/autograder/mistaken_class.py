"""Classes made of named mistakes: the same wrong answer as several students would write it."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass

import nbformat

from autograder.grade.results import Result
from autograder.notebook.roles import grade_id, is_answer
from autograder.release.mistakes import Mistake, deal, mistakes, with_mistakes
from autograder.results.groups import groups
from autograder.results.rows import Answer, Row
from autograder.results.scores import standing_of


@dataclass(frozen=True)
class Member:
    """A student of such a class: the notebook handed in, and the mistakes made in it."""

    notebook: nbformat.NotebookNode
    made: tuple[Mistake, ...]


def disguised(source: str, style: int) -> str:
    """Return an answer with other local names, another layout and other comments."""
    tree = ast.parse(source)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            _rename(function, style)
    lines = ast.unparse(tree).splitlines()
    return "\n".join(line for text in lines for line in ([f"{_indent(text)}# step {style}", text] if style else [text]))


def members(source: nbformat.NotebookNode, styles: int) -> list[Member]:
    """Return a class in which every named mistake of a notebook is made as often as there are styles."""
    found = []
    for style, made in itertools.product(range(styles), deal(mistakes(source), lambda one: one.exercise)):
        notebook = with_mistakes(source, made)
        for cell in notebook.cells:
            if any(grade_id(cell) == one.exercise.answer for one in made):
                cell.source = disguised(cell.source, style)
        found.append(Member(notebook, tuple(made)))
    return found


def row_of(result: Result, name: str, notebook: nbformat.NotebookNode) -> Row:
    """Return a student's row of a report."""
    answers = {(name, grade_id(cell)): Answer(cell.source) for cell in notebook.cells if is_answer(cell)}
    cells = {(one.name, grade.name): grade for one in result.notebooks for grade in one.grades}
    return Row(result, standing_of(result), cells, "", answers)


def told_apart(rows, made, name, released, manifest):
    """Return the share of pairs with the same mistake that are in one group, and that of pairs with different ones."""
    found = groups(rows, {name: released}, manifest)
    place = {(group.exercise.answer, student): group.name for group in found for student in group.students}
    same, different = [], []
    for one, other in itertools.combinations([(s, m) for s, several in made.items() for m in several], 2):
        if one[1].exercise.answer != other[1].exercise.answer:
            continue
        places = [place.get((mistake.exercise.answer, student)) for student, mistake in (one, other)]
        together = places[0] == places[1] is not None
        (same if one[1] == other[1] else different).append(together)
    return sum(same) / len(same), sum(different) / len(different), len(same), len(different)


def _rename(function: ast.FunctionDef, style: int) -> None:
    inside = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    stored = {node.id for node in inside if isinstance(node.ctx, ast.Store)}
    outside = {
        name for node in ast.walk(function) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
    }
    outside |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}  # the tests may name them
    for node in inside:
        if style and node.id in stored - outside:
            node.id = f"{node.id}_{style}"


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
