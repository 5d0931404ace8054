"""What a test has set up around a call, carried to the process in which the call happens, and what comes of it.

In one process a test and the code that it calls share more than arguments: numpy's error state, the generators
behind `np.random` and `random`, where `print` writes to, who is told of warnings, and functions such as
`input` that the test put in place of Python's own.
"""

from __future__ import annotations

import builtins
import ctypes
import importlib
import io
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from autograder.execute.capture import is_own_stream, refuse_input
from autograder.execute.codec import CodecError
from autograder.execute.rebinding import rebound
from autograder.execute.strictness import strict, strictness

REPLACED = (
    "builtins.input",
    "builtins.print",
    "random.random",
    "random.randint",
    "random.randrange",
    "random.choice",
    "random.uniform",
    "time.sleep",
    "time.time",
)
"""The functions that a test may put others in place of, as `unittest.mock.patch` does."""
MOST_WARNINGS = 20
TEXT_CHARACTERS, CELL_CHARACTERS = 100_000, 1_000_000
"""So much of a text of one call, and of all calls of a test, reaches what the test listens with."""
STATE_BYTES = 625 * 4
"""Of a Mersenne twister: its words and its position."""
STREAMS = ("stdout", "stderr")
_show = warnings._showwarnmsg_impl  # type: ignore[attr-defined]


class Conditions:
    """What is in force around the calls of a test, in the tester's process.

    Attributes
    ----------
    listening : list of bool
        Whether the test reads what is written to each of `STREAMS`, and the warnings, of the last call.
    """

    def __init__(self) -> None:
        self._own = {**{name: _function(name) for name in REPLACED}, "builtins.input": refuse_input}
        self._room = 0
        self._seeds = _Seeds()
        self.listening = [False, False, False]

    def begin(self) -> None:
        """Begin a test: what is written while it runs is bounded anew."""
        self._room = CELL_CHARACTERS

    def now(self) -> list[Any]:
        """Return them: numpy's state, new seeds, what is listened to, and functions that replace others."""
        self.listening = [*(not is_own_stream(getattr(sys, name)) for name in STREAMS), _is_recorded()]
        there = {name: _function(name) for name in REPLACED}
        replaced = {name: one for name, one in there.items() if one is not self._own[name] and callable(one)}
        return [strictness(), self._seeds.new(), self.listening, replaced]

    def take(self, written: Any) -> None:
        """Hand what the student's code wrote, and its warnings, to the test that listens."""
        match written:
            case []:
                return
            case [str(out), str(err), list(warned)] if len(warned) <= MOST_WARNINGS:
                for name, text, listened in zip(STREAMS, (out, err), self.listening, strict=False):
                    stream = getattr(sys, name)
                    if listened and text and stream is not None:
                        kept = text[: min(self._room, TEXT_CHARACTERS)]
                        self._room -= len(kept)
                        stream.write(kept)
                if self.listening[2]:
                    for names, text in warned:
                        warnings.warn(text[:TEXT_CHARACTERS], _category(names), stacklevel=2)
                return
        raise CodecError("malformed: what was written")


class Written:
    """What the student's code wrote and warned of while a test listens, up to a limit."""

    def __init__(self) -> None:
        self.streams = _Bounded(), _Bounded()
        self.log: list[warnings.WarningMessage] = []

    def take(self) -> list[Any]:
        """Return what there is, and forget it."""
        texts = [stream.taken() for stream in self.streams]
        warned = [[[kind.__name__ for kind in one.category.__mro__], str(one.message)] for one in self.log]
        self.log.clear()
        return [*texts, warned[:MOST_WARNINGS]] if any(texts) or warned else []


@contextmanager
def in_force(conditions: list[Any], written: Written, space: dict[str, Any]) -> Iterator[None]:
    """Put conditions in force in the student's process, and keep in `written` what the test listens to."""
    strictly, seeds, listening, replaced, names = conditions
    _sow(*seeds)
    with ExitStack() as stack:
        if listening[2]:
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("always")
            warnings._showwarnmsg_impl = written.log.append  # type: ignore[attr-defined]
        stack.enter_context(strict(strictly))
        stack.enter_context(rebound(space, *names))
        for name, stream, listened in zip(STREAMS, written.streams, listening, strict=False):
            if listened:
                stack.enter_context(_put(sys, name, stream))
        for name, function in replaced.items():
            module, attribute = name.split(".")
            stack.enter_context(_put(importlib.import_module(module), attribute, function))
        yield


@contextmanager
def _put(place: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(place, name)
    setattr(place, name, value)
    try:
        yield
    finally:
        setattr(place, name, before)


class _Bounded(io.StringIO):
    def write(self, text: str) -> int:
        super().write(text[: max(TEXT_CHARACTERS - self.tell(), 0)] if type(text) is str else text)
        return len(text)

    def taken(self) -> str:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


def _function(name: str) -> Any:
    module, attribute = name.split(".")
    return getattr(sys.modules[module], attribute, None) if module in sys.modules else None


def _category(names: Any) -> type[Warning]:
    """Return the nearest built-in category of a warning that is told of by the names of its classes."""
    found = (vars(builtins).get(name) for name in names if type(name) is str)
    return next((one for one in found if isinstance(one, type) and issubclass(one, Warning)), UserWarning)


def _is_recorded() -> bool:
    """Return whether warnings are kept by a test instead of being shown."""
    return warnings._showwarnmsg_impl is not _show  # type: ignore[attr-defined]


class _Seeds:
    """Tells when the global generators were seeded or drawn from, and in which state they are then."""

    def __init__(self) -> None:
        self._bits: Any = np.random.mtrand._rand._bit_generator
        self._place = self._bits.ctypes.state_address
        self._seen = self._states()

    def new(self) -> list[list[Any]]:
        """Return the states of numpy's and of Python's as plain data, each empty if nothing happened to it."""
        before, self._seen = self._seen, self._states()
        found: list[list[Any]] = [[], []]
        if self._seen[0] != before[0]:
            state: dict[str, Any] = np.random.get_state(legacy=False)  # noqa: NPY002 (the test seeded it)
            found[0] = [state["state"]["key"], state["state"]["pos"], state["has_gauss"], state["gauss"]]
        if self._seen[1] != before[1]:
            found[1] = list(self._seen[1])
        return found

    def _states(self) -> tuple[bytes, Any]:
        """Return something that differs when a state does; numpy's own copy of its state takes 50 times as long."""
        own = np.random.mtrand._rand._bit_generator is self._bits
        return ctypes.string_at(self._place, STATE_BYTES) if own else b"", random.getstate()


def _sow(numpys: list[Any], pythons: list[Any]) -> None:
    """Set the global generators to states of `_Seeds.new`."""
    if numpys:
        np.random.set_state(("MT19937", *numpys))  # noqa: NPY002
    if pythons:
        random.setstate(tuple(pythons))
