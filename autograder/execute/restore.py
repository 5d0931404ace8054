"""Carry changes made to a copy of an argument over to the argument itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.execute import codec
from autograder.execute.datatypes import registry

MUTABLE = (np.ndarray, list, dict, set, tuple)


def restore(original: Any, changed: Any) -> None:
    """Make a mutable value equal to a changed copy of it, in place, arrays inside containers included.

    Parameters
    ----------
    original : list, dict, set, ndarray or another mutable type of `datatypes`
        What a test passed to the student's code; a tuple may hold these.
    changed : object
        The same, as the student's code left it.

    Raises
    ------
    ValueError
        If the change cannot be made in place: another type, shape or dtype.
    """
    kind = type(original)
    if type(changed) is not kind:
        raise ValueError(f"a {kind.__name__} became a {type(changed).__name__}")
    if kind is np.ndarray:
        _restore_array(original, changed)
    elif kind is tuple:
        if len(original) != len(changed):
            raise ValueError("a tuple became longer or shorter")
        for old, new in zip(original, changed, strict=True):
            if _stays(old, new):
                restore(old, new)
    elif kind is list:
        original[:] = _parts(original, changed)
    elif kind is dict:
        for key in [key for key in original if key not in changed]:
            del original[key]
        for key, new in changed.items():
            original[key] = _part(original.get(key), new)
    elif kind is set:
        original.clear()
        original.update(changed)
    elif kind in registry.RESTORERS:
        registry.RESTORERS[kind](original, changed)


def _restore_array(original: np.ndarray[Any, Any], changed: np.ndarray[Any, Any]) -> None:
    if original.shape != changed.shape or original.dtype != changed.dtype:
        raise ValueError(
            f"an array of shape {original.shape} and dtype {original.dtype} became one of "
            f"{changed.shape} and {changed.dtype}"
        )
    writeable = original.flags.writeable
    original.flags.writeable = True
    original[...] = changed
    original.flags.writeable = writeable


def _parts(original: list[Any], changed: list[Any]) -> list[Any]:
    """Return the items of the changed list, each the old one itself where it only moved.

    Of the rest, what was appended is new; a list that lost items does not tell which ones stayed.
    """
    moved: dict[bytes, list[Any]] = {}
    for old in original:
        if _is_mutable(old):
            moved.setdefault(_bytes(old), []).append(old)
    stayed = [moved[key].pop(0) if moved.get(key := _bytes(new)) else None for new in changed]
    kept = len(original) if len(original) <= len(changed) else 0
    left = {id(old) for found in moved.values() for old in found}
    parts = []
    for index, (new, old) in enumerate(zip(changed, stayed, strict=True)):
        if old is not None:
            parts.append(old)
        else:
            there = original[index] if index < kept and id(original[index]) in left else None
            parts.append(new if there is None else _part(there, new))
    return parts


def _bytes(value: Any) -> bytes:
    """Return what tells a container from another by what it holds; empty if it is none."""
    return codec.encode(value, lambda held: ["o", id(held)]) if _is_mutable(value) else b""


def _part(old: Any, new: Any) -> Any:
    """Return the old part of a container with the new one's content if it can take it, else the new one."""
    if not _stays(old, new):
        return new
    restore(old, new)
    return old


def _stays(old: Any, new: Any) -> bool:
    if type(old) is not type(new):
        return False
    if isinstance(old, np.ndarray):
        return bool(old.shape == new.shape and old.dtype == new.dtype)
    return _is_mutable(old)


def _is_mutable(value: Any) -> bool:
    """Return whether a value can be changed in place, or holds what can."""
    return type(value) in MUTABLE or type(value) in registry.RESTORERS
