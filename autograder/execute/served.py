"""The test's functions and objects that the student's code was given, and what it may do with them.

A function can be called. An object of a class that the notebook's own cells define, and such a class itself, can
be asked for whatever has no underscore in front, and for what operators do. Nothing else can be given.
"""

from __future__ import annotations

from collections.abc import Callable
from types import BuiltinFunctionType, MethodType
from typing import Any, Protocol

import numpy as np

from autograder.execute import claims, codec
from autograder.execute.contract import Contract, Described
from autograder.execute.handles import ASKED
from autograder.execute.operations import OPERATIONS

MOST = 100_000
"""So many functions and objects can be given in one notebook."""
GUEST = "the test's"
"""The kind of an object of the test's that comes back."""
NOT_SERVED = {"array", "dir", "signature", "code", "copy", "deepcopy"}
NAMES = ("__name__", "__qualname__", "__doc__")
"""What the student's code is told of a function where the reference asks for it, too, as a decorator does."""
NAME_CHARACTERS, MESSAGE_CHARACTERS = 100, 200

Take = Callable[[str, Any], Any]


class Blame(Protocol):
    """What is noted where the student's code uses the test's objects in a way that costs the cell its points."""

    failure: str
    flaw: str
    refused: str


class Served:
    """The objects, by number.

    Parameters
    ----------
    blame : Blame
        Where failures are noted.
    contract : Contract
        Whether the reference changed an object.
    """

    def __init__(self, blame: Blame, contract: Contract) -> None:
        self._blame = blame
        self._contract = contract
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._guests: set[int] = set()

    def give(self, value: Any) -> list[Any] | None:
        """Return what stands for a function or an object in the student's process; None if it cannot be given."""
        kind = value if issubclass(type(value), type) else type(value)
        guest = _is_guest(value)
        if not guest and (kind is value or not callable(value)):
            return None
        number = self._numbers.setdefault(id(value), len(self._objects))
        if number == len(self._objects):
            if number >= MOST:
                raise codec.CodecError(f"at most {MOST} functions and objects can be given to the student's code")
            self._objects.append(value)
        if not guest:
            return ["f", number]
        self._guests.add(number)
        own = claims.told(kind, ASKED) if kind is value else None
        return ["guest", number, kind.__name__, claims.told(type(value), ASKED), own]

    def described(self, number: Any) -> Described:
        """Return an object of the test's that comes back; raise `CodecError` if none was given under the number."""
        if type(number) is not int or number not in self._guests:
            raise codec.CodecError("no such object")
        return Described(number, GUEST, type(self._objects[number]).__name__)

    def original(self, number: int) -> Any:
        """Return the object itself."""
        return self._objects[number]

    def answer(self, number: Any, request: list[Any], take: Take, given: codec.Foreign) -> list[Any]:
        """Do what `serve` does, and see to it that the answer can be sent."""
        answer = self.serve(number, request, take)
        try:
            codec.encode(answer, given)
        except codec.CodecError as error:
            self._blame.refused = self._blame.refused or f"from an object of the test's: {in_short(error)}"
            return self.failed("the test", error)
        return answer

    def serve(self, number: Any, request: list[Any], take: Take) -> list[Any]:
        """Do with an object what the student's code asks for, and return what to answer.

        Raises
        ------
        CodecError
            If nothing was given under the number.
        """
        if type(number) is not int or not 0 <= number < len(self._objects):
            raise codec.CodecError("no such function")
        target = self._objects[number]
        if number in self._guests:
            return self._ask(target, request, take)
        operation, args, kwargs = request
        if operation == "get" and args and args[0] in NAMES:
            return ["answer", self._named(target, args[0])]
        name = getattr(target, "__name__", type(target).__name__)
        try:
            if operation != "call":
                raise TypeError("a function can be called, and nothing else")
            if kwargs and isinstance(target, np.ufunc | BuiltinFunctionType):
                raise TypeError("takes no keyword arguments here")  # where=False would show memory of the tester's
            given = take(f"{name}'s argument", [args, kwargs])
            return ["answer", target(*given[0], **given[1])]
        except Exception as error:
            of_a_guest = type(target) is MethodType and _is_guest(target.__self__)
            return self._raised(name, error) if of_a_guest else self.failed(name, error)

    def _named(self, function: Any, attribute: str) -> str | None:
        """Return the name or the documentation of a function; they may tell of a hidden test."""
        way = f"{attribute} of a function of the test's"
        if not self._contract.has(way):
            return None if attribute == "__doc__" else "function"
        self._contract.data(way)
        found = getattr(function, attribute, None)
        return found if type(found) is str else None

    def failed(self, name: str, error: Exception) -> list[Any]:
        """Fail the cell for good, and return what to answer."""
        said = f"{name} raised {type(error).__name__} when your code called it: {error}"
        self._blame.failure = self._blame.failure or said
        return ["failed", None]

    def _ask(self, target: Any, request: list[Any], take: Take) -> list[Any]:
        """Carry an operation on an object out; what it raises is raised in the student's code, too."""
        operation, args, kwargs = request
        is_class = issubclass(type(target), type)
        label = target.__name__ if is_class else f"<{type(target).__name__}>"
        if operation in NOT_SERVED or operation not in OPERATIONS:
            return ["raised", [["TypeError"], f"an object of the test's has no {str(operation)[:NAME_CHARACTERS]}"]]
        try:
            if operation in ("get", "set", "delete"):
                name = args[0] if args else None
                if type(name) is not str or name.startswith("_") or (is_class and operation != "get"):
                    raise AttributeError(f"{str(name)[:NAME_CHARACTERS]} of an object of the test's is out of reach")
            way = f"{label}.{args[0]} {operation}" if operation == "set" else f"{operation} {label}"
            if operation in ("set", "delete", "put", "remove") and not self._contract.has(way):
                said = f"{label} is the test's, and your code changed it; work on a copy"
                self._blame.flaw = self._blame.flaw or said
            given = take(way, [args, kwargs])
            return ["answer", OPERATIONS[operation](target, *given[0], **given[1])]
        except Exception as error:
            return self._raised(label, error)

    def _raised(self, name: str, error: Exception) -> list[Any]:
        """Have the student's code see an exception, unless it says that the answer is wrong."""
        if isinstance(error, AssertionError):
            return self.failed(name, error)
        return ["raised", [[one.__name__ for one in type(error).__mro__], str(error)[:MESSAGE_CHARACTERS]]]


def in_short(error: Exception) -> str:
    """Return what happened, without what to do about it."""
    return str(error).split(":")[0]


def _is_guest(value: Any) -> bool:
    """Return whether a value is a class that the notebook's own cells define, or an object of one."""
    kind = value if issubclass(type(value), type) else type(value)
    return bool(kind.__module__ == "__main__") and not issubclass(kind, BaseException)
