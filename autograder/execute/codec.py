"""Plain values as bytes and back, without ever executing anything.

A frame is a header, a structure in msgpack, and the arrays' bytes beside it. In the structure a value is itself if
msgpack has it (None, bool, int of 64 bits, float, str, bytes), else a list of a tag and its parts; less usual types
are in `datatypes`. Types are asked with ``type(value) is``, so that an object that only looks like data is none. What
is not data is handed to the caller, who may give a tagged list for it.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

import msgpack
import numpy as np

from autograder.execute.datatypes import registry

STRUCTURE_BYTES = 2 * 2**20
BUFFER_BYTES = 256 * 2**20
"""Bytes that the arrays of one frame may have together."""
MOST_BUFFERS = 10_000
DEEPEST = 50
INTEGER_DIGITS = 5_000  # hexadecimal ones
HEXADECIMAL = re.compile(rf"-?0x[0-9a-f]{{1,{INTEGER_DIGITS}}}")
DTYPE = re.compile(r"[<>|=][biufcSUmM]\d{1,6}(\[\d{0,6}[A-Za-z]{1,2}\])?")

HEADER = struct.Struct("!II")
LENGTH = struct.Struct("!Q")

Foreign = Callable[[object], list[Any]]
Known = Mapping[str, Callable[..., object]]


class CodecError(ValueError):
    """A value that cannot be sent, or bytes that are no frame."""


def no_foreign(value: object) -> list[Any]:
    """Refuse whatever is not data."""
    raise CodecError(f"an object of type {type(value).__name__} is not data")


def encode(value: object, foreign: Foreign = no_foreign) -> bytes:
    """Return a frame that holds a value.

    Parameters
    ----------
    value : object
        Data, or containers of data.
    foreign : callable
        Called with each object that is not data; returns the list that stands for it, a tag and parts, or raises.

    Raises
    ------
    CodecError
        If the value is nested too deeply (or in a circle) or is too large.
    """
    buffers: list[bytes] = []
    structure = msgpack.packb(_Encoder(foreign, buffers).tree(value, 0))
    if len(structure) > STRUCTURE_BYTES:
        raise CodecError(f"a value without its arrays may take {STRUCTURE_BYTES} bytes; this one takes more")
    if len(buffers) > MOST_BUFFERS or sum(map(len, buffers)) > BUFFER_BYTES:
        raise CodecError(f"at most {MOST_BUFFERS} arrays of {BUFFER_BYTES} bytes together can be passed at once")
    lengths = b"".join(LENGTH.pack(len(buffer)) for buffer in buffers)
    return b"".join([HEADER.pack(len(structure), len(buffers)), lengths, structure, *buffers])


def decode(frame: bytes | bytearray, known: Known | None = None) -> Any:
    """Return the value that a whole frame holds; arrays in it are copies that may be written to.

    Parameters
    ----------
    frame : bytes
        Exactly one frame.
    known : mapping of str to callable
        The tags besides the codec's own that are allowed, and what makes an object of their parts.

    Raises
    ------
    CodecError
        If the bytes are anything else.
    """
    try:
        return _decode(memoryview(frame), known or {})
    except CodecError:
        raise
    except Exception as error:  # a library refuses parts that make no value of its in many ways
        raise CodecError(f"malformed: {type(error).__name__}") from error


def body_length(header: bytes) -> tuple[int, int]:
    """Return the lengths of the structure and the number of buffers that a header announces.

    Raises
    ------
    CodecError
        If it announces more than a frame may have.
    """
    structure, count = map(int, HEADER.unpack(header))
    if structure > STRUCTURE_BYTES or count > MOST_BUFFERS:
        raise CodecError("a frame larger than frames may be")
    return structure, count


def buffers_length(lengths: bytes) -> int:
    """Return the number of bytes of all buffers, from their packed lengths; raise `CodecError` if too many."""
    total = sum(int(length) for (length,) in LENGTH.iter_unpack(lengths))
    if total > BUFFER_BYTES:
        raise CodecError("arrays larger than a frame may hold")
    return total


class _Encoder:
    def __init__(self, foreign: Foreign, buffers: list[bytes]) -> None:
        self._foreign = foreign
        self._buffers = buffers

    def tree(self, value: Any, depth: int) -> Any:
        if depth > DEEPEST:
            raise CodecError(f"a value nested more than {DEEPEST} deep, or in a circle, cannot be passed")
        kind = type(value)
        if kind in (str, bytes) and len(value) > STRUCTURE_BYTES:  # before it is copied
            raise CodecError(f"a text may take {STRUCTURE_BYTES} bytes; this one has {len(value)}")
        if value is None or kind is bool or kind is float or kind is str or kind is bytes:
            return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if kind is str else value
        if kind is int:
            return value if -(2**63) <= value < 2**63 else ["i", _hexadecimal(value)]
        if kind in _SEQUENCES:
            return [_SEQUENCES[kind], [self.tree(item, depth + 1) for item in value]]
        if kind is dict:
            return ["d", [[self.tree(k, depth + 1), self.tree(v, depth + 1)] for k, v in value.items()]]
        if kind is complex:
            return ["c", value.real, value.imag]
        if kind is slice or kind is range:
            ends = [self.tree(part, depth + 1) for part in (value.start, value.stop, value.step)]
            return ["z" if kind is slice else "r", *ends]
        if kind is np.ndarray and value.dtype.kind in "biufcSUmM":
            return self._array("a", value)
        if kind in registry.SCALARS:
            return self._array("n", np.asarray(value))
        if kind is type and value in _NAMES:
            return ["y", _NAMES[value]]
        if isinstance(value, np.dtype) and DTYPE.fullmatch(value.str):
            return ["p", value.str]
        if value is ...:
            return ["e"]
        tag, *parts = registry.parts(value) or self._foreign(value)
        return [tag, *(self.tree(part, depth + 1) for part in parts)]

    def _array(self, tag: str, array: np.ndarray[Any, Any]) -> list[Any]:
        if array.dtype.itemsize == 0 or not DTYPE.fullmatch(array.dtype.str):
            raise CodecError(f"arrays of dtype {array.dtype.str} cannot be passed")
        if array.nbytes > BUFFER_BYTES:  # before it is copied
            raise CodecError(f"arrays of {BUFFER_BYTES} bytes can be passed at once; this one has {array.nbytes}")
        self._buffers.append(array.tobytes())
        return [tag, array.dtype.str, list(array.shape), len(self._buffers) - 1]


def _decode(frame: memoryview, known: Known) -> Any:
    structure_length, count = body_length(bytes(frame[: HEADER.size]))
    start = HEADER.size + count * LENGTH.size
    lengths = [length for (length,) in LENGTH.iter_unpack(frame[HEADER.size : start])]
    end = start + structure_length
    if len(lengths) != count or len(frame) != end + sum(lengths):
        raise CodecError("malformed: the lengths do not add up")
    buffers = []
    position = end
    for length in lengths:
        buffers.append(frame[position : position + length])
        position += length
    tree = msgpack.unpackb(frame[start:end], strict_map_key=True, use_list=True, max_ext_len=0, max_map_len=0)
    return _Decoder(buffers, known).value(tree, 0)


class _Decoder:
    def __init__(self, buffers: list[memoryview], known: Known) -> None:
        self._buffers = buffers
        self._known = known

    def value(self, tree: Any, depth: int) -> Any:
        if depth > DEEPEST:
            raise CodecError("malformed: nested too deeply")
        if type(tree) is not list:
            return tree
        tag, *parts = tree
        if tag in _CONTAINERS:
            (items,) = parts
            return _CONTAINERS[tag](self.value(item, depth + 1) for item in _checked(list, items))
        if tag == "d":
            (pairs,) = parts
            return {self.value(key, depth + 1): self.value(value, depth + 1) for key, value in _checked(list, pairs)}
        if tag == "i":
            (digits,) = parts
            if not HEXADECIMAL.fullmatch(_checked(str, digits)):
                raise CodecError(f"malformed: an integer of at most {INTEGER_DIGITS} hexadecimal digits expected")
            return int(digits, 16)
        if tag == "c":
            real, imaginary = parts
            return complex(_checked(float, real), _checked(float, imaginary))
        if tag == "z":
            return slice(*(self.value(part, depth + 1) for part in parts))
        if tag == "r":
            return range(*(_checked(int, self.value(part, depth + 1)) for part in parts))
        if tag == "a":
            return self._array(*parts)
        if tag == "n":
            return self._array(*parts)[()]
        if tag == "y":
            return _TYPES[parts[0]]
        if tag == "p":
            return _dtype(*parts)
        if tag == "e":
            return ...
        make = self._known.get(_checked(str, tag)) or registry.maker(tag)
        return make(*(self.value(part, depth + 1) for part in parts))

    def _array(self, name: str, shape: list[int], number: int) -> np.ndarray[Any, Any]:
        dtype = _dtype(name)
        if dtype.itemsize == 0:
            raise CodecError("malformed: elements that take no bytes")
        extent = tuple(_checked(int, length) for length in _checked(list, shape))
        buffer = self._buffers[_checked(int, number)]
        if number < 0 or any(length < 0 for length in extent) or len(buffer) != math.prod(extent) * dtype.itemsize:
            raise CodecError("malformed: shape and bytes do not agree")
        array: np.ndarray[Any, Any] = np.ndarray(extent, dtype, bytearray(buffer))
        if dtype.kind == "b" and array.view(np.uint8).max(initial=0) > 1:
            raise CodecError("malformed: a truth value other than 0 and 1")
        return array


def _checked(kind: type, value: Any) -> Any:
    """Return the value if it is exactly of this type; raise `CodecError` otherwise."""
    if type(value) is not kind:
        raise CodecError(f"malformed: {kind.__name__} expected")
    return value


def _dtype(name: str) -> np.dtype[Any]:
    if not DTYPE.fullmatch(name):
        raise CodecError("malformed: not a plain dtype")
    return np.dtype(name)


def _hexadecimal(value: int) -> str:
    if value.bit_length() > 4 * INTEGER_DIGITS:
        raise CodecError(f"an integer of more than {INTEGER_DIGITS} hexadecimal digits cannot be passed")
    return hex(value)


_SEQUENCES: dict[type, str] = {list: "l", tuple: "t", set: "s", frozenset: "q"}
_CONTAINERS: dict[str, Callable[[Any], Any]] = {"l": list, "t": tuple, "s": set, "q": frozenset}
_TYPES: dict[str, type] = {
    kind.__name__: kind for kind in (bool, int, float, complex, str, bytes, list, tuple, dict, set)
}
_TYPES |= {f"numpy.{scalar.__name__}": scalar for scalar in registry.SCALARS}
_NAMES = {kind: name for name, kind in _TYPES.items()}
