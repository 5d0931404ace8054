"""The codec gives every value back as it was, and takes nothing else from any bytes."""

from __future__ import annotations

import math
import os
import resource
import sys

import hypothesis.extra.numpy as arrays
import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.execute import codec
from autograder.execute.codec import CodecError, decode, encode

FRAMES = int(os.environ.get("FUZZ_FRAMES", "30000"))

dtypes = st.one_of(
    arrays.boolean_dtypes(),
    arrays.integer_dtypes(),
    arrays.unsigned_integer_dtypes(),
    arrays.floating_dtypes(),
    arrays.complex_number_dtypes(),
    arrays.unicode_string_dtypes(max_len=5),
    arrays.byte_string_dtypes(max_len=5),
    arrays.datetime64_dtypes(),
)
hashable = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
)
leaves = st.one_of(
    hashable,
    st.builds(slice, st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9)),
    st.builds(range, st.integers(-9, 9), st.integers(-9, 9)),
    arrays.arrays(dtypes, arrays.array_shapes(min_dims=0, min_side=0, max_side=4)),
    dtypes.flatmap(arrays.from_dtype),
    st.sampled_from([int, float, list, np.float32, ...]),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(hashable, inner, max_size=4),
        st.sets(hashable, max_size=4),
        st.frozensets(hashable, max_size=4),
    ),
    max_leaves=12,
)


def same(one, other):
    """Return whether two values are the same data: types, structure, bits."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        return one.dtype == other.dtype and np.shape(one) == np.shape(other) and one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, set | frozenset):
        return len(one) == len(other) and {repr(item) for item in one} == {repr(item) for item in other}
    return repr(one) == repr(other)


@given(values)
def test_every_value_comes_back_as_it_was(value):
    assert same(decode(encode(value)), value)


def test_integers_of_any_size_up_to_the_cap():
    for value in (2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**1000, -(3**2000)):
        assert decode(encode(value)) == value
    with pytest.raises(CodecError, match="digits"):
        encode(2**100_000)


def test_arrays_come_back_writable_and_detached():
    original = np.arange(6.0).reshape(2, 3)[:, ::-1]
    copy = decode(encode(original))
    copy[0, 0] = 99
    assert original[0, 0] == 2.0


class Sneaky(np.ndarray):
    pass


class AlwaysEqual:
    def __eq__(self, other):
        return True

    __hash__ = None


class Number(float):
    pass


@pytest.mark.parametrize(
    "value",
    [
        object(),
        AlwaysEqual(),
        Number(2.0),
        np.zeros(2).view(Sneaky),
        np.array([object()]),
        np.zeros(2, dtype=[("a", float)]),
        np.ma.masked_array([1.0]),
        type("D", (dict,), {})(),
        type("B", (tuple,), {})(),
        len,
        AlwaysEqual,
        math,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_only_looks_like_data_is_none(value):
    for place in (value, [value], {"a": (value,)}):
        with pytest.raises(CodecError, match="is not data"):
            encode(place)


def test_objects_go_where_the_caller_says():
    class Thing:
        pass

    thing = Thing()
    frame = encode([1, thing], lambda value: ["h", 7, "Thing"])
    assert decode(frame, {"h": lambda number, name: (number, name)}) == [1, (7, "Thing")]
    with pytest.raises(CodecError):
        decode(frame)


def test_deep_circular_and_large_values_are_refused():
    deep = []
    for _ in range(100):
        deep = [deep]
    circle = []
    circle.append(circle)
    for value in (deep, circle):
        with pytest.raises(CodecError, match="nested"):
            encode(value)
    with pytest.raises(CodecError, match="bytes"):
        encode("x" * (codec.STRUCTURE_BYTES + 1))
    with pytest.raises(CodecError, match="arrays"):
        encode([np.zeros(1)] * (codec.MOST_BUFFERS + 1))


def framed(tree, *buffers, lengths=None):
    structure = msgpack.packb(tree)
    sizes = [len(buffer) for buffer in buffers] if lengths is None else lengths
    parts = [codec.HEADER.pack(len(structure), len(sizes)), *(codec.LENGTH.pack(size) for size in sizes)]
    return b"".join([*parts, structure, *buffers])


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\0" * 7,
        encode([1, 2])[:-1],
        encode([1, 2]) + b"\0",
        framed(["a", "<f8", [2], 0], b"\0" * 8),
        framed(["a", "<f8", [-1, -1], 0], b"\0" * 8),
        framed(["a", "|O", [1], 0], b"\0" * 8),
        framed(["a", "|V8", [1], 0], b"\0" * 8),
        framed(["a", "<f8", [1], -1], b"\0" * 8),
        framed(["a", "<f8", [1], 1], b"\0" * 8),
        framed(["a", "|b1", [1], 0], b"\x02"),
        framed(["a", "<f8", [0] + [2**31] * 5, 0], b""),
        framed(["a", "<f8", [1.0], 0], b"\0" * 8),
        framed(["a", "<f8", [True], 0], b"\0" * 8),
        framed(["d", [[["l", []], 1]]]),
        framed(["d", [[1]]]),
        framed(["s", [["l", []]]]),
        framed(["unknown", 1]),
        framed([["l", []]]),
        framed([]),
        framed(["i", "zz"]),
        framed(["i", 5]),
        framed(["c", 1, 2]),
        framed(["y", "object"]),
        framed(["p", "O"]),
        framed(["r", 1, 2, 0]),
        framed({"a": 1}),
        framed(msgpack.ExtType(1, b"x")),
        framed(msgpack.Timestamp(1)),
        framed(1, lengths=[2**60]),
        codec.HEADER.pack(2**31, 0),
        codec.HEADER.pack(1, 2**31),
        codec.HEADER.pack(3, 0) + b"\xdd\xff\xff",
        codec.HEADER.pack(5, 0) + b"\xdd\xff\xff\xff\xff",
    ],
)
def test_whatever_is_no_frame_is_refused(frame):
    with pytest.raises(CodecError):
        decode(frame)


def test_no_bytes_do_harm():
    """Mutated frames are refused or give data; the memory they take is bounded."""
    rng = np.random.default_rng(0)
    nested = {"b": {1, 2}, "c": slice(1), "w": "text", "t": (None, True, range(3)), "big": 2**90}
    seeds = [
        encode([1, 2.5, "é", nested, np.arange(4.0), np.float32(1)]),
        encode([["value", 17, np.zeros((2, 2), dtype="<U3")], []]),
        framed(["a", "<f8", [2], 0], b"\0" * 16),
        encode({"x": [[[[[]]]]]}),
    ]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused = 0
    for _ in range(FRAMES):
        frame = bytearray(seeds[rng.integers(len(seeds))])
        for _ in range(rng.integers(1, 6)):
            kind, place = rng.integers(4), int(rng.integers(len(frame))) if frame else 0
            if kind == 0 and frame:
                frame[place] = rng.integers(256)
            elif kind == 1:
                frame[place:place] = rng.bytes(rng.integers(1, 9))
            elif kind == 2:
                del frame[place : place + int(rng.integers(1, 9))]
            else:
                other = seeds[rng.integers(len(seeds))]
                frame[place:] = other[int(rng.integers(len(other))) :]
        try:
            decode(frame)
        except CodecError:
            refused += 1
    scale = 1 if sys.platform == "darwin" else 1024
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * scale
    assert refused > FRAMES / 2
    assert grown < 2 * codec.STRUCTURE_BYTES + codec.BUFFER_BYTES
