"""The statements of a cell, which are all that a traceback without colours needs to know of its text.

IPython shows tracebacks by the library stack_data, which searches the cell's whole syntax tree for the operation that
failed, to highlight it. Where nothing is highlighted that is most of the time that a failed test takes.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator, Sequence
from types import CodeType, FrameType, TracebackType
from typing import Any

from executing.executing import Executing
from stack_data import core
from stack_data.utils import frame_and_lineno

BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
"""Where a statement holds others."""


class Statements(core.Source):
    """The text of a cell or file, and where each of its statements begins and ends.

    Parameters
    ----------
    filename : str
        Name of the cell or file.
    lines : sequence of str
        Its lines.
    """

    def __init__(self, filename: str, lines: Sequence[str]) -> None:
        super().__init__(filename, ())
        self.text = "".join(lines)
        self.lines = [line.rstrip("\r\n") for line in lines]
        self.tree = None
        self._statements: list[tuple[int, int, Any]] = []
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            tree = ast.parse(self.text, filename)
            self._statements = list(self._inside(tree))
            self.tree = tree

    @classmethod
    def executing(cls, frame_or_tb: TracebackType | FrameType) -> Executing:
        """Return the statement that runs in a frame, or that failed there."""
        frame, line = frame_and_lineno(frame_or_tb)
        source: Any = cls.for_frame(frame)
        statement = source.running(frame.f_code, line)
        nothing: Any = None  # neither the operation nor a decorator is searched for
        return Executing(frame, source, nothing, set() if statement is None else {statement}, nothing)

    def running(self, code: CodeType, line: int) -> Any:
        """Return the innermost statement in a line, of those that belong to this code where there are such."""
        found = [statement for start, end, statement in self._statements if start <= line < end]
        own = [statement for statement in found if _scope(statement) == code.co_name]
        return (own or found or [None])[-1]

    def line_range(self, node: Any) -> tuple[int, int]:
        """Return the first line of a statement, its decorators included, and the line after its last."""
        if isinstance(node, ast.Module):
            return 1, len(self.lines) + 1
        if isinstance(node, ast.match_case):
            return node.pattern.lineno, self.line_range(node.body[-1])[1]
        return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]), node.end_lineno + 1

    def code_qualname(self, code: CodeType) -> str:
        """Return the qualified name of a function or class; of a comprehension, only what it is."""
        return code.co_name if code.co_name.startswith("<") and code.co_name != "<lambda>" else code.co_qualname

    def _inside(self, parent: Any) -> Iterator[tuple[int, int, Any]]:
        """Yield the statements in another, outer ones first, with the line where each begins and the line after it."""
        for statement in (one for name in BLOCKS for one in getattr(parent, name, ())):
            statement.parent = parent
            if not isinstance(statement, ast.match_case):
                yield *self.line_range(statement), statement
            yield from self._inside(statement)


def _scope(statement: Any) -> str:
    """Return the name of the code that a statement belongs to."""
    while True:
        statement = statement.parent
        if isinstance(statement, ast.Module):
            return "<module>"
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return statement.name


def install() -> None:
    """Let IPython's tracebacks in this process use `Statements`."""
    vars(core)["Source"] = Statements
