"""The first example of an exercise, read from the visible part of its checks."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

__all__ = ["first_example"]

MOST_CHARACTERS = 110


def first_example(checks: str) -> tuple[str, str, str] | None:
    """Return a call, what it gives and how that is found by hand, as the checks write them.

    Parameters
    ----------
    checks : str
        The source of a cell with ``Check("f(x)", globals())`` and calls of its ``case``.

    Returns
    -------
    (str, str, str) or None
        Three texts, the last of them empty if the checks do not say it; None if no case has plain, short values.
    """
    values: dict[str, ast.expr] = {}
    name = ""
    body = ast.parse(checks).body
    own = {statement.name for statement in body if isinstance(statement, ast.FunctionDef)}
    for statement in _statements(body):
        if isinstance(statement, ast.With):
            name = _checked(statement) or name
        elif isinstance(statement, ast.Assign):
            _remember(statement, values)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            call = statement.value
            if name and name not in own and isinstance(call.func, ast.Attribute) and call.func.attr == "case":
                example = _example(name, call, values)
                if example is not None:
                    return example
    return None


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements in the order in which they run; loops and branches are left out."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.With):
            yield from _statements(statement.body)


def _checked(statement: ast.With) -> str:
    """Return the name of the function for which a ``with Check("f(x)", ...)`` asks."""
    call = statement.items[0].context_expr
    if isinstance(call, ast.Call) and ast.unparse(call).startswith("Check(") and len(call.args) == 2:
        described, namespace = call.args
        if (
            isinstance(described, ast.Constant) and ast.unparse(namespace) == "globals()"
        ):  # else it asks a helper of its own
            return str(described.value).partition("(")[0]
    return ""


def _remember(statement: ast.Assign, values: dict[str, ast.expr]) -> None:
    target, value = statement.targets[0], statement.value
    pairs: list[tuple[ast.expr, ast.expr]] = [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = list(zip(target.elts, value.elts, strict=True))
    for name, found in pairs:
        if isinstance(name, ast.Name):
            values[name.id] = found
        elif isinstance(name, ast.Tuple):
            values.update({part.id: ast.Name("?") for part in name.elts if isinstance(part, ast.Name)})


def _example(name: str, call: ast.Call, values: Mapping[str, ast.expr]) -> tuple[str, str, str] | None:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "expected" not in given:
        return None
    arguments = [_plain(argument, values) for argument in call.args]
    expected = _plain(given["expected"], values)
    if expected is None or None in arguments:
        return None
    shown = f"{name}({', '.join(map(str, arguments))})"
    by_hand = given.get("by_hand")
    words = by_hand.value if isinstance(by_hand, ast.Constant) and isinstance(by_hand.value, str) else ""
    return (shown, expected, words) if len(shown) + len(expected) <= MOST_CHARACTERS else None


def _plain(expression: ast.expr, values: Mapping[str, ast.expr], depth: int = 0) -> str | None:
    """Return an expression as text, arrays as lists, names replaced by their values; None if that is not possible."""
    if isinstance(expression, ast.Name) and expression.id in values and depth < 5:
        return _plain(values[expression.id], values, depth + 1)
    if isinstance(expression, ast.Call) and ast.unparse(expression.func) == "np.array" and len(expression.args) == 1:
        return _plain(expression.args[0], values, depth + 1)
    if isinstance(expression, (ast.List, ast.Tuple)):
        parts = [_plain(part, values, depth + 1) for part in expression.elts]
        opening, closing = "[]" if isinstance(expression, ast.List) else "()"
        return None if None in parts else opening + ", ".join(map(str, parts)) + closing
    try:
        return repr(ast.literal_eval(expression))
    except ValueError:
        return None
