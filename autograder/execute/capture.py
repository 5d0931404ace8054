"""An IPython shell that keeps what a cell prints, displays and raises, in nbformat's form.

Everything is capped where it arises, so that no cell can fill the worker's memory or the grader's disk.
"""

from __future__ import annotations

import builtins
import io
import linecache
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from autograder.execute.recorder import Recorder
from autograder.plan import Cell, CellError, CellOutcome, Frame, Limits

MESSAGE_CHARACTERS = 10_000
NAME_CHARACTERS = 200
TRACEBACK_LINES = 100


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
    """Names the code of a cell after the cell, so that a traceback can be traced to it."""

    key = 0

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
        super().__init__(config=config)
        # A notebook's user module is __main__ in Jupyter; classes and pickles depend on it.
        self.user_module.__name__ = "__main__"
        self.user_ns["__name__"] = "__main__"

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept `%matplotlib` silently: there is no window here."""

    def ask_exit(self) -> None:
        """Refuse ``exit()``: the notebook goes on."""
        raise RuntimeError("exit() cannot be used here: the notebook is graded to its end")

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


def describe(error: BaseException, traceback: Iterable[str] = ()) -> CellError:
    """Return what is told of an exception, capped.

    An exception that the student's process told of brings what is known of it there as `students_own`.
    """
    own = getattr(error, "students_own", None)
    lines, frames = list(traceback)[:TRACEBACK_LINES], _cell_frames(error)
    if type(own) is CellError:
        lines, frames = [*lines, "In the student's process:", *own.traceback], frames + own.frames
    return CellError(
        type(error).__name__[:NAME_CHARACTERS],
        _message(error),
        tuple(line[:MESSAGE_CHARACTERS] for line in lines),
        frames,
        _notes(error),
    )


def refuse_input(prompt: str = "") -> NoReturn:
    """Stand in for ``input``: nobody is there to answer while a notebook is graded."""
    raise EOFError("input() cannot be used here: the notebook is graded without anybody at the keyboard")


def is_own_stream(stream: object) -> bool:
    """Return whether a stream is the shell's, and not one that a cell put in its place."""
    return type(stream) is _Stream


def install(shell: Shell) -> None:
    """Point Python's own hooks at the shell: streams, and ``input``."""
    import sys

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


def _message(error: BaseException) -> str:
    """Return ``str(error)``, capped, whatever the exception's own code does."""
    try:
        text = str(error)
    except Exception as problem:  # a student's __str__ may itself raise
        text = f"<the message could not be read: {type(problem).__name__}>"
    if len(text) > MESSAGE_CHARACTERS:
        text = f"{text[:MESSAGE_CHARACTERS]} [… {len(text)} characters in all]"
    return text


def _notes(error: BaseException) -> tuple[str, ...]:
    """Return the notes added to the exception, capped."""
    notes = getattr(error, "__notes__", ())
    found = [note[:MESSAGE_CHARACTERS] for note in notes if isinstance(note, str)] if isinstance(notes, list) else []
    return tuple(found[:5])


def _cell_frames(error: BaseException) -> tuple[Frame, ...]:
    """Return the frames of the traceback that lie in cells, outermost first, at most fifty."""
    frames = []
    traceback = error.__traceback__
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name.startswith("<cell ") and name.endswith(">"):
            key = int(name[len("<cell ") : -1])
            function = traceback.tb_frame.f_code.co_name[:NAME_CHARACTERS]
            frames.append(Frame(key, traceback.tb_lineno, function))
        traceback = traceback.tb_next
    return tuple(frames[:25] + frames[-25:] if len(frames) > 50 else frames)


def warm_up() -> None:
    """Run a failing cell in a shell that is thrown away: forks of this process then have what IPython loads for one."""
    before = {name: vars(sys).get(name) for name in ("displayhook", "excepthook")}
    main = sys.modules["__main__"]
    try:
        Shell.instance(Limits()).run(Cell(-1, "", "1 / 0"))
    finally:
        Shell.clear_instance()
        sys.modules["__main__"] = main
        vars(sys).update(before)
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            vars(sys).pop(name, None)
        linecache.clearcache()
