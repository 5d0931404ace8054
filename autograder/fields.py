"""Reads what a worker sent, field by field: a student's program may have made it up.

What has the wrong type is refused with `MalformedError`; a text or a list that is too long is cut. Outputs,
which only people look at, are always put right instead. `as_data` makes what is sent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

MOST_OUTPUTS = 1000
"""More outputs than these no cell has within its limits."""
NAME_CHARACTERS = 200
MESSAGE_CHARACTERS = 10_100
"""The longest message of an error, with the note that it is cut."""
MOST_LINES = 500
"""Entries of a traceback."""
MOST_NOTES = 20
MOST_FRAMES = 200
MOST_KINDS = 20
"""MIME types of one output."""
DEEPEST = 50
"""Levels of a JSON value in an output."""
LARGEST = 10**9
"""No key, line number or time in seconds is larger."""


class MalformedError(ValueError):
    """What a worker sent has not the form that it must have."""


def of(data: object) -> Callable[[str], Any]:
    """Return a function from the name of a field of an object to its value."""

    def get(name: str) -> Any:
        if type(data) is not dict or name not in data:
            raise MalformedError(f"an object with the field {name!r} expected, got {type(data).__name__}")
        return data[name]

    return get


def one_of(value: object, known: Iterable[str]) -> str:
    """Return a text that is one of the known ones."""
    if type(value) is not str or value not in known:
        raise MalformedError(f"one of {', '.join(known)} expected")
    return value


def message(value: object, most: int = MESSAGE_CHARACTERS) -> str:
    """Return a text, cut to `most` characters."""
    if type(value) is not str:
        raise MalformedError(f"text expected, got {type(value).__name__}")
    return value[:most]


def name(value: object) -> str:
    """Return a name, cut to `NAME_CHARACTERS`."""
    return message(value, NAME_CHARACTERS)


def items(value: object, most: int) -> tuple[Any, ...]:
    """Return a list, cut to `most` entries."""
    if not isinstance(value, list | tuple):
        raise MalformedError(f"a list expected, got {type(value).__name__}")
    return tuple(value[:most])


def texts(value: object, most: int) -> tuple[str, ...]:
    """Return a list of texts, each cut."""
    return tuple(map(message, items(value, most)))


def notes(value: object) -> tuple[str, ...]:
    """Return what was noted on an error."""
    return texts(value, MOST_NOTES)


def outputs(value: object) -> tuple[dict[str, Any], ...]:
    """Return the outputs of a cell, which are objects, each in nbformat's form."""
    found = items(value, MOST_OUTPUTS + 1)
    if len(found) > MOST_OUTPUTS or not all(type(output) is dict for output in found):
        raise MalformedError(f"outputs are objects, at most {MOST_OUTPUTS}")
    return tuple(map(valid_output, found))


def whole(value: object) -> int:
    """Return a whole number, such as a key or a line, between 0 and `LARGEST`."""
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise MalformedError(f"a whole number from 0 to {LARGEST} expected, got {type(value).__name__}")
    return value


def seconds(value: object) -> float:
    """Return a time in seconds between 0 and `LARGEST`."""
    if type(value) not in (int, float) or not 0 <= value <= LARGEST:  # type: ignore[operator]
        raise MalformedError(f"a time in seconds expected, got {type(value).__name__}")
    return float(value)  # type: ignore[arg-type]


def number(value: object) -> float | bool | None:
    """Return a cell's value: a number (not finite, perhaps), a truth value or None."""
    if value is None or type(value) in (bool, float):
        return value  # type: ignore[return-value]
    if type(value) is not int:
        raise MalformedError(f"a cell's value is a number, a truth value or absent, not {type(value).__name__}")
    try:
        return float(value)
    except OverflowError:
        return math.inf


def valid_output(output: object) -> dict[str, Any]:
    """Return an output in nbformat's form, whatever it was; what is no text where text belongs says so."""
    sent: dict[Any, Any] = output if type(output) is dict else {}
    kind = sent.get("output_type")
    if kind == "stream":
        name = "stderr" if sent.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _shown(sent.get("text", ""))}
    if kind == "error":
        lines = sent.get("traceback")
        traceback = [_shown(line)[:MESSAGE_CHARACTERS] for line in lines[:MOST_LINES]] if type(lines) is list else []
        ename = _shown(sent.get("ename", ""))[:NAME_CHARACTERS]
        evalue = _shown(sent.get("evalue", ""))[:MESSAGE_CHARACTERS]
        return {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": traceback}
    data = sent.get("data")
    bundle = list(data.items())[:MOST_KINDS] if type(data) is dict else []
    shown = {mime: _content(mime, value) for mime, value in bundle if type(mime) is str and len(mime) < NAME_CHARACTERS}
    base = {"data": shown, "metadata": _sizes(sent.get("metadata"))}
    if kind == "execute_result":
        return {"output_type": "execute_result", "execution_count": None, **base}
    return {"output_type": "display_data", **base}


def _sizes(metadata: object) -> dict[str, Any]:
    """Return what an output's metadata say of the size of a picture, by its MIME type, and nothing else."""
    found: dict[str, Any] = {}
    for mime, entries in list(metadata.items())[:MOST_KINDS] if type(metadata) is dict else []:
        if type(mime) is str and len(mime) < NAME_CHARACTERS and type(entries) is dict:
            sizes = {name: entries.get(name) for name in ("width", "height")}
            known = {name: size for name, size in sizes.items() if type(size) is int and 0 < size < LARGEST}
            found |= {mime: known} if known else {}
    return found


def _content(mime: str, value: object) -> object:
    """Return what stands under a MIME type: text, or a JSON value that is not nested too deeply."""
    is_json = type(value) is dict if mime == "application/json" else mime.endswith("+json")
    return value if is_json and _is_shallow(value) else _shown(value)


def _shown(value: object) -> str:
    if type(value) is str:
        return value
    try:
        if value is None or type(value) in (bool, int, float):
            return str(value)
    except ValueError:  # an integer of thousands of digits
        pass
    return f"[left out: text expected, got {type(value).__name__}]"


def _is_shallow(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            child
            for one in level
            if type(one) in (dict, list)
            for child in (one.values() if type(one) is dict else one)  # type: ignore[attr-defined]
        ]
        if not level:
            return True
    return False


def as_data(value: Any) -> Any:
    """Return a dataclass, or a tuple of them, as plain data for JSON.

    Unlike `dataclasses.asdict` it copies nothing that is plain data already, such as outputs, and looks for no
    dataclasses in lists and mappings.
    """
    if type(value) is tuple:
        return tuple(map(as_data, value))
    names = getattr(type(value), "__dataclass_fields__", None)
    return value if names is None else {name: as_data(getattr(value, name)) for name in names}
