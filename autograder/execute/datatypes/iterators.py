"""An iterator of the test's, as the student's code sees it: each element is fetched when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from autograder.execute.datatypes import registry

Advance = Callable[[], list[Any]]
"""Gives the next element in a list, or an empty list at the end."""


class Fetched:
    """The iterator, in the process that was given it."""

    def __init__(self, advance: Advance) -> None:
        self._advance = advance

    def __iter__(self) -> Fetched:
        return self

    def __next__(self) -> Any:
        for item in self._advance():
            return item
        raise StopIteration


def advance(iterator: Iterator[Any]) -> Advance:
    """Return the function that stands for an iterator in the process that is given it.

    Parameters
    ----------
    iterator : iterator
        The test's; an element is taken from it when one is asked for.

    Returns
    -------
    callable
        Gives the next element in a list, or an empty list at the end.
    """

    def following() -> list[Any]:
        for item in iterator:
            return [item]
        return []

    return following


def _make_iterator(following: Any) -> Fetched:
    if not callable(following):
        raise ValueError("no function that gives elements")
    return Fetched(following)


registry.MAKERS["iterator"] = _make_iterator
