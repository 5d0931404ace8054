"""What stands in the student's process for functions and objects of the test's."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any, NoReturn

from autograder.execute.claims import Claim
from autograder.execute.handles import ASKED, handle_class
from autograder.execute.proxy import Handle
from autograder.execute.served import NAMES

CallBack = Callable[[int, list[Any]], Any]
"""Takes the number of an object and what to do with it; returns or raises what came of it."""


class Callback:
    """A function of the test's, which the student's code can call; its name is told where the reference asks for it."""

    def __init__(self, call_back: CallBack, number: int) -> None:
        self._call = lambda args, kwargs: call_back(number, ["call", list(args), kwargs])
        self._told = lambda name: call_back(number, ["get", [name], {}])

    def __getattr__(self, name: str) -> Any:
        if name in NAMES:
            return self._told(name)
        raise AttributeError(f"a function of the test's has no attribute {name!r} here")

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self._told("__doc__")

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Have the tester call it."""
        return self._call(args, kwargs)


class Guests:
    """Keeps what stands for the test's functions and objects, by number.

    Parameters
    ----------
    call_back : callable
        Has the tester do something with one of them.
    """

    def __init__(self, call_back: CallBack) -> None:
        self._call_back = call_back
        self._callbacks: dict[int, Callback] = {}
        self._guests: dict[int, Handle] = {}
        self._claims: list[Claim] = []

    def callback(self, number: int) -> Callback:
        """Return a function of the test's."""
        if number not in self._callbacks:
            self._callbacks[number] = Callback(self._call_back, number)
        return self._callbacks[number]

    def guest(self, number: int, name: str, claim: Any, own: Any) -> Handle:
        """Return an object of the test's, of a class of which `claim` is told; `own` is if it is a class itself."""
        if number not in self._guests:
            self._claims += [Claim.from_data(own, ASKED)] if own else []
            kind = handle_class(Claim.from_data(claim, ASKED))
            self._guests[number] = kind(self, number, name, own=len(self._claims) - 1 if own else -1)
        return self._guests[number]

    def operate(self, operation: str, handle: Handle, *args: object, **kwargs: object) -> Any:
        """Have the tester carry an operation out."""
        return self._call_back(handle._remote[1], [operation, list(args), kwargs])

    def did(self, operation: str, handle: Handle, *args: object) -> bool:
        """Say that anything may be asked of them."""
        return True

    def misuse(self, message: str, refused: str = "") -> NoReturn:
        """Refuse what cannot be done from here."""
        raise TypeError("an object of the test's can be asked for data, called, and computed with")

    def claim(self, number: int) -> Claim:
        """Return what is told of a class."""
        return self._claims[number]

    def release(self, number: int) -> None:
        """Keep it: the test does."""


def raised(names: list[str], message: str) -> Exception:
    """Return the exception of an object of the test's, as the nearest built-in class of its own."""
    known = (vars(builtins).get(name) for name in names)
    kind = next((one for one in known if isinstance(one, type) and issubclass(one, Exception)), Exception)
    return kind(message)
