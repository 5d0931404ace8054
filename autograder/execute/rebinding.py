"""What a test does to the student's names, to see what the answers make of it.

In one process a test that deletes a function, or puts another in its place, changes what the student's other
functions find under its name. Here the student's process is told with each call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograder.execute.contract import Contract
from autograder.execute.proxy import is_handle


class Rebinding:
    """The student's names as a test got them, and as they are now.

    Parameters
    ----------
    contract : Contract
        Whether the reference called what a test put in the place of a name. Where it did not, a function of that
        name is none of the answers' business: it may compute what the test expects.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._space: dict[str, Any] = {}
        self._bound: dict[str, Any] = {}
        self._told: dict[str, tuple[Any, Callable[..., Any]]] = {}

    def begin(self, space: dict[str, Any], bound: dict[str, Any]) -> None:
        """Watch the names that a test was given in its namespace."""
        self._space, self._bound = space, bound
        self._told.clear()

    def now(self) -> list[Any]:
        """Return the names that are gone, and the functions that stand under others."""
        space = self._space
        gone = [name for name in self._bound if name not in space]
        changed = {name: space[name] for name, value in self._bound.items() if space.get(name, value) is not value}
        put = {name: value for name, value in changed.items() if is_handle(value)}
        for name, value in changed.items():
            if name not in put and callable(value) and not isinstance(value, type) and self._contract.has(_way(name)):
                put[name] = self._noted(name, value)
        return [gone, put]

    def _noted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that notes that it was called."""
        if self._told.get(name, (None,))[0] is not function:

            def called(*args: Any, **kwargs: Any) -> Any:
                self._contract.data(_way(name))
                return function(*args, **kwargs)

            self._told[name] = function, called
        return self._told[name][1]


def _way(name: str) -> str:
    return f"{name} put in its place"


@contextmanager
def rebound(space: dict[str, Any], gone: list[str], put: dict[str, Any]) -> Iterator[None]:
    """Take names out of a namespace and put others in their place for a while."""
    before = {name: space[name] for name in (*gone, *put) if name in space}
    for name in gone:
        space.pop(name, None)
    space.update(put)
    try:
        yield
    finally:
        space.update(before)
