"""The student's process: it runs cells and carries out what the tester asks for, and knows no test.

`autograder.sandbox.inside.program` calls `main`, with the connection to the tester as standard input.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf
from typing import Any, cast

import numpy as np

from autograder.execute import claims, codec
from autograder.execute.channel import Channel, ClosedError
from autograder.execute.conditions import Written, in_force
from autograder.execute.contract import ITERATOR
from autograder.execute.datatypes import registry
from autograder.execute.elements import Elements
from autograder.execute.failures import told
from autograder.execute.folder import open_to_imports
from autograder.execute.generators import generator
from autograder.execute.guests import Guests, raised
from autograder.execute.handles import ASKED
from autograder.execute.operations import OPERATIONS
from autograder.execute.proxy import is_handle
from autograder.execute.runner import CellTimeoutError, CellWaitError, Runner, stop_clocks
from autograder.fields import as_data
from autograder.plan import Cell, Limits

FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc)
ANSWER_PARTS = 3
"""Length of a message that answers a callback; a request is longer."""


class StudentProcess:
    """Serves the tester's requests.

    Parameters
    ----------
    channel : Channel
        The connection to the tester.
    limits : Limits
        Caps on time and output.
    """

    def __init__(self, channel: Channel, limits: Limits) -> None:
        self._channel = channel
        self._runner = Runner(limits)
        self._objects: dict[int, object] = {}
        self._numbers: dict[int, int] = {}
        self._next = 0
        self._classes: dict[int, int] = {}
        self._kinds: list[type] = []
        self._written: list[Written] = []
        self._last_words: list[Any] = []
        self._guests = Guests(self.call_back)
        self._elements = Elements()
        self._nonces: list[int] = []
        self._turn = 0
        self._requests: dict[str, Callable[..., tuple[Any, list[Any]]]] = {
            "run": self._run,
            "names": self._names,
            "describe": lambda number: (claims.told(self._kinds[number], ASKED), []),
            "operate": self._operate,
        }

    def serve(self) -> None:
        """Answer requests until the tester is gone."""
        self._channel.send(codec.encode("hello"))
        while True:
            message = self._receive()
            if len(message) != ANSWER_PARTS:  # an answer that comes after its caller was stopped is for nobody
                self._answer(message)

    def call_back(self, number: int, request: list[Any]) -> Any:
        """Have the tester do something with a function or an object of the test's."""
        if not self._nonces:
            raise RuntimeError("the test's function can be called only while the test waits for your code")
        nonce = self._nonces[-1]
        self._send([nonce, "callback", number, request, self._written[-1].take() if self._written else []])
        while True:
            message = self._receive()
            if message[0] == nonce:
                _, kind, value = message
                if kind == "failed":
                    raise RuntimeError("the test's function could not be called in this way")
                if kind == "raised":
                    raise raised(*value)
                return value
            self._answer(message)

    def _answer(self, request: list[Any]) -> None:
        """Carry out a request and send what came of it, whatever the student's code does meanwhile."""
        nonce, turn, wall_seconds, released, name, *parts = request
        for number in released:
            self._elements.forget(number)
            self._numbers.pop(id(self._objects.pop(number, None)), None)
        self._nonces.append(nonce)
        outermost = len(self._nonces) == 1
        if turn != self._turn:  # all that one cell asks for shares one cell's computing time
            self._turn, self._runner.computed = turn, 0.0
        try:
            if outermost and name != "run":
                with self._runner.clocks(wall_seconds):
                    value, changed = self._requests[name](*parts)
            else:
                value, changed = self._requests[name](*parts)
            words = self._told()
            try:
                frame = codec.encode([nonce, "value", value, changed, words], self._keep)
            except codec.CodecError:
                if name != "names":
                    raise
                frame = codec.encode([nonce, "value", self._deliverable(value), changed, words], self._keep)
        except CellTimeoutError as error:
            if not outermost:
                raise
            frame = codec.encode([nonce, "late", isinstance(error, CellWaitError), [], []])
        except ClosedError:
            raise
        except BaseException as error:
            frame = codec.encode([nonce, "raise", told(error), getattr(error, "_changed", []), self._told()])
        self._nonces.pop()
        with self._runner.whole():
            self._channel.send(frame)

    def _run(self, key: int, name: str, source: str) -> tuple[Any, list[Any]]:
        outcome = self._runner.run(Cell(key, name, source))
        text = json.dumps(as_data(outcome), default=repr).encode()
        return np.frombuffer(text, np.uint8), []  # an array travels outside of the structure and its cap

    def _names(self, wanted: list[str]) -> tuple[Any, list[Any]]:
        space = self._runner.shell.user_ns
        return {name: space[name] for name in wanted if name in space}, []

    def _deliverable(self, found: dict[str, Any]) -> dict[str, Any]:
        """Return the same names; in place of what is too large or too deep, an object that nothing can be asked of."""
        sent = dict(found)
        for name in sorted(found, key=lambda name: -self._size([{name: found[name]}])):
            if self._size([sent]) < inf:
                break
            sent[name] = Undeliverable()
        return sent

    def _size(self, value: object) -> float:
        """Return how many bytes a value takes on its way; infinity if it cannot be sent."""
        try:
            return len(codec.encode(value, self._keep))
        except codec.CodecError:
            return inf

    def _operate(
        self, operation: str, number: int, args: tuple[Any, ...], kwargs: dict[str, Any], conditions: list[Any]
    ) -> tuple[Any, list[Any]]:
        target = self._objects[number]
        places = [*enumerate(args), *kwargs.items()]
        before = [self._snapshot(value) for _, value in places]
        written = Written()
        self._written.append(written)
        try:
            with in_force(conditions, written, self._runner.shell.user_ns):
                if operation == "take":
                    value: Any = self._elements.take(number, target, *args)
                else:
                    value = OPERATIONS[operation](target, *args, **kwargs)
        except Exception as error:
            with suppress(Exception):
                error._changed = list(self._changed(places, before))  # type: ignore[attr-defined]
            raise
        finally:
            self._written.pop()
            self._last_words = written.take()
        return value, list(self._changed(places, before))

    def _told(self) -> list[Any]:
        """Return what was written in the operation that ended last, and forget it."""
        words, self._last_words = self._last_words, []
        return words

    def _snapshot(self, value: object) -> bytes | None:
        """Return a mutable argument as bytes, to see afterwards whether it was changed."""
        mutable = type(value) in (np.ndarray, list, dict, set, tuple) or type(value) in registry.RESTORERS
        return codec.encode(registry.state(value), self._keep) if mutable else None

    def _changed(self, places: list[Any], before: list[bytes | None]) -> Iterator[list[Any]]:
        for (place, value), old in zip(places, before, strict=True):
            if old is not None and self._snapshot(value) != old:
                yield [place, value]

    def _receive(self) -> list[Any]:
        known: codec.Known = {
            "o": self._objects.__getitem__,
            "f": self._guests.callback,
            "guest": self._guests.guest,
            "g": generator,
        }
        with self._runner.whole():  # half a message would make nonsense of all that follow
            frame = self._channel.receive()
        return cast("list[Any]", codec.decode(frame, known))

    def _send(self, message: list[Any]) -> None:
        frame = codec.encode(message, self._keep)
        with self._runner.whole():
            self._channel.send(frame)

    def _keep(self, value: object) -> list[Any]:
        """Keep an object for the tester and return what stands for it there."""
        if is_handle(value):
            return ["guest", value._remote[1]]  # type: ignore[attr-defined]
        number = self._numbers.get(id(value))
        if number is None:
            number, self._next = self._next, self._next + 1
            self._numbers[id(value)] = number
            self._objects[number] = value
        own = self._class(value) if issubclass(type(value), type) else -1
        return ["h", number, _kind(value), type(value).__name__, self._class(type(value)), own]

    def _class(self, kind: Any) -> int:
        """Return the number of a class, which is kept for good."""
        if id(kind) not in self._classes:
            self._classes[id(kind)] = len(self._kinds)
            self._kinds.append(kind)
        return self._classes[id(kind)]


class Undeliverable:
    """Stands for a value that is too large or too deeply nested to be sent."""


def _kind(value: object) -> str:
    """Return what an object claims to be; the tester does not rely on it."""
    if issubclass(type(value), type):
        return "class"
    if isinstance(value, FUNCTIONS):
        return "function"
    return ITERATOR if hasattr(type(value), "__next__") else "instance"


def main() -> None:
    """Serve the tester on standard input."""
    channel = Channel(socket.socket(fileno=os.dup(0)))
    nowhere = os.open(os.devnull, os.O_RDWR)
    try:
        limits = Limits(**codec.decode(channel.receive()))
        process = StudentProcess(channel, limits)
        open_to_imports()
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        gc.freeze()  # what is here before the student's code is not for its collector to find
        process.serve()
    finally:
        stop_clocks()
        os._exit(0)  # threads, atexit hooks and destructors of the notebook do not get a say
