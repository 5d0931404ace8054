"""Named mistakes: the wrong answers that students really give, as the instructor's cells hold them.

An instructor cell follows an exercise and defines its function (or class) wrongly, once for each
mistake, under a decorator with the mistake's name and a hint for the student::

    @mistake("forgot the bias", "Your result is the weighted sum alone. Where does b come in?")
    def weighted_sum(x, w, b):
        return float(np.dot(w, x))

In the same way it may define it rightly in other forms, so that no test is too strict to take them::

    @alternative("with a loop")
    def weighted_sum(x, w, b):
        return sum(x[i] * w[i] for i in range(len(x))) + b

The cells are read as text, never imported.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import NotebookNode

from autograder.course import CourseError
from autograder.notebook.roles import INSTRUCTOR, grade_id, is_answer, is_graded, is_test, tags
from autograder.notebook.secret import without_hidden

MISTAKE, ALTERNATIVE = "mistake", "alternative"
"""The decorators of a wrong answer and of another right one."""
TEXTS = {MISTAKE: ("the name", "the hint"), ALTERNATIVE: ("the name",)}
"""What each decorator takes."""
SOLUTION_MARK = re.compile(r"(BEGIN|END) SOLUTION")
Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Exercise:
    """An answer cell and the test cells that follow it, by nbgrader's names."""

    answer: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Variant:
    """An answer in place of the reference's.

    Attributes
    ----------
    exercise : Exercise
        Where it belongs.
    name : str
        What it is called.
    function : str
        The function or class of the answer cell that `code` takes the place of.
    code : str
        The other definition.
    """

    exercise: Exercise
    name: str
    function: str
    code: str


One = TypeVar("One", bound=Variant)


@dataclass(frozen=True)
class Mistake(Variant):
    """A wrong answer, with the hint that its student is given."""

    hint: str


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
    return [
        Mistake(exercise, name, function, code, hint)
        for exercise, (name, hint), function, code in _variants(notebook, MISTAKE)
    ]


def alternatives(notebook: NotebookNode) -> list[Variant]:
    """Return the right answers in other forms of a source notebook, in order; raise `CourseError` as `mistakes`."""
    return [
        Variant(exercise, name, function, code)
        for exercise, (name,), function, code in _variants(notebook, ALTERNATIVE)
    ]


def _variants(notebook: NotebookNode, decorator: str) -> Iterator[tuple[Exercise, list[str], str, str]]:
    """Yield the definitions under a decorator: the exercise, the decorator's texts, the function and its code."""
    by_answer = {exercise.answer: exercise for exercise in exercises(notebook)}
    owner: dict[str, Exercise] = {}
    unread = ""
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
        elif cell.cell_type == "code" and INSTRUCTOR in tags(cell) and decorator in cell.source:
            where = f"the instructor cell {cell.get('id', '')!r}"
            try:
                code, nodes = definitions(cell.source)
            except SyntaxError as error:
                raise CourseError(f"{where} is not valid Python: {error}") from error
            for node in nodes:
                texts = _texts(node, decorator, where)
                if texts is None:
                    continue
                if node.name not in owner:
                    article = "an" if decorator == ALTERNATIVE else "a"
                    raise CourseError(
                        f"{where} has {article} {decorator} in {node.name!r}, "
                        f"which no answer cell above it defines{unread}"
                    )
                written = "\n".join(code.splitlines()[node.lineno - 1 : node.end_lineno])
                yield owner[node.name], texts, node.name, written


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
        else:
            cell.source = without_hidden(cell.source, ("MARK SCHEME",))
    return submission


def with_mistakes(notebook: NotebookNode, made: Iterable[Variant]) -> NotebookNode:
    """Return a submission with these mistakes, or alternatives, and the reference's answers otherwise."""
    submission = reference(notebook)
    for cell in submission.cells:
        for variant in made:
            if grade_id(cell) == variant.exercise.answer:
                cell.source = _replace(cell.source, variant)
    return submission


def deal(made: Iterable[One], key: Callable[[One], Hashable], spare: int = 0) -> list[list[One]]:
    """Deal variants out to submissions, no two with the same key to one, each variant once.

    Parameters
    ----------
    made : iterable of Variant
        Mistakes, or alternatives.
    key : callable
        What must not be replaced twice in one submission: the exercise, or the function.
    spare : int
        How many submissions more than needed: in that many, at least, each key is left right.
    """
    groups: dict[Hashable, list[One]] = {}
    for variant in made:
        groups.setdefault(key(variant), []).append(variant)
    submissions: list[list[One]] = [[] for _ in range(max(map(len, groups.values()), default=-spare) + spare)]
    for shift, group in enumerate(groups.values()):
        for number, variant in enumerate(group):
            submissions[(shift + number) % len(submissions)].append(variant)
    return submissions


def _replace(source: str, variant: Variant) -> str:
    code, nodes = definitions(source)
    lines = code.splitlines()
    for node in nodes:
        if node.name == variant.function:
            lines[_first_line(node) - 1 : node.end_lineno] = variant.code.splitlines()
            return "\n".join(lines)
    raise CourseError(f"the answer cell {variant.exercise.answer!r} does not define {variant.function!r}")


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


def _texts(node: Definition, wanted: str, where: str) -> list[str] | None:
    """Return the texts of a definition's decorator, None where it has no such decorator."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).split(".")[-1] == wanted:
            try:
                texts = [ast.literal_eval(argument) for argument in decorator.args]
            except ValueError:
                texts = []
            if len(texts) != len(TEXTS[wanted]) or not all(type(text) is str for text in texts) or decorator.keywords:
                count = {1: "one text", 2: "two texts"}[len(TEXTS[wanted])]
                raise CourseError(
                    f"{where}: @{wanted} takes {count}, {' and '.join(TEXTS[wanted])}, written out in full; "
                    f"got {ast.unparse(decorator)}"
                ) from None
            return texts
    return None
