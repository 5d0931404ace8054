"""The classes of handles, made of what is claimed of the objects' own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from autograder.execute.claims import FIELDS, Claim
from autograder.execute.proxy import OPERATORS, UNARY, Handle, HandleType, Operate, forward, operate


def _leave(self: Handle, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> Any:
    """End a ``with``: what ended it is told by the name of its built-in class and its text."""
    names = [] if kind is None else [one.__name__ for one in kind.__mro__]
    return operate(self, "exit", names, "" if error is None else str(error))


METHODS: dict[str, Operate] = {
    **{f"__{name}__": forward(name) for name in ("call", "len", "iter", "next", "reversed", "enter", "contains")},
    "__getitem__": forward("item"),
    "__setitem__": forward("put"),
    "__delitem__": forward("remove"),
    "__exit__": _leave,
    **{f"__{way}{name}__": forward(way + name) for name in OPERATORS for way in ("", "r", "i")},
    **{f"__{name}__": forward(name) for name in UNARY},
}
"""The special methods that a handle has only if the object's class is said to have them."""
ASKED = frozenset(METHODS)


@lru_cache(maxsize=1000)
def handle_class(claim: Claim) -> Any:
    """Return the class of handles to the objects of which this is claimed."""
    module, qualified = claim.chain[0]
    body = {name: METHODS[name] for name in claim.methods}
    documentation = property(lambda self: operate(self, "get", "__doc__"))
    told = {"__slots__": (), "__module__": module, "__qualname__": qualified, "__doc__": documentation, "claim": claim}
    if claim.fields is not None:
        told[FIELDS] = claim.dataclass_fields()
    return HandleType(claim.name, (Handle,), {**body, **told})


def become(handle: Handle, kind: type[Handle]) -> Handle:
    """Return a handle with another class, for what was learnt since of the object."""
    if type(handle) is not kind:
        vars(object)["__class__"].__set__(handle, kind)
    return handle


class Refused(Handle):
    """Stands for an answer that the tests may not use: whatever is done with it fails the cell."""

    __slots__ = ()


for _name, _method in METHODS.items():
    setattr(Refused, _name, _method)
