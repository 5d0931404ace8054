"""Members of an enum, by the names and values of all its members; the same members are the same objects again."""

from __future__ import annotations

import enum
import sys
from typing import Any

from autograder.execute.datatypes import registry

BASES: dict[str, Any] = {
    kind.__name__: kind for kind in (enum.Enum, enum.IntEnum, enum.StrEnum, enum.Flag, enum.IntFlag)
}
VALUES = {"IntEnum": int, "StrEnum": str, "Flag": int, "IntFlag": int}
"""The type that the values of an enum with this base have."""
MOST_MEMBERS = 500
MOST_CLASSES = 1_000
"""So many enums are made in a process."""
FLAG_BITS = 64

_EXAMPLES: dict[str, Any] = {name: dict(vars(base("Example", []))) for name, base in BASES.items()}
_OWN = {"__annotate__", "__annotate_func__", "__annotations__", "__firstlineno__", "__static_attributes__"}
_known: dict[tuple[Any, ...], list[Any]] = {}
"""Enums by base, module, name and names of members: those of this process that were sent, and those made."""


def _take_member(kind: Any, value: Any) -> list[Any] | None:
    """Take a member of an enum whose class has nothing but members: what it has of its own would be lost."""
    if type(kind) is not enum.EnumType or not kind.__bases__ or not isinstance(value, enum.Enum):
        return None
    base = kind.__bases__[0].__name__
    if BASES.get(base) is not kind.__bases__[0] or len(kind.__bases__) > 1:
        return None
    members = _members(kind)
    if not _is_bare(kind, base) or not _are_members(base, members) or not registry.is_plain(value.value):
        return None
    _remember(_key(base, kind.__module__, kind.__name__, members), kind)
    return ["enum", base, kind.__module__, kind.__name__, members, value.name, value.value]


def _members(kind: Any) -> list[list[Any]]:
    return [[name, kind.__members__[name].value] for name in kind.__members__]


def _is_bare(kind: Any, base: str) -> bool:
    """Return whether the class of an enum has what its base gives to each, and no methods of its own."""
    example, own = _EXAMPLES[base], vars(kind)
    if set(own) - set(example) - set(kind.__members__) - _OWN:
        return False
    functions = [name for name, value in own.items() if callable(value) and name not in kind.__members__]
    return all(own[name] == example.get(name) for name in functions if name != "__new__")


def _are_members(base: str, members: Any) -> bool:
    if type(members) is not list or len(members) > MOST_MEMBERS:
        return False
    expected = VALUES.get(base)
    for member in members:
        if type(member) is not list or len(member) != 2 or type(member[0]) is not str:
            return False
        name, value = member
        if not name.isidentifier() or name.startswith("_") or name == "mro" or not registry.is_plain(value):
            return False
        if expected and type(value) is not expected:
            return False
        if "Flag" in base and (value < 0 or value.bit_length() > FLAG_BITS):
            return False
    return True


def _make_member(base: str, module: str, name: str, members: Any, member: str | None, value: Any) -> object:
    for text in (base, module, name):
        registry.exactly(str, text)
    if base not in BASES or not name.isidentifier() or len(name) > 100 or not _are_members(base, members):
        raise ValueError("no enum")
    registry.plain(value)
    kind = _same(base, module, name, members)
    if kind is None:
        if sum(map(len, _known.values())) >= MOST_CLASSES:
            raise ValueError("too many enums")
        kind = BASES[base](name, members, module="__main__")
        _remember(_key(base, module, name, members), kind)
    if member is not None and member in kind.__members__:
        return kind.__members__[member]
    return kind(registry.exactly(int, value)) if "Flag" in base else kind(value)


def _same(base: str, module: str, name: str, members: list[list[Any]]) -> Any:
    """Return the enum with these members that is known here, or that a loaded module has; None if there is none."""
    found = vars(sys.modules[module]).get(name) if module in sys.modules and module != "__main__" else None
    candidates = list(_known.get(_key(base, module, name, members), []))
    if type(found) is enum.EnumType and found.__bases__ == (BASES[base],):
        candidates.append(found)
    for kind in candidates:
        if [(one, type(value), value) for one, value in _members(kind)] == [(one, type(v), v) for one, v in members]:
            return kind
    return None


def _key(base: str, module: str, name: str, members: list[list[Any]]) -> tuple[Any, ...]:
    return base, module, name, *(one for one, _ in members)


def _remember(key: tuple[Any, ...], kind: Any) -> None:
    known = _known.setdefault(key, [])
    if not any(one is kind for one in known):
        known.insert(0, kind)  # a cell that is run again defines it anew


registry.BY_CLASS.append(_take_member)
registry.MAKERS["enum"] = _make_member
