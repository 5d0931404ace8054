"""What crosses the wall, as the tester sees it: what it gives out, and what it takes in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast
from weakref import WeakValueDictionary

import numpy as np

from autograder.execute import codec
from autograder.execute.contract import ITERATOR, Contract, ContractError, Described
from autograder.execute.datatypes import registry
from autograder.execute.datatypes.iterators import advance
from autograder.execute.proxy import Handle, Keeper

NAME_CHARACTERS = 100
MOST_AT_ONCE = 256
"""So many elements of an iterator are fetched together, after fewer at its beginning."""


class Values:
    """Gives functions out by number, and takes objects in by number.

    Parameters
    ----------
    keeper : Keeper
        What the handles forward to.
    contract : Contract
        Which operations may answer with objects.

    Attributes
    ----------
    released : list of int
        Objects that the tester does not need any more.
    """

    def __init__(self, keeper: Keeper, contract: Contract) -> None:
        self._keeper = keeper
        self._contract = contract
        self._handles: WeakValueDictionary[int, Handle] = WeakValueDictionary()
        self._callbacks: list[Callable[..., Any]] = []
        self._numbers: dict[int, int] = {}
        self.released: list[int] = []

    def function(self, number: Any) -> Callable[..., Any]:
        """Return the test's function that was given out under a number; raise `CodecError` if none was."""
        if type(number) is not int or not 0 <= number < len(self._callbacks):
            raise codec.CodecError("no such function")
        return self._callbacks[number]

    def taken(self, reached: str, value: Any, *, inside: bool = False) -> Any:
        """Return a received value with handles for the objects in it.

        Parameters
        ----------
        reached : str
            The operation that gave it.
        value : object
            What the codec made of it.
        inside : bool
            Whether it stands in a container.

        Raises
        ------
        ContractError
            If there is an object where the reference gives data.
        """
        kind = type(value)
        if kind is Described:
            if value.kind == ITERATOR and not self._contract.gives_objects(reached, inside=inside):
                return self._elements(reached, self._handle(value.number, reached))
            label = self._contract.label(reached, value, inside=inside)
            return self._handle(value.number, label)
        if not inside:
            self._contract.data(reached, empty=_is_empty(value))
        if kind in (list, tuple, set, frozenset):
            return kind(self.taken(reached, item, inside=True) for item in value)
        if kind is dict:
            return {
                self.taken(reached, key, inside=True): self.taken(reached, item, inside=True)
                for key, item in value.items()
            }
        if kind in registry.REPLACERS:
            return registry.REPLACERS[kind](value, lambda item: self.taken(reached, item, inside=True))
        return value

    def _elements(self, reached: str, source: Handle) -> Iterator[Any]:
        """Yield what an iterator gives, where the reference gives data: data, and fetched when it is asked for."""
        __tracebackhide__ = True
        count, more = 1, True
        while more:
            items, more = self._keeper.operate("take", source, count)
            if count == 1:
                try:
                    self._contract.data(reached, empty=_is_empty(items))
                except ContractError as error:
                    self._keeper.misuse(str(error))
            yield from items
            count = min(2 * count, MOST_AT_ONCE)

    def _handle(self, number: int, label: str) -> Handle:
        handle = self._handles.get(number)
        if handle is None:
            handle = self._handles[number] = Handle(self._keeper, number, label)
            if number in self.released:
                self.released.remove(number)
        return handle

    def given(self, value: Any) -> list[Any]:
        """Return what stands for an object of the tester's in the student's process."""
        if type(value) is Handle:
            return ["o", value._remote[1]]
        if type(value) is np.random.Generator:
            return self._generator(value)
        if hasattr(type(value), "__next__"):
            return ["iterator", advance(value)]
        if callable(value) and not isinstance(value, type):
            number = self._numbers.setdefault(id(value), len(self._callbacks))
            if number == len(self._callbacks):
                self._callbacks.append(value)
            return ["f", number]
        raise codec.CodecError(
            f"an object of type {type(value).__name__} cannot be given to the student's code: "
            "give data, a function, or an object of the student's own"
        )

    def _generator(self, generator: np.random.Generator) -> list[Any]:
        """Return a generator as its state; the tester's own moves on, so that the next call gets another."""
        bits = generator.bit_generator
        state = bits.state
        bits.random_raw()
        return ["g", type(bits).__name__, state]


def locked(value: Any) -> Any:
    """Return a value whose arrays are made read-only: a test that changes a copy would think that it changed more."""
    kind = type(value)
    if kind is np.ndarray:
        value.flags.writeable = False
    elif kind in (list, tuple, dict):
        for part in value.values() if kind is dict else value:
            locked(part)
    return value


def _is_empty(value: Any) -> bool:
    """Return whether a value has no element at any depth, or an array without elements somewhere in it.

    What misses elements counts as empty, too: where values are missing, many a comparison looks away.
    """
    held = _contents(value)
    if held is None:
        return _lacks(value)
    parts = list(held)
    return all(map(_is_empty, parts)) or any(map(_holds_lacking, parts))


def _holds_lacking(value: Any) -> bool:
    held = _contents(value)
    return _lacks(value) if held is None else any(map(_holds_lacking, held))


def _contents(value: Any) -> Iterable[Any] | None:
    """Return what a container holds, the keys of a dict left out; None if it is none."""
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        return cast("Iterable[Any]", value)
    if kind is dict:
        return cast("Iterable[Any]", value.values())
    return registry.CONTENTS[kind](value) if kind in registry.CONTENTS else None


def _lacks(value: Any) -> bool:
    kind = type(value)
    if kind is np.ndarray:
        return bool(value.size == 0)
    return registry.LACKING[kind](value) if kind in registry.LACKING else False


def described(number: Any, kind: Any, type_name: Any) -> Described:
    """Return an object as it was received; raise `CodecError` on anything malformed."""
    if type(number) is not int or type(kind) is not str or type(type_name) is not str or number < 0:
        raise codec.CodecError("malformed: an object")
    printable = "".join(letter for letter in type_name[:NAME_CHARACTERS] if letter.isalnum() or letter in "_.")
    return Described(number, kind[:NAME_CHARACTERS], printable or "object")
