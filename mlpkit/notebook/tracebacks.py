"""Tracebacks that show the student's own lines, and what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterator
from types import TracebackType
from typing import Any

from mlpkit.notebook.hints import first_cell, hint

__all__ = ["install", "own_frames"]

STOPPED = "Stopped. If that was a loop: what makes it end? The line above is where it was."


def install(shell: Any, checked_cell: Callable[[], str | None]) -> None:
    """Show tracebacks of a notebook without what libraries do inside; ``%tb`` shows all.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    checked_cell : callable
        Returns the source of the running cell if it is one with checks, whose own lines are of no use either.
    """

    def show(
        shell: Any, kind: Any, error: BaseException, traceback: TracebackType, tb_offset: int | None = None
    ) -> None:
        sys.last_type, sys.last_value, sys.last_traceback = kind, error, traceback
        own = getattr(error, "_render_traceback_", None)
        lines = own() if own is not None else _lines(shell, error, checked_cell() is not None)
        shell._showtraceback(kind, error, lines)

    shell.set_custom_exc((Exception, KeyboardInterrupt), show)


def _lines(shell: Any, error: BaseException, in_check: bool) -> list[str]:
    cells = getattr(shell.compile, "_filename_map", {})
    for one in _chain(error):
        if one.__traceback__ is not None:
            one.__traceback__ = own_frames(one.__traceback__, cells, in_check)
    lines: list[str] = shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__, tb_offset=0)
    if isinstance(error, KeyboardInterrupt):
        return [*lines, STOPPED]
    notes = getattr(error, "__notes__", ())
    said = [one for one in (hint(error), first_cell(error, shell.user_ns)) if one and one not in notes]
    return [*lines, *said]


def own_frames(traceback: TracebackType, cells: Container[str], in_check: bool) -> TracebackType:
    """Return a traceback without the frames that are in no cell of the notebook.

    Parameters
    ----------
    traceback : TracebackType
        All frames.
    cells : container of str
        The names under which the cells of the notebook were compiled.
    in_check : bool
        Whether the first of them is a cell with checks: it is left out, too, if another one follows.

    Returns
    -------
    TracebackType
        What is left; all of it if nothing else would be.
    """
    frames = [one for one in _frames(traceback) if one.tb_frame.f_code.co_filename in cells]
    if in_check and frames:
        check = frames[0].tb_frame.f_code.co_filename
        frames = [one for one in frames if one.tb_frame.f_code.co_filename != check] or frames[:1]
    shown: TracebackType | None = None
    for one in reversed(frames):
        shown = TracebackType(shown, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return shown or traceback


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
