"""What crosses the wall, as the tester sees it: what it gives out, and what it takes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, cast
from weakref import WeakValueDictionary

import numpy as np

from autograder.execute import codec
from autograder.execute.contract import ITERATOR, Contract, Described, LackingError
from autograder.execute.datatypes import registry
from autograder.execute.datatypes.iterators import advance
from autograder.execute.datatypes.streams import opened
from autograder.execute.handles import become, handle_class
from autograder.execute.proxy import Handle, Keeper, is_handle
from autograder.execute.served import GUEST, Served

NAME_CHARACTERS = 100
PARTS = ("get", "item")
"""Operations that give a part of an object, which stays a part of it."""
MOST_AT_ONCE = 256
"""So many elements of an iterator are fetched together, after fewer at its beginning."""


class Owner(Keeper, Protocol):
    """What the handles forward to, and where it is noted why a cell cannot pass."""

    flaw: str


class Values:
    """Gives the test's functions and objects out, and takes the student's objects in by number.

    Parameters
    ----------
    keeper : Owner
        What the handles forward to.
    contract : Contract
        Which operations may answer with objects.
    served : Served
        The test's functions and objects that are given out.

    Attributes
    ----------
    released : list of int
        Objects that the tester does not need any more.
    """

    def __init__(self, keeper: Owner, contract: Contract, served: Served) -> None:
        self._keeper = keeper
        self._contract = contract
        self._handles: WeakValueDictionary[int, Handle] = WeakValueDictionary()
        self._served = served
        self.released: list[int] = []

    def taken(self, reached: str, value: Any, *, inside: bool = False, lacking: bool = False) -> Any:
        """Return a received value with handles for the objects in it.

        Parameters
        ----------
        reached : str
            The operation that gave it.
        value : object
            What the codec made of it.
        inside : bool
            Whether it stands in a container.
        lacking : bool
            Whether it may be empty, or miss values, where the reference's never does.

        Raises
        ------
        ContractError
            If there is an object where the reference gives data, or if it lacks something and must not.
        """
        kind = type(value)
        if kind is Described:
            if value.kind == ITERATOR and not self._contract.gives_objects(reached, inside=inside):
                return self._elements(reached, self._handle(value, reached))
            label = self._contract.label(reached, value, inside=inside)
            if value.kind == GUEST:
                return self._served.original(value.number)
            return self._handle(value, label)
        if not inside and not lacking:
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

    def result(self, operation: str, reached: str, value: Any) -> Any:
        """Return what an operation on an object of the student's gave, as `taken` does."""
        seen = self._seen(reached, value)
        return locked(seen) if operation in PARTS else seen

    def argument(self, reached: str, value: Any) -> Any:
        """Return what the student's code gives to an object of the test's, as `taken` does."""
        return locked(self._seen(reached, value))

    def _seen(self, reached: str, value: Any) -> Any:
        """Return a received value as `taken` does.

        One that lacks something is given to the test, which may say so in words of its own; but it cannot pass.
        """
        try:
            return self.taken(reached, value)
        except LackingError as error:
            self._keeper.flaw = self._keeper.flaw or str(error)
            return self.taken(reached, value, lacking=True)

    def _elements(self, reached: str, source: Handle) -> Iterator[Any]:
        """Yield what an iterator gives, where the reference gives data: data, and fetched when it is asked for."""
        __tracebackhide__ = True
        count, more = 1, True
        while more:
            items, more = self._keeper.operate("take", source, count)
            if count == 1:
                try:
                    self._contract.data(reached, empty=_is_empty(items))
                except LackingError as error:
                    self._keeper.flaw = self._keeper.flaw or str(error)
            yield from items
            count = min(2 * count, MOST_AT_ONCE)

    def _handle(self, described: Described, label: str) -> Handle:
        number = described.number
        handle = self._handles.get(number)
        if handle is None and number in self.released:
            self.released.remove(number)
        kind = handle_class(self._keeper.claim(described.class_number))
        if handle is None:
            handle = self._handles[number] = kind(self._keeper, number, label, own=described.own_number)
        return become(handle, kind)

    def given(self, value: Any) -> list[Any]:
        """Return what stands for an object of the tester's in the student's process."""
        if is_handle(value):
            return ["o", value._remote[1]]
        if type(value) is np.random.Generator:
            return self._generator(value)
        if (stream := opened(value)) is not None:
            return stream
        if hasattr(type(value), "__next__") and not callable(value):  # a mock has every method
            return ["iterator", advance(value)]
        if given := self._served.give(value):
            return given
        raise codec.CodecError(
            f"an object of type {type(value).__name__} cannot be given to the student's code: "
            "give data, a function, an object of the student's own, or one of a class that the notebook defines"
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


def described(number: Any, kind: Any, type_name: Any, class_number: Any, own_number: Any) -> Described:
    """Return an object as it was received; raise `CodecError` on anything malformed."""
    numbers = number, class_number, own_number
    if any(type(one) is not int for one in numbers) or type(kind) is not str or type(type_name) is not str:
        raise codec.CodecError("malformed: an object")
    if number < 0 or class_number < 0 or own_number < -1 or kind == GUEST:
        raise codec.CodecError("malformed: an object without a number")
    printable = "".join(letter for letter in type_name[:NAME_CHARACTERS] if letter.isalnum() or letter in "_.")
    return Described(number, kind[:NAME_CHARACTERS], printable or "object", class_number, own_number)
