"""What is told of an exception: its class, its message and its lines in cells, capped."""

from __future__ import annotations

import inspect
import linecache
import os
from collections.abc import Iterable
from types import TracebackType

from autograder.plan import CellError, Frame

MESSAGE_CHARACTERS = 10_000
NAME_CHARACTERS = 200
TRACEBACK_LINES = 100


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


def name_cells(module: str) -> None:
    """Note which module the cells belong to: else `inspect` searches all modules for each line of a cell."""
    folder = _folder()
    for name in linecache.cache:
        if name.startswith("<cell "):
            inspect.modulesbyfile[os.path.join(folder, name)] = module


def own_lines(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the lines of libraries, which take long to format and help nobody; None if empty."""
    folder = _folder()
    kept: list[TracebackType] = []
    while traceback is not None:
        path = traceback.tb_frame.f_code.co_filename
        if path.startswith(("<", folder)) and not path.startswith("<frozen "):
            kept.append(traceback)
        traceback = traceback.tb_next
    own = None
    for one in reversed(kept):
        own = TracebackType(own, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return own


def _folder() -> str:
    """Return the current folder with a separator at its end; empty if a cell has removed it."""
    try:
        return os.path.join(os.getcwd(), "")
    except OSError:
        return ""


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
