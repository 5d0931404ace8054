"""Named mistakes: the wrong answers that students really give, as the instructor's cells hold them.

An instructor cell follows an exercise and defines its function (or class) wrongly, once for each
mistake, under a decorator with the mistake's name and a hint for the student::

    @mistake("forgot the bias", "Your result is the weighted sum alone. Where does b come in?")
    def weighted_sum(x, w, b):
        return float(np.dot(w, x))

The cells are read as text, never imported.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import NotebookNode

from autograder.course import CourseError
from autograder.notebook.roles import INSTRUCTOR, grade_id, is_answer, is_graded, is_test, tags
from autograder.notebook.secret import without_hidden

DECORATOR = "mistake"
SOLUTION_MARK = re.compile(r"(BEGIN|END) SOLUTION")
Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Exercise:
    """An answer cell and the test cells that follow it, by nbgrader's names."""

    answer: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Mistake:
    """One wrong answer.

    Attributes
    ----------
    exercise : Exercise
        Where it belongs.
    name, hint : str
        What it is called, and what its student is told.
    function : str
        The function or class of the answer cell that `code` takes the place of.
    code : str
        The wrong definition.
    """

    exercise: Exercise
    name: str
    hint: str
    function: str
    code: str


def exercises(notebook: NotebookNode) -> list[Exercise]:
    """Return the exercises of a notebook that tests grade, in order."""
    found: list[tuple[str, list[str]]] = []
    for cell in notebook.cells:
        name = grade_id(cell)
        if name is not None and is_answer(cell) and not is_graded(cell):
            found.append((name, []))
        elif name is not None and is_test(cell) and found:
            found[-1][1].append(name)
    return [Exercise(answer, tuple(tests)) for answer, tests in found]


def mistakes(notebook: NotebookNode) -> list[Mistake]:
    """Return the named mistakes of a source notebook, in order.

    Raises
    ------
    CourseError
        If an instructor cell cannot be read, or defines what no answer cell above it defines.
    """
    by_answer = {exercise.answer: exercise for exercise in exercises(notebook)}
    owner: dict[str, Exercise] = {}
    unread = ""
    found = []
    for cell in notebook.cells:
        name = grade_id(cell)
        if cell.cell_type == "code" and name in by_answer:
            try:
                nodes = definitions(cell.source)[1]
            except SyntaxError as error:  # a skeleton to be put right, or another language: no obstacle by itself
                unread = f"; {name}, the last one, is not valid Python: {error}"
            else:
                owner |= dict.fromkeys((node.name for node in nodes), by_answer[name])
                unread = ""
        elif cell.cell_type == "code" and INSTRUCTOR in tags(cell) and DECORATOR in cell.source:
            where = f"the instructor cell {cell.get('id', '')!r}"
            try:
                code, nodes = definitions(cell.source)
            except SyntaxError as error:
                raise CourseError(f"{where} is not valid Python: {error}") from error
            for node in nodes:
                marked = _name_and_hint(node, where)
                if marked is None:
                    continue
                if node.name not in owner:
                    raise CourseError(
                        f"{where} has a mistake in {node.name!r}, which no answer cell above it defines{unread}"
                    )
                wrong = "\n".join(code.splitlines()[node.lineno - 1 : node.end_lineno])
                found.append(Mistake(owner[node.name], *marked, node.name, wrong))
    return found


def reference(notebook: NotebookNode, *, hidden: bool = False) -> NotebookNode:
    """Return the source notebook as the submission of someone who answered everything right.

    With `hidden`, its tests are complete, as the grader runs them.
    """
    submission = copy.deepcopy(notebook)
    submission.cells = [cell for cell in submission.cells if INSTRUCTOR not in tags(cell)]
    for cell in submission.cells:
        if is_test(cell):
            cell.source = cell.source if hidden else without_hidden(cell.source)
        elif is_answer(cell):
            cell.source = "\n".join(line for line in cell.source.split("\n") if not SOLUTION_MARK.search(line))
    return submission


def with_mistakes(notebook: NotebookNode, made: list[Mistake]) -> NotebookNode:
    """Return a submission in which these mistakes were made and everything else is right."""
    submission = reference(notebook)
    for cell in submission.cells:
        for mistake in made:
            if grade_id(cell) == mistake.exercise.answer:
                cell.source = _replace(cell.source, mistake)
    return submission


def deal(made: Iterable[Mistake], key: Callable[[Mistake], Hashable], spare: int = 0) -> list[list[Mistake]]:
    """Deal mistakes out to submissions, no two with the same key to one, each mistake once.

    Parameters
    ----------
    made : iterable of Mistake
        The mistakes.
    key : callable
        What must not be spoiled twice in one submission: the exercise, or the function.
    spare : int
        How many submissions more than needed: in that many, at least, each key is left right.
    """
    groups: dict[Hashable, list[Mistake]] = {}
    for mistake in made:
        groups.setdefault(key(mistake), []).append(mistake)
    submissions: list[list[Mistake]] = [[] for _ in range(max(map(len, groups.values()), default=-spare) + spare)]
    for shift, group in enumerate(groups.values()):
        for number, mistake in enumerate(group):
            submissions[(shift + number) % len(submissions)].append(mistake)
    return submissions


def _replace(source: str, mistake: Mistake) -> str:
    code, nodes = definitions(source)
    lines = code.splitlines()
    for node in nodes:
        if node.name == mistake.function:
            lines[_first_line(node) - 1 : node.end_lineno] = mistake.code.splitlines()
            return "\n".join(lines)
    raise CourseError(f"the answer cell {mistake.exercise.answer!r} does not define {mistake.function!r}")


def definitions(source: str) -> tuple[str, list[Definition]]:
    """Return a cell as plain Python, and the functions and classes that it defines; magics are written as calls.

    Raises
    ------
    SyntaxError
        If it is not valid Python.
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        source = TransformerManager().transform_cell(source)
        body = ast.parse(source).body
    return source, [node for node in body if isinstance(node, Definition)]


def _first_line(node: Definition) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _name_and_hint(node: Definition, where: str) -> tuple[str, str] | None:
    """Return the name and the hint of a marked definition, None of one without the mark."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).split(".")[-1] == DECORATOR:
            try:
                name, hint = (ast.literal_eval(argument) for argument in decorator.args)
            except ValueError:
                raise CourseError(
                    f"{where}: @{DECORATOR} takes two texts, the name and the hint, written out in full; "
                    f"got {ast.unparse(decorator)}"
                ) from None
            return str(name), str(hint)
    return None
