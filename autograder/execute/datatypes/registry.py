"""Which types cross the wall as data besides the codec's own, by exact type and by tag.

A type is registered with a taker, which takes a value apart into data, and a maker, which makes the value of
these parts again and raises `ValueError` if they are none. The types of a library that a course may lack are
registered when the first of them, or of their tags, is met.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

Taker = Callable[[Any], list[Any] | None]
"""Returns the tag and the parts of a value, or None if it holds something that is not data."""
Maker = Callable[..., object]

SCALARS = {scalar for scalar in np.sctypeDict.values() if not issubclass(scalar, np.object_ | np.void)}
PLAIN = {type(None), bool, int, float, complex, str, bytes, *SCALARS}
"""Types whose values hold nothing else."""
GROUPS = {list, tuple, set, frozenset}
DEEPEST = 30
"""How deep the elements of an array or a table may be nested."""
LIBRARIES = {"pandas": ("frames", "moments"), "scipy": ("sparse",), "PIL": ("pictures",)}

TAKERS: dict[type, Taker] = {}
BY_CLASS: list[Callable[[type, Any], list[Any] | None]] = []
"""Takers of values whose exact type a notebook defines."""
MAKERS: dict[str, Maker] = {}
CONTENTS: dict[type, Callable[[Any], Iterable[Any]]] = {}
"""What a container of these types holds, its keys left out."""
REPLACERS: dict[type, Callable[[Any, Callable[[Any], Any]], Any]] = {}
"""What makes the same container with each of its elements replaced."""
LACKING: dict[type, Callable[[Any], bool]] = {range: lambda value: not value}
"""Whether a value of these types has no element, or misses some, so that a comparison might overlook it."""
RESTORERS: dict[type, Callable[[Any, Any], None]] = {}
"""What makes a mutable value equal to a changed copy of it, in place."""
STATES: dict[type, Callable[[Any], Any]] = {}
"""What of a mutable value counts as changed, if it is not all of it: reading in a stream does not change it."""
_loaded: set[str] = set()


def parts(value: object) -> list[Any] | None:
    """Return the tag and the parts of a value.

    Parameters
    ----------
    value : object
        Of any type but the codec's own.

    Returns
    -------
    list or None
        The tag, then the parts; None if the value is not data.
    """
    kind = type(value)
    taker = TAKERS.get(kind)
    if taker is None and _load(getattr(kind, "__module__", None), anew=False):
        taker = TAKERS.get(kind)
    takers = [taker] if taker is not None else [partial(by_class, kind) for by_class in BY_CLASS]
    with suppress(Exception):  # what cannot be taken apart is not data
        return next(filter(None, (take(value) for take in takers)), None)
    return None


def maker(tag: str) -> Maker:
    """Return what makes a value of its parts.

    Parameters
    ----------
    tag : str
        As received; its library is loaded if need be.

    Returns
    -------
    callable
        Takes the parts and returns the value; raises `ValueError` if they are none.

    Raises
    ------
    KeyError
        If the tag is unknown.
    """
    if tag not in MAKERS:
        _load(tag)
    return MAKERS[tag]


def state(value: Any) -> Any:
    """Return what of a mutable value must stay the same for it to be unchanged.

    Parameters
    ----------
    value : object
        Of a type that the codec or `RESTORERS` knows.

    Returns
    -------
    object
        The value itself for most types.
    """
    return STATES[type(value)](value) if type(value) in STATES else value


def is_plain(value: object, depth: int = 0) -> bool:
    """Return whether a value and all that it holds is data, of the types that an array or a table may hold.

    Parameters
    ----------
    value : object
        Anything.
    depth : int
        How many containers it stands in.

    Returns
    -------
    bool
        False also where it is nested more than `DEEPEST` deep.
    """
    kind = type(value)
    if kind in PLAIN:
        return True
    if depth > DEEPEST:
        return False
    if kind in GROUPS:
        return all(is_plain(item, depth + 1) for item in value)  # type: ignore[attr-defined]
    if kind is dict:
        return all(is_plain(part, depth + 1) for pair in value.items() for part in pair)  # type: ignore[attr-defined]
    return kind is np.ndarray and value.dtype.kind in "biufcSUmM"  # type: ignore[attr-defined]


def plain(value: Any) -> Any:
    """Return a value that an array or a table may hold.

    Parameters
    ----------
    value : object
        As received.

    Returns
    -------
    object
        The same value.

    Raises
    ------
    ValueError
        If `is_plain` says no.
    """
    if not is_plain(value):
        raise ValueError(f"plain data expected, got {type(value).__name__}")
    return value


def exactly(kind: type, value: Any) -> Any:
    """Return a value of exactly this type.

    Parameters
    ----------
    kind : type
        Expected; a class below it is not enough.
    value : object
        As received.

    Returns
    -------
    object
        The same value.

    Raises
    ------
    ValueError
        If it is of another type.
    """
    if type(value) is not kind:
        raise ValueError(f"{kind.__name__} expected, got {type(value).__name__}")
    return value


def _load(name: object, *, anew: bool = True) -> bool:
    """Register the types of the library that a dotted name begins with; return whether that was done just now.

    Unless `anew`, a library that is not loaded stays so: a handle is named after a class that its process may lack.
    """
    library = name.partition(".")[0] if type(name) is str else ""
    if library not in LIBRARIES or library in _loaded or not (anew or library in sys.modules):
        return False
    try:
        for module in LIBRARIES[library]:
            import_module(f"autograder.execute.datatypes.{module}")
    except Exception:  # the library is missing, or a student's module has its name: its objects are not data
        return False
    _loaded.add(library)
    return True
