"""An IPython shell that keeps what a cell prints, displays and raises, in nbformat's form.

Everything is capped where it arises, so that no cell can fill the worker's memory or the grader's disk.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import linecache
import re
import sys
import warnings
from typing import Any, NoReturn

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from autograder.execute import statements
from autograder.execute.exceptions import describe, name_cells, own_lines
from autograder.execute.recorder import Recorder
from autograder.plan import Cell, CellOutcome, Limits

PROMPT = re.compile(r"In ?\[")
"""What a cell begins with that was copied with IPython's prompts, which could be Python, too."""
USUAL = vars(TransformerManager())
"""What IPython does to the text of every cell."""
FLAGS = CachingCompiler().flags
"""How IPython parses a cell, before one imports something from ``__future__``."""


class _Stream(io.TextIOBase):
    encoding = "UTF-8"

    def __init__(self, name: str, recorder: Recorder) -> None:
        self._name = name
        self._recorder = recorder

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.stream(self._name, text)
        return len(text)


class _CellCompiler(CachingCompiler):
    """Names the code of a cell after the cell, so that a traceback can be traced to it.

    `parsed` is a text with its syntax tree, if it was just parsed without a warning; it is used once.
    """

    key = 0
    parsed: tuple[str, ast.Module] | None = None

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        """Return the syntax tree of a cell, which `Shell.transform_cell` may have made."""
        parsed, self.parsed = self.parsed, None
        if parsed and parsed[0] == source and symbol == "exec" and self.flags == FLAGS:
            return parsed[1]
        return super().ast_parse(source, filename, symbol)

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"<cell {self.key}>"


class _ResultHook(DisplayHook):
    shell: Shell

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.shell.recorder.display("execute_result", dict(format_dict), dict(md_dict or {}))


class _Publisher(DisplayPublisher):
    shell: Shell

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **kwargs: Any) -> None:
        name = (kwargs.get("transient") or {}).get("display_id")
        update = bool(kwargs.get("update"))
        self.shell.recorder.display("display_data", dict(data), dict(metadata or {}), name, update=update)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.recorder.clear()


