"""Wrong answers made of a right one, each by one small change.

The changes are those that students of numerical code make: another operator, sign, constant or axis, a term or an
average left out. Tools that mutate packages for their own test suites know none of the last three, and run tests
in ways of their own; the standard library's `ast` is enough.
"""

from __future__ import annotations

import ast
import copy
import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
NAMES = {
    "mean": "sum",
    "sum": "mean",
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "argmax": "argmin",
    "argmin": "argmax",
    "zeros": "ones",
    "ones": "zeros",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "vstack": "hstack",
    "hstack": "vstack",
}
FUNCTIONS = {"max": "min", "min": "max"}
LEFT_OUT = {"T", "copy", "abs", "sqrt"}
"""Attributes and calls in whose place their object or argument is put."""


@dataclass(frozen=True)
class Mutant:
    """A changed answer cell: the exercise's answer cell, what was changed, and the code before and after."""

    answer: str
    change: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """What the course's list of equivalent mutants calls it; the same as long as the change is."""
        return f"{self.answer}-{hashlib.sha256(self.diff.encode()).hexdigest()[:6]}"

    @property
    def diff(self) -> str:
        """The change, as lines with ``-`` and ``+``, after the function that they stand in."""
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), n=1, lineterm="")
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def mutants(answer: str, source: str) -> list[Mutant]:
    """Return the mutants of an answer cell, each once.

    Parameters
    ----------
    answer : str
        The cell's name.
    source : str
        Its code.

    Raises
    ------
    SyntaxError
        If it is not valid Python.
    """
    tree = ast.parse(source)
    before = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    count = sum(1 for _ in _places(tree))
    for number in range(count):
        for choice in range(len(list(_changes(_place(tree, number))))):
            changed = copy.deepcopy(tree)
            place = _place(changed, number)
            change, new = list(_changes(place))[choice]
            place.put(new)
            after = ast.unparse(ast.fix_missing_locations(changed))
            if after != before:
                found.setdefault(after, Mutant(answer, change, before, after))
    return list(found.values())


@dataclass(frozen=True)
class _Place:
    """Where a node stands in its parent."""

    node: ast.AST
    parent: ast.AST
    name: str
    index: int | None

    def put(self, new: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.name, new)
        else:
            getattr(self.parent, self.name)[self.index] = new


def _place(tree: ast.AST, number: int) -> _Place:
    return next(place for position, place in enumerate(_places(tree)) if position == number)


def _places(node: ast.AST) -> Iterator[_Place]:
    """Yield what may be changed: all but docstrings, annotations, decorators and imports."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "ctx"):
            continue
        several = isinstance(value, list)
        for index, child in enumerate(value if several else [value]):
            if not isinstance(child, ast.AST) or isinstance(child, ast.Import | ast.ImportFrom) or _is_text(child):
                continue
            yield _Place(child, node, name, index if several else None)
            yield from _places(child)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _changes(place: _Place) -> Iterator[tuple[str, ast.AST]]:
    """Yield the changes of a node: what is done, and what is put in its place."""
    node = place.node
    if isinstance(node, ast.operator) and type(node) in BINARY:
        yield "operator", BINARY[type(node)]()
    elif isinstance(node, ast.cmpop) and type(node) in COMPARISONS:
        yield "comparison", COMPARISONS[type(node)]()
    elif isinstance(node, ast.And | ast.Or):
        yield "and, or", ast.Or() if isinstance(node, ast.And) else ast.And()
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
        yield "term dropped", node.left
        if isinstance(node.op, ast.Add | ast.Mult):
            yield "term dropped", node.right
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield "sign", node.operand
    elif isinstance(node, ast.Constant):
        yield from _constants(node, place)
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield "function", ast.Attribute(node.value, NAMES[node.attr], node.ctx)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose dropped", node.value
    elif isinstance(node, ast.Name) and node.id in FUNCTIONS and isinstance(node.ctx, ast.Load):
        yield "function", ast.Name(FUNCTIONS[node.id], node.ctx)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.AugAssign):
        yield "statement dropped", ast.Pass()
    elif isinstance(node, ast.If | ast.IfExp):
        for value in (True, False):
            changed = copy.copy(node)
            changed.test = ast.Constant(value)
            yield "condition", changed


def _constants(node: ast.Constant, place: _Place) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if place.name == "value" and isinstance(place.parent, ast.keyword) and place.parent.arg == "axis":
        if isinstance(value, int) and value is not True and value is not False:
            yield "axis", ast.Constant({0: 1, 1: 0, -1: 0}.get(value, 0))
            yield "axis", ast.Constant(None)
    elif isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int):
        yield "constant", ast.Constant(value + 1)
        if value > 1:
            yield "constant", ast.Constant(value - 1)
    elif isinstance(value, float):
        yield "constant", ast.Constant(2 * value if value else 1.0)


def _calls(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    """Yield changes of a call: an argument by name, or the whole call, is left out."""
    for number, keyword in enumerate(node.keywords):
        if keyword.arg in ("axis", "keepdims"):
            rest = [one for index, one in enumerate(node.keywords) if index != number]
            yield f"{keyword.arg} dropped", ast.Call(node.func, node.args, rest)
    if isinstance(node.func, ast.Attribute) and node.func.attr in LEFT_OUT:
        if node.func.attr == "copy" and not node.args:
            yield "copy dropped", node.func.value
        elif len(node.args) == 1:
            yield "call dropped", node.args[0]
