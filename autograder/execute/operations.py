"""What may be done with a student's object, by the name under which a request asks for it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from autograder.execute.proxy import OPERATORS, UNARY


def _call(function: Any, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _binary(name: str) -> Callable[[Any, Any], Any]:
    function = {"and": operator.and_, "or": operator.or_}.get(name) or getattr(operator, name)
    return lambda one, other: function(one, other)


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    function = _binary(name)
    return lambda one, other: function(other, one)


_UNTOLD: dict[int, tuple[Any, Exception]] = {}
"""Iterators that failed after they had given elements, with their errors, until these are asked for."""


def _take(iterator: Any, count: int) -> list[Any]:
    """Return up to so many elements, and whether there may be more; an error comes after what precedes it."""
    if id(iterator) in _UNTOLD:
        raise _UNTOLD.pop(id(iterator))[1]
    items: list[Any] = []
    try:
        while len(items) < count:
            items.append(next(iterator))
    except StopIteration:
        return [items, False]
    except Exception as error:
        if not items:
            raise
        _UNTOLD[id(iterator)] = iterator, error
    return [items, True]


OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": _call,
    "get": getattr,
    "set": setattr,
    "item": operator.getitem,
    "put": operator.setitem,
    "len": len,
    "iter": iter,
    "next": next,
    "take": _take,
    **{name: _binary(name) for name in OPERATORS},
    **{f"r{name}": _reflected(name) for name in OPERATORS},
    **{name: getattr(operator, name) for name in UNARY},
}


def reach(operation: str, label: str, args: tuple[Any, ...]) -> str:
    """Return how the answer of an operation is reached, for the contract and for messages."""
    if operation == "call":
        return f"{label}()"
    if operation in ("get", "set"):
        return f"{label}.{args[0]}"
    if operation in ("item", "put"):
        return f"{label}[]"
    if operation == "take":
        return f"next({label})"
    return f"{operation}({label})"
