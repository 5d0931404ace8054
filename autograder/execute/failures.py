"""An exception of the student's code, told in plain data, and raised again in the tester."""

from __future__ import annotations

import builtins
import re
import traceback
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any, cast

import numpy as np

from autograder.execute.exceptions import NAME_CHARACTERS, describe
from autograder.plan import CellError

TRACEBACK_LINES = 40
LINE_CHARACTERS = 1_000

_KNOWN: dict[str, type[Exception]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, UnicodeError | ExceptionGroup)
}
_KNOWN |= {"LinAlgError": np.linalg.LinAlgError, "UnicodeError": UnicodeError}


class IsolationError(Exception):
    """Something that cannot be done across the wall between the test and the student's code.

    It fails the cell even if the test catches it.
    """


def told(error: BaseException) -> list[Any]:
    """Return an exception as plain data: the names of its classes, nearest first, and what is told of it."""
    names = [kind.__name__[:NAME_CHARACTERS] for kind in type(error).__mro__[:20]]
    lines = traceback.format_exception(type(error), None, error.__traceback__, limit=-TRACEBACK_LINES)[1:-1]
    kept = tuple(
        line.rstrip()[:LINE_CHARACTERS] for line in lines if 'File "<cell ' in line or "autograder" not in line
    )
    return [names, asdict(describe(error, kept))]


def rebuilt(report: Any, keys: frozenset[int]) -> Exception:
    """Return the exception that a report tells of, as the same built-in class or the nearest one above it.

    Parameters
    ----------
    report : object
        What `told` made; anything else gives an exception that says so.
    keys : frozenset of int
        The student's cells, the only ones that its places may lie in.
    """
    try:
        names, told_error = report
        error = within(CellError.from_dict(told_error), keys)
        base = next((_KNOWN[name] for name in names[:20] if name in _KNOWN), Exception)
        name = re.sub(r"\W", "", str(names[0]))[:NAME_CHARACTERS] or "StudentError"
        above = tuple(re.sub(r"\W", "", str(one))[:NAME_CHARACTERS] for one in names[:20])
        raised = _raised(name, base, above, error.evalue[: 10 * LINE_CHARACTERS])
        for note in error.notes[:5]:
            raised.add_note(note)
        raised.students_own = error  # type: ignore[attr-defined]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return IsolationError("the student's process told of an error in a way that cannot be read")
    return raised


def within(error: CellError, keys: frozenset[int]) -> CellError:
    """Return what the student's process tells of an error without places that are none of its cells."""
    return replace(error, frames=tuple(frame for frame in error.frames if frame.key in keys))


def _raised(name: str, base: Any, above: tuple[str, ...], message: str) -> Exception:
    error: Exception = base(message)
    if name == base.__name__ and str(error) == message:
        return error
    kind = cast("type[Exception]", _kind(name, base, above))
    return kind(message)


@lru_cache(maxsize=100)
def _kind(name: str, base: Any, above: tuple[str, ...]) -> Any:
    """Return a class with the given name below a built-in one, whose text is its message and nothing else.

    It remembers the names `above` it, by which a test may ask for a class of the student's.
    """
    told = {"__module__": "builtins", "students_names": above}
    return type(name, (base,), {"__str__": lambda self: str(self.args[0]), **told})