class Shell(InteractiveShell):
    """The shell that runs the cells of one notebook.

    Parameters
    ----------
    limits : Limits
        Caps on what each cell may print and display.
    """

    displayhook_class = Type(_ResultHook)
    display_pub_class = Type(_Publisher)
    compiler_class = Type(_CellCompiler)

    def __init__(self, limits: Limits) -> None:
        self.recorder = Recorder(limits)
        self.streams = _Stream("stdout", self.recorder), _Stream("stderr", self.recorder)
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        statements.install()
        super().__init__(config=config)
        # A notebook's user module is __main__ in Jupyter; classes and pickles depend on it.
        self.user_module.__name__ = "__main__"
        self.user_ns["__name__"] = "__main__"

    @classmethod
    def of_this_process(cls, limits: Limits) -> Shell:
        """Return the shell that get_ipython() and matplotlib find: a new one, or that of which a fork has its own copy.

        Parameters
        ----------
        limits : Limits
            Caps on what each cell may print and display.
        """
        shell: Shell = cls.instance(limits)
        shell.recorder.limits = limits
        sys.modules["__main__"] = shell.user_module
        return shell

    def transform_cell(self, raw_cell: str) -> str:
        """Return a cell as Python.

        It is left as it is if it is Python already, in several lines and without a prompt, and nobody has registered
        another transformation, as an extension may.
        """
        lines = raw_cell.splitlines()
        as_usual = vars(self.input_transformer_manager) == USUAL and not self.input_transformers_post
        if as_usual and len(lines) > 1 and lines[0].strip() and not PROMPT.match(raw_cell):
            cell = raw_cell if raw_cell.endswith("\n") else raw_cell + "\n"
            with contextlib.suppress(SyntaxError, ValueError, MemoryError, RecursionError):
                with warnings.catch_warnings(record=True) as said:
                    warnings.simplefilter("always")
                    tree = ast.parse(cell)
                if not said:  # else the compiler will say it
                    self.compile.parsed = cell, tree
                return cell
        transformed: str = super().transform_cell(raw_cell)
        return transformed

    def should_run_async(self, raw_cell: str, **found: Any) -> bool:
        """Return whether a cell awaits something; only one with one of two words is looked at more closely."""
        cell = found.get("transformed_cell") or raw_cell
        return ("async" in cell or "await" in cell) and bool(super().should_run_async(raw_cell, **found))

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept `%matplotlib` silently: there is no window here."""

    def ask_exit(self) -> None:
        """Refuse ``exit()``: the notebook goes on."""
        raise RuntimeError("exit() cannot be used here: the notebook is graded to its end")

    def showtraceback(
        self,
        exc_tuple: tuple[type[BaseException], BaseException, Any] | None = None,
        filename: str | None = None,
        tb_offset: int | None = None,
        exception_only: bool = False,
        running_compiled_code: bool = False,
    ) -> None:
        """Show the exception that was just raised, with its lines in cells and in files beside the notebook."""
        name_cells(self.user_module.__name__)
        kind, error, traceback = exc_tuple or sys.exc_info()
        if kind and error and (own := own_lines(traceback)):
            exc_tuple, tb_offset = (kind, error, own), 0
        super().showtraceback(exc_tuple, filename, tb_offset, exception_only, running_compiled_code)

    def _format_exception_for_storage(self, exception: BaseException, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Keep no second traceback for a history that nobody reads."""
        return {"ename": type(exception).__name__, "evalue": "", "traceback": []}

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.recorder.fail(describe(evalue, stb))

    def run(self, cell: Cell) -> CellOutcome:
        """Run one cell and return its outcome, without the time it took."""
        self.recorder.reset()
        self.compile: _CellCompiler
        self.compile.key = cell.key
        result = self.run_cell(cell.source, store_history=True)
        recorder = self.recorder
        raised = result.error_before_exec or result.error_in_exec
        if raised is not None and recorder.error is None:
            recorder.fail(describe(raised))
        value = _plain_number(result.result)
        return CellOutcome(
            cell.key, "ok" if recorder.error is None else "error", tuple(recorder.outputs), recorder.error, value
        )


def refuse_input(prompt: str = "") -> NoReturn:
    """Stand in for ``input``: nobody is there to answer while a notebook is graded."""
    raise EOFError("input() cannot be used here: the notebook is graded without anybody at the keyboard")


def is_own_stream(stream: object) -> bool:
    """Return whether a stream is the shell's, and not one that a cell put in its place."""
    return type(stream) is _Stream


def install(shell: Shell) -> None:
    """Point Python's own hooks at the shell: streams, and ``input``."""
    sys.stdout, sys.stderr = shell.streams
    builtins.input = refuse_input  # type: ignore[assignment]


def _plain_number(value: Any) -> float | bool | None:
    """Return `value` as a Python number if it is a real number or a truth value, be it in an array of no axis."""
    import numpy as np

    if type(value) is np.ndarray and value.ndim == 0:
        value = value[()]
    if type(value) in (bool, np.bool_):
        return bool(value)
    if type(value) in (int, float) or issubclass(type(value), np.floating | np.integer):
        try:
            return float(value)
        except OverflowError:
            return float("inf")
    return None


def warm_up() -> None:
    """Make the shell of this process's forks, after a failing cell in another that is thrown away.

    They have then what IPython loads for a failing cell, and need not make a shell of their own.
    """
    before = {name: vars(sys).get(name) for name in ("displayhook", "excepthook")}
    main = sys.modules["__main__"]
    try:
        with contextlib.suppress(Exception):
            Shell.instance(Limits()).run(Cell(-1, "", "1 / 0"))
        Shell.clear_instance()
        Shell.instance(Limits())
    finally:
        sys.modules["__main__"] = main
        vars(sys).update(before)
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            vars(sys).pop(name, None)
        linecache.clearcache()
