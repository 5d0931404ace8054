"""The containers of the standard library: Counter, defaultdict, OrderedDict, deque, named tuples, views of a dict."""

from __future__ import annotations

import keyword
import re
import typing
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from typing import Any

from autograder.execute.datatypes import registry

FACTORIES: dict[str, type] = {
    kind.__name__: kind for kind in (int, float, complex, bool, str, bytes, list, tuple, dict, set, frozenset)
}
"""What a defaultdict may make, besides nothing."""
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
"""A name of a named tuple or of a field; ASCII only, as Python evaluates a text that holds it."""
MOST_FIELDS = 200
MOST_CLASSES = 1_000
"""So many classes of named tuples are made in a process."""
VIEWS = {"keys": type({}.keys()), "values": type({}.values()), "items": type({}.items())}


def _pairs(value: dict[Any, Any]) -> list[list[Any]]:
    return [[key, item] for key, item in value.items()]


def _filled(mapping: Any, pairs: list[Any]) -> Any:
    for key, item in registry.exactly(list, pairs):
        dict.__setitem__(mapping, key, item) if type(mapping) is not OrderedDict else mapping.__setitem__(key, item)
    return mapping


def _take_defaultdict(value: defaultdict[Any, Any]) -> list[Any] | None:
    factory = value.default_factory
    names = [name for name, kind in FACTORIES.items() if kind is factory]
    return ["defaultdict", names[0] if names else None, _pairs(value)] if names or factory is None else None


def _make_defaultdict(factory: str | None, pairs: list[Any]) -> object:
    return _filled(defaultdict(FACTORIES[factory] if factory is not None else None), pairs)


def _make_deque(items: list[Any], longest: int | None) -> object:
    if longest is not None and registry.exactly(int, longest) < len(items):
        raise ValueError("a deque longer than it can be")
    return deque(registry.exactly(list, items), longest)


def _replace_mapping(value: Any, replace: Callable[[Any], Any]) -> Any:
    pairs = [(replace(key), replace(item)) for key, item in value.items()]
    value.clear()
    return _filled(value, pairs)


def _restore_mapping(original: Any, changed: Any) -> None:
    original.clear()
    _filled(original, list(changed.items()))


def _restore_deque(original: deque[Any], changed: deque[Any]) -> None:
    original.clear()
    original.extend(changed)


registry.TAKERS[defaultdict] = _take_defaultdict
registry.MAKERS["defaultdict"] = _make_defaultdict
registry.TAKERS[Counter] = lambda value: ["Counter", _pairs(value)]
registry.MAKERS["Counter"] = lambda pairs: _filled(Counter(), pairs)
registry.TAKERS[OrderedDict] = lambda value: ["OrderedDict", _pairs(value)]
registry.MAKERS["OrderedDict"] = lambda pairs: _filled(OrderedDict(), pairs)
registry.TAKERS[deque] = lambda value: ["deque", list(value), value.maxlen]
registry.MAKERS["deque"] = _make_deque
for _kind in (Counter, OrderedDict, defaultdict):
    registry.CONTENTS[_kind] = lambda value: value.values()
    registry.REPLACERS[_kind] = _replace_mapping
    registry.RESTORERS[_kind] = _restore_mapping
registry.CONTENTS[deque] = list
registry.REPLACERS[deque] = lambda value, replace: deque(map(replace, value), value.maxlen)
registry.RESTORERS[deque] = _restore_deque


def _take_view(name: str) -> registry.Taker:
    def take(value: Any) -> list[Any] | None:
        items = [list(item) for item in value] if name == "items" else list(value)
        return ["view", name, items] if registry.is_plain(items) else None

    return take


def _make_view(name: str, items: list[Any]) -> object:
    registry.plain(registry.exactly(list, items))
    if name == "items":
        return {key: item for key, item in items}.items()  # noqa: C416 (two items each, and lists, which are no pairs)
    return dict.fromkeys(items).keys() if name == "keys" else dict(enumerate(items)).values()


for _name, _view in VIEWS.items():
    registry.TAKERS[_view] = _take_view(_name)
    registry.LACKING[_view] = lambda value: len(value) == 0
registry.MAKERS["view"] = _make_view


class _Typed(typing.NamedTuple):
    a: int


_Plain = namedtuple("_Plain", "a")
_OWN = {*vars(_Plain), *vars(_Typed)} | {
    "__annotate__",
    "__annotate_func__",
    "__annotations__",
    "__annotations_cache__",
    "__firstlineno__",
    "__static_attributes__",
}
"""What the class of a named tuple has besides its fields, unless someone has added to it."""
_REPR = vars(_Plain)["__repr__"].__code__
_classes: dict[tuple[str, tuple[str, ...]], Any] = {}
"""Classes of named tuples by name and fields: those of this process that were sent, and those that were made."""


def _take_named(kind: type, value: Any) -> list[Any] | None:
    """Take a named tuple whose class has no methods of its own: they would be lost."""
    if kind.__bases__ != (tuple,) or "_fields" not in vars(kind):
        return None
    fields = vars(kind)["_fields"]
    own = vars(kind)
    if type(fields) is not tuple or not _are_names((kind.__name__, *fields)) or len(fields) != len(value):
        return None
    if set(own) - set(fields) - _OWN or getattr(own.get("__repr__"), "__code__", None) is not _REPR:
        return None
    _remember((kind.__name__, fields), kind)
    return ["namedtuple", kind.__name__, list(fields), list(value)]


def _make_named(name: str, fields: list[str], items: list[Any]) -> object:
    registry.exactly(list, items)
    if not _are_names((name, *registry.exactly(list, fields))) or len(fields) > MOST_FIELDS:
        raise ValueError("no named tuple")
    key = (name, tuple(fields))
    if key not in _classes:
        if len(_classes) >= MOST_CLASSES:
            raise ValueError("too many kinds of named tuples")
        _remember(key, namedtuple(name, fields))
    return _classes[key]._make(items)


def _remember(key: tuple[str, tuple[str, ...]], kind: Any) -> None:
    _classes[key] = kind
    registry.CONTENTS[kind] = list
    registry.REPLACERS[kind] = lambda value, replace: type(value)._make(map(replace, value))


def _are_names(names: tuple[Any, ...]) -> bool:
    return all(type(name) is str and NAME.fullmatch(name) and not keyword.iskeyword(name) for name in names)


registry.BY_CLASS.append(_take_named)
registry.MAKERS["namedtuple"] = _make_named
