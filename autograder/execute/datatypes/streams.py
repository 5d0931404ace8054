"""Paths, and streams that lie in memory: a path names a place, and a stream is its text and where one reads in it."""

from __future__ import annotations

import io
import pathlib
from typing import Any

from autograder.execute.datatypes import registry

PATHS = {
    kind.__name__: kind
    for kind in (pathlib.PurePosixPath, pathlib.PureWindowsPath, type(pathlib.Path()), type(pathlib.PurePath()))
}
STREAMS: dict[str, Any] = {"StringIO": io.StringIO, "BytesIO": io.BytesIO}
HELD = {"StringIO": str, "BytesIO": bytes}
FILES: dict[type, str] = {io.TextIOWrapper: "StringIO", io.BufferedReader: "BytesIO"}
"""Opened files, and what stands for them in the other process."""


def opened(value: Any) -> list[Any] | None:
    """Return what is left to read in an opened file, as the tag and the parts of a stream in memory.

    Parameters
    ----------
    value : object
        Anything that the test gives to the student's code.

    Returns
    -------
    list or None
        None if it is no file, or one that cannot be read from any place, such as a terminal.
    """
    name = FILES.get(type(value))
    if name is None or value.closed or not (value.readable() and value.seekable()):
        return None
    return [name, value.read(), 0]


def _take_stream(name: str) -> registry.Taker:
    return lambda stream: None if stream.closed else [name, stream.getvalue(), stream.tell()]


def _make_stream(name: str, held: Any, place: Any) -> Any:
    stream = STREAMS[name](registry.exactly(HELD[name], held))
    stream.seek(registry.exactly(int, place))
    return stream


def _maker(name: str) -> registry.Maker:
    return lambda held, place: _make_stream(name, held, place)


def _restore(original: Any, changed: Any) -> None:
    original.seek(0)
    original.truncate()
    original.write(changed.getvalue())
    original.seek(changed.tell())


for _name, _stream in STREAMS.items():
    registry.TAKERS[_stream] = _take_stream(_name)
    registry.MAKERS[_name] = _maker(_name)
    registry.RESTORERS[_stream] = _restore
    registry.STATES[_stream] = lambda stream: None if stream.closed else stream.getvalue()


def _take_path(name: str) -> registry.Taker:
    return lambda path: ["path", name, str(path)]


def _make_path(name: str, text: str) -> Any:
    if "\0" in registry.exactly(str, text):
        raise ValueError("no path")
    return PATHS[name](text)


registry.TAKERS |= {kind: _take_path(name) for name, kind in PATHS.items()}
registry.MAKERS["path"] = _make_path
registry.PLAIN |= set(PATHS.values())
