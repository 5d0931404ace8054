"""What stands in the tests for an object of the student's: it forwards, and never answers for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
UNARY = ("neg", "pos", "abs", "invert")

NOT_FORWARDED = ("__", "_repr_", "_ipython_")
"""What Python, numpy and IPython ask any object for is not asked of the student's."""

Operate = Callable[..., Any]


class Keeper(Protocol):
    """What a handle needs of the connection to the student's process."""

    def operate(self, operation: str, handle: Handle, *args: object, **kwargs: object) -> Any:
        """Carry an operation out there."""

    def misuse(self, message: str) -> NoReturn:
        """Fail the cell for good, and raise."""

    def release(self, number: int) -> None:
        """Forget an object."""


class Handle:
    """An object of the student's: call it, read and set attributes, index, iterate, compute with it.

    What it is worth to a test is only ever the data that comes back. It has no truth, order, equality or
    value of its own, since those would be the student's to make up.
    """

    __slots__ = ("__weakref__", "_remote")
    __array_ufunc__ = None  # an array leaves an operation with a handle to the handle

    def __init__(self, keeper: Keeper, number: int, label: str, refusal: str = "") -> None:
        object.__setattr__(self, "_remote", (keeper, number, label, refusal))

    def __del__(self) -> None:
        keeper, number, _, _ = self._remote
        keeper.release(number)

    def __repr__(self) -> str:
        return f"<the student's {self._remote[2]}>"

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name.startswith(NOT_FORWARDED):
            raise AttributeError(name)
        return _operate(self, "get", name)

    def __setattr__(self, name: str, value: object) -> None:
        __tracebackhide__ = True
        _operate(self, "set", name, value)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it there."""
        __tracebackhide__ = True
        return _operate(self, "call", *args, **kwargs)

    def __getitem__(self, key: object) -> Any:
        __tracebackhide__ = True
        return _operate(self, "item", key)

    def __setitem__(self, key: object, value: object) -> None:
        __tracebackhide__ = True
        _operate(self, "put", key, value)

    def __len__(self) -> Any:
        __tracebackhide__ = True
        return _operate(self, "len")

    def __iter__(self) -> Any:
        __tracebackhide__ = True
        return _operate(self, "iter")

    def __next__(self) -> Any:
        __tracebackhide__ = True
        return _operate(self, "next")

    def __hash__(self) -> int:
        return id(self)


def _operate(handle: Handle, operation: str, *args: object, **kwargs: object) -> Any:
    __tracebackhide__ = True
    keeper, _, _, refusal = handle._remote
    if refusal:
        keeper.misuse(refusal)
    return keeper.operate(operation, handle, *args, **kwargs)


def _forward(operation: str) -> Operate:
    def method(self: Handle, *others: object) -> Any:
        __tracebackhide__ = True
        return _operate(self, operation, *others)

    return method


def _refuse(what: str) -> Operate:
    def method(self: Handle, *others: object, **named: object) -> Any:
        __tracebackhide__ = True
        keeper, _, label, refusal = self._remote
        keeper.misuse(refusal or f"{label} is an object of the student's, which has no {what} here: ask it for data")

    return method


for _name in OPERATORS:
    setattr(Handle, f"__{_name}__", _forward(_name))
    setattr(Handle, f"__r{_name}__", _forward(f"r{_name}"))
for _name in UNARY:
    setattr(Handle, f"__{_name}__", _forward(_name))
for _name, _what in {
    "bool": "truth",
    "eq": "equality",
    "ne": "equality",
    **dict.fromkeys(("lt", "le", "gt", "ge"), "order"),
    **dict.fromkeys(("float", "int", "complex", "index", "round", "trunc", "floor", "ceil"), "value"),
    **dict.fromkeys(("array", "array_function"), "array"),
    "contains": "membership",
    "enter": "context",
    "copy": "copy",
    "deepcopy": "copy",
    "reduce_ex": "copy",
}.items():
    setattr(Handle, f"__{_name}__", _refuse(_what))
