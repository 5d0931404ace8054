"""What may be done with an object in another process, by the name under which a request asks for it."""

from __future__ import annotations

import builtins
import copy
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.execute import signatures
from autograder.execute.proxy import COMPARISONS, JUDGED, OPERATORS, UNARY, is_handle


def _call(function: Any, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _binary(name: str) -> Callable[[Any, Any], Any]:
    function = {"and": operator.and_, "or": operator.or_}.get(name) or getattr(operator, name)
    return lambda one, other: function(one, other)


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    function = _binary(name)
    return lambda one, other: function(other, one)


def _exit(manager: Any, names: Sequence[str], message: str) -> bool:
    """End a ``with`` block, by an exception of the nearest built-in class if names of classes are given."""
    error = None
    if names:
        known = (vars(builtins).get(name) for name in names)
        kind = next((one for one in known if isinstance(one, type) and issubclass(one, BaseException)), Exception)
        error = kind(message)
    return bool(type(manager).__exit__(manager, type(error) if error else None, error, None))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": _call,
    "get": getattr,
    "set": setattr,
    "delete": delattr,
    "item": operator.getitem,
    "put": operator.setitem,
    "remove": operator.delitem,
    "len": len,
    "iter": iter,
    "next": next,
    "reversed": reversed,
    "enter": lambda manager: type(manager).__enter__(manager),
    "exit": _exit,
    "repr": repr,
    "str": str,
    "format": format,
    "dir": dir,
    "hash": hash,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "signature": signatures.told,
    "code": signatures.code_told,
    "isinstance": lambda kind, value: isinstance(value, kind),
    "issubclass": lambda kind, other: issubclass(other, kind),
    **{name: _binary(name) for name in (*OPERATORS, *COMPARISONS)},
    **{f"r{name}": _reflected(name) for name in OPERATORS},
    **{f"i{name}": getattr(operator, f"i{name}") for name in OPERATORS},
    **{name: getattr(operator, name) for name in UNARY},
    "bool": bool,
    "array": np.asarray,
    "contains": operator.contains,
    "float": float,
    "int": int,
    "complex": complex,
    "index": operator.index,
    "round": round,
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
}


def reach(operation: str, label: str, args: tuple[Any, ...]) -> str:
    """Return how the answer of an operation is reached, for the contract and for messages.

    Where an object is asked to compare itself, it matters with what.
    """
    if operation == "call":
        return f"{label}()"
    if operation in ("get", "set", "delete"):
        return f"{label}.{args[0]}"
    if operation in ("item", "put", "remove"):
        return f"{label}[]"
    if operation == "take":
        return f"next({label})"
    if operation in JUDGED:
        kinds = (one._remote[2] if is_handle(one) else type(one).__name__ for one in args)
        return f"{operation}({', '.join([label, *kinds])})"
    return f"{operation}({label})"
