"""What one process says of the class of an object that stays there, and what the other makes of it.

A claim proves nothing: whoever makes it may say what he likes. So it decides what a thing is called, which
operators Python looks for, and what `isinstance` answers, and never what a value is.
"""

from __future__ import annotations

import dataclasses
import keyword
import sys
import types
from dataclasses import dataclass
from typing import Any

NAME_CHARACTERS = 100
MOST_FIELDS = 200
FIELDS = "__dataclass_fields__"
_FIELD = vars(dataclasses)["_FIELD"]
"""What marks a field of a dataclass that is neither one of the class nor one of `__init__` alone."""
LONGEST = 30
"""So many classes of a chain are told."""
WITHOUT_A_NAME = {
    ("builtins", kind.__qualname__): kind
    for kind in vars(types).values()
    if isinstance(kind, type) and kind.__module__ == "builtins"
}
"""Python's own classes that are no names of `builtins`, such as that of functions."""
WITHOUT_A_NAME.pop(("builtins", "method"))  # whoever finds a method takes it apart
COMMON = {("builtins", "object"), ("abc", "ABC"), ("typing", "Generic"), ("typing", "Protocol")}
"""What a class derives from without saying anything by it."""

Name = tuple[str, str]


class ClaimError(ValueError):
    """What was told is no claim."""


@dataclass(frozen=True)
class Claim:
    """What is told of a class.

    Attributes
    ----------
    chain : tuple of (str, str)
        Module and qualified name of the class and of those that it derives from, nearest first.
    methods : frozenset of str
        The special methods of those asked for that its objects have.
    fields : tuple of str or None
        The fields of a dataclass.
    """

    chain: tuple[Name, ...]
    methods: frozenset[str]
    fields: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """The name of the class, without its module and the classes around it."""
        return self.chain[0][1].split(".")[-1]

    def dataclass_fields(self) -> dict[str, Any]:
        """Return the fields as `dataclasses` keeps them, without types and defaults.

        Raises
        ------
        AttributeError
            If it is no dataclass.
        """
        if self.fields is None:
            raise AttributeError(f"{self.name} is no dataclass")
        made: Any = dataclasses.make_dataclass("Told", self.fields, init=False, repr=False, eq=False)
        return dict(made.__dataclass_fields__)

    def here(self) -> type | None:
        """Return the class of this process that an object may pass for, None if there is none."""
        for name in self.chain:
            if name not in COMMON and (found := class_here(name)) is not None:
                return found
        return None

    @classmethod
    def from_data(cls, data: Any, known: frozenset[str]) -> Claim:
        """Read what `told` made, with none but known methods.

        Raises
        ------
        ClaimError
            If it is anything else.
        """
        match data:
            case [[_, *_] as chain, list(methods), fields] if type(chain) is list and len(chain) <= LONGEST:
                has = frozenset(one for one in methods if type(one) is str and one in known)
                return cls(tuple(map(_name, chain)), has, _fields(fields))
        raise ClaimError("no claim")


def told(kind: type, asked: frozenset[str]) -> list[Any]:
    """Return a claim as plain data: the chain of a class, and the special methods of those asked for."""
    chain = type.__dict__["__mro__"].__get__(kind)[:LONGEST]
    places = [type.__dict__["__dict__"].__get__(one) for one in chain]
    methods = [name for name in sorted(asked) if next((one[name] for one in places if name in one), None) is not None]
    held: Any = next((one[FIELDS] for one in places if type(one.get(FIELDS)) is dict), None)
    if held is not None:
        held = [name for name, field in held.items() if getattr(field, "_field_type", None) is _FIELD]
    fields = held if held is None or (len(held) <= MOST_FIELDS and all(map(_is_field, held))) else None
    return [[list(name_of(one)) for one in chain], methods, fields]


def name_of(kind: type) -> Name:
    """Return module and qualified name of a class."""
    module, qualified = kind.__module__, kind.__qualname__
    return module if type(module) is str else "", qualified if type(qualified) is str else ""


def class_here(name: Name) -> type | None:
    """Return the class of this name if its module is loaded; nothing is ever imported for a claim."""
    if name in WITHOUT_A_NAME:
        return WITHOUT_A_NAME[name]
    module, qualified = name
    found: Any = sys.modules.get(module)
    for part in qualified.split("."):
        place = getattr(found, "__dict__", None)
        found = place.get(part) if isinstance(place, dict | types.MappingProxyType) else None
    return found if issubclass(type(found), type) and name_of(found) == name else None


def _fields(names: Any) -> tuple[str, ...] | None:
    if names is None:
        return None
    if type(names) is not list or len(names) > MOST_FIELDS or not all(map(_is_field, names)):
        raise ClaimError("no fields of a dataclass")
    return tuple(dict.fromkeys(names))


def _is_field(name: Any) -> bool:
    return type(name) is str and name.isidentifier() and not keyword.iskeyword(name) and len(name) <= NAME_CHARACTERS


def _name(pair: Any) -> Name:
    match pair:
        case [str(module), str(qualified)]:
            return _printable(module), _printable(qualified) or "object"
    raise ClaimError("no name of a class")


def _printable(name: str) -> str:
    return "".join(one for one in name[:NAME_CHARACTERS] if one.isalnum() or one in "_.<>")
