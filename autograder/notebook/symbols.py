"""Which names a cell defines, imports and uses, and how it ends, read from its text."""

from __future__ import annotations

import ast
import builtins
import functools
import re
import symtable
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

WRAPPER = re.compile(r"\A\s*%%(?:time|capture|prun)\b.*\n")
"""The cell magics that run the rest of a cell as if it stood alone: what it defines stays."""


@dataclass(frozen=True)
class Symbols:
    """The names of one cell at its outermost level.

    Attributes
    ----------
    defined : frozenset of str
        Assigned, or the name of a function or class; imports are not among them.
    imported : frozenset of str
        Bound by an import.
    used : frozenset of str
        Read anywhere in the cell, and neither bound before in it nor built in.
    """

    defined: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()


@functools.lru_cache(maxsize=500)  # rules compare each cell of a chapter with all others
def symbols(source: str) -> Symbols:
    """Return the names of a cell; none if it is not valid Python."""
    try:
        code = TransformerManager().transform_cell(WRAPPER.sub("", source))  # magics and ! are not Python
        top = symtable.symtable(code, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return Symbols()
    own = top.get_symbols()
    imported = frozenset(one.get_name() for one in own if one.is_imported())
    defined = frozenset(one.get_name() for one in own if one.is_assigned()) - imported
    read = {name for table in _tables(top) for name in _globals(table)}
    return Symbols(defined, imported, frozenset(read - defined - imported - set(dir(builtins))))


def students_names(cells: Iterable[tuple[str, bool]]) -> tuple[str, ...]:
    """Return the names that only the student's process can know, in the order of their definition.

    Parameters
    ----------
    cells : iterable of (str, bool)
        Source of each code cell but the tests, and whether it is an answer. A cell that uses a name of
        an answer is the student's, too.
    """
    names: dict[str, None] = {}
    for source, is_answer in cells:
        found = symbols(source)
        if is_answer or found.used & names.keys():
            names |= dict.fromkeys(sorted(found.defined))
    return tuple(names)


def imports(source: str) -> str:
    """Return the imports at the outermost level of a cell, as code; empty if it has none or is not valid Python."""
    try:
        body = ast.parse(TransformerManager().transform_cell(source)).body
    except (SyntaxError, ValueError, RecursionError):
        return ""
    return "\n".join(ast.unparse(one) for one in body if isinstance(one, ast.Import | ast.ImportFrom))


def imported_modules(source: str) -> list[str]:
    """Return the full names of what a cell imports as it runs, in order: modules, and names out of modules.

    Imports in functions and classes are left out: they may never run.
    """
    try:
        waiting = deque[ast.AST](ast.parse(TransformerManager().transform_cell(source)).body)
    except (SyntaxError, ValueError, RecursionError):
        return []
    names = []
    while waiting:
        one = waiting.popleft()
        if isinstance(one, ast.Import):
            names += [alias.name for alias in one.names]
        elif isinstance(one, ast.ImportFrom) and one.module and not one.level:
            names += [f"{one.module}.{alias.name}" for alias in one.names if alias.name != "*"] or [one.module]
        elif not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            waiting.extendleft(reversed(list(ast.iter_child_nodes(one))))
    return names


def ends_in_expression(source: str) -> bool:
    """Return whether the last statement of a cell is an expression whose value is shown."""
    return last_expression(source) is not None


def last_expression(source: str) -> tuple[int, str] | None:
    """Return the 1-based line and the first line of the expression that ends a cell and whose value is shown.

    None if the last statement is no expression. A magic is a statement, except that ``%time`` and ``%%time`` show the
    value of what they measure.
    """
    try:
        code = TransformerManager().transform_cell(source)  # magics and ! are not Python
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError):
        return None
    if not body or not isinstance(last := body[-1], ast.Expr) or source.rstrip().endswith(";"):
        return None
    above = source[: len(source) - len(source.lstrip())].count("\n")  # empty lines, which IPython drops
    magic = _magic(last.value)
    if magic is None:
        return above + last.lineno, code.splitlines()[last.lineno - 1].strip()
    if magic[0] != "time" or (inner := last_expression(magic[-1])) is None:
        return None
    is_cell_magic = len(magic) > 2  # what it measures begins a line below it
    return above + last.lineno + inner[0] - (not is_cell_magic), inner[1]


def _magic(node: ast.expr) -> list[str] | None:
    """Return the name of a magic and the texts that it is given; None if the expression is none."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if ast.unparse(node.func.value) != "get_ipython()":
        return None
    return [node.func.attr] * (not node.args) + [str(ast.literal_eval(given)) for given in node.args]


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the names that a scope reads from the outermost one."""
    for one in table.get_symbols():
        if one.is_referenced() and (one.is_global() or table.get_type() == "module"):
            yield one.get_name()
