"""The codec gives every value back as it was, and takes nothing else from any bytes."""

from __future__ import annotations

import functools
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
    largest = 16**codec.INTEGER_DIGITS - 1
    for value in (largest, -largest):
        assert decode(encode(value)) == value
    for value in (largest + 1, -largest - 1, 2**100_000):
        with pytest.raises(CodecError, match=r"more than 5000 hexadecimal digits"):
            encode(value)


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_longer_integer_is_refused_and_not_cut(sign):
    longest = f"{sign}0x" + "f" * codec.INTEGER_DIGITS
    assert decode(framed(["i", longest])) == int(longest, 16)
    with pytest.raises(CodecError, match="at most 5000 hexadecimal digits"):
        decode(framed(["i", longest + "f"]))


@pytest.mark.parametrize("digits", ["", "0x", "-", "5", "0X5", " 0x5", "0x5\n", "0x5_5", "+0x5", "--0x5", "0xg"])
def test_an_integer_is_written_in_one_way(digits):
    with pytest.raises(CodecError, match="malformed"):
        decode(framed(["i", digits]))


def test_msgpack_has_the_integers_of_64_bits_itself():
    for value in (2**63 - 1, -(2**63), 0):
        assert encode(value) == framed(value)
    for value in (2**63, -(2**63) - 1):
        assert encode(value) == framed(["i", hex(value)])


@pytest.mark.parametrize(
    ("text", "arrives"), [("\ud800", "???"), ("a\udfffb", "a???b"), ("é\U0001f600", "é\U0001f600")]
)
def test_half_a_character_arrives_as_something_that_can_be_written(text, arrives):
    """A lone surrogate cannot be encoded: each of its three bytes is replaced."""
    assert decode(encode({text: [text]})) == {arrives.replace("?", "\ufffd"): [arrives.replace("?", "\ufffd")]}


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
        np.zeros(2, dtype=[("a", object)]),
        np.ma.masked_array([object()]),
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


def nested(depth, innermost):
    for _ in range(depth):
        innermost = [innermost]
    return innermost


def test_values_are_nested_to_a_depth():
    deepest = nested(codec.DEEPEST, 1)
    assert decode(encode(deepest)) == deepest
    circle = []
    circle.append(circle)
    for value in (nested(codec.DEEPEST + 1, 1), circle):
        with pytest.raises(CodecError, match=f"more than {codec.DEEPEST} deep"):
            encode(value)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: ["l", [inner]],
        lambda inner: ["t", [["d", [[["t", [1]], inner]]]]],
        lambda inner: ["d", [[1, inner]]],
        lambda inner: ["z", inner, None, None],
        lambda inner: ["known", inner],
    ],
)
def test_a_frame_nested_more_deeply_is_refused(wrap):
    known = {"known": lambda part: part}

    def tree(depth, innermost):
        for _ in range(depth):
            innermost = wrap(innermost)
        return framed(innermost)

    assert decode(tree(4, 1), known) is not None
    with pytest.raises(CodecError, match="nested too deeply"):
        decode(tree(codec.DEEPEST + 1, 1), known)


def test_a_frame_may_be_as_deep_as_a_value():
    assert decode(framed(functools.reduce(lambda inner, _: ["l", [inner]], range(codec.DEEPEST), 1))) == nested(
        codec.DEEPEST, 1
    )


def test_every_part_of_a_value_counts_as_a_level():
    key = functools.reduce(lambda inner, _: (inner,), range(codec.DEEPEST), 1)
    assert decode(encode(key)) == key
    for value in (
        {key: 1},
        {1: nested(codec.DEEPEST, 1)},
        slice(nested(codec.DEEPEST, 1)),
        ({"a": 1}, nested(codec.DEEPEST, 1)),
    ):
        with pytest.raises(CodecError, match="deep"):
            encode(value)
    with pytest.raises(CodecError, match="deep"):
        encode(object(), lambda _: ["known", nested(codec.DEEPEST, 1)])


def test_a_key_counts_as_a_level():
    key = functools.reduce(lambda inner, _: ["t", [inner]], range(codec.DEEPEST), 1)
    assert decode(framed(key)) is not None
    with pytest.raises(CodecError, match="deep"):
        decode(framed(["d", [[key, 1]]]))


def test_what_a_frame_may_take():
    assert (codec.STRUCTURE_BYTES, codec.BUFFER_BYTES, codec.MOST_BUFFERS) == (2 * 2**20, 256 * 2**20, 10_000)
    many = [np.zeros(1, "u1")] * codec.MOST_BUFFERS
    assert len(decode(encode(many))) == codec.MOST_BUFFERS
    with pytest.raises(CodecError, match="at most 10000 arrays"):
        encode([*many, np.zeros(1, "u1")])
    text = "x" * (codec.STRUCTURE_BYTES - 5)  # msgpack takes five bytes for a long text
    assert decode(encode(text)) == text
    for too_long in ("x" * (codec.STRUCTURE_BYTES - 4), [text, text], b"x" * codec.STRUCTURE_BYTES):
        with pytest.raises(
            CodecError, match=r"^a value without its arrays may take 2097152 bytes; this one takes more$"
        ):
            encode(too_long)


@pytest.mark.parametrize("value", ["x" * (2 * 2**20 + 1), b"x" * (2 * 2**20 + 1)])
def test_a_long_text_is_refused_before_it_is_copied(value):
    with pytest.raises(CodecError, match=r"^a text may take 2097152 bytes; this one has 2097153$"):
        encode([value])


def test_arrays_are_refused_before_they_are_copied():
    untouched = np.zeros(256 * 2**20 + 1, "u1")  # of which the system has made no page yet
    with pytest.raises(CodecError, match=r"^arrays of 268435456 bytes can be passed at once; this one has 268435457$"):
        encode(untouched)


def test_arrays_together_are_bounded(monkeypatch):
    monkeypatch.setattr(codec, "BUFFER_BYTES", 16)
    assert len(decode(encode([np.zeros(1), np.zeros(1)]))) == 2
    with pytest.raises(CodecError, match="of 16 bytes together"):
        encode([np.zeros(1), np.zeros(1), np.zeros(1, "u1")])


def test_a_header_announces_no_more_than_a_frame_may_have():
    assert codec.body_length(codec.HEADER.pack(2 * 2**20, 10_000)) == (2 * 2**20, 10_000)
    for announced in ((2 * 2**20 + 1, 0), (0, 10_001)):
        with pytest.raises(CodecError, match=r"^a frame larger than frames may be$"):
            codec.body_length(codec.HEADER.pack(*announced))
    lengths = [codec.LENGTH.pack(length) for length in (0, 256 * 2**20 - 1, 1)]
    assert codec.buffers_length(b"".join(lengths)) == 256 * 2**20
    with pytest.raises(CodecError, match=r"^arrays larger than a frame may hold$"):
        codec.buffers_length(b"".join([*lengths, codec.LENGTH.pack(1)]))
    assert codec.buffers_length(b"") == 0


@pytest.mark.parametrize(
    "value",
    [
        np.zeros(2, [("text", "U0")])["text"],
        np.zeros(2, [("text", "S0")])["text"],
        np.zeros(2, "m8[7D]").view("m8[700000000D]"),
    ],
)
def test_arrays_that_could_not_be_read_are_not_sent(value):
    with pytest.raises(CodecError, match=r"^arrays of dtype \S+ cannot be passed$"):
        encode(value)


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
        framed(["a", "<f8", (1, 1), 0.0], b"\0" * 8),
        framed(["a", "<f8", 1, 0], b"\0" * 8),
        framed(["a", 8, [1], 0], b"\0" * 8),
        framed(["a", "<f8", [1], 0, 0], b"\0" * 8),
        framed(["a", "<f8x", [1], 0], b"\0" * 8),
        framed(["a", "<U0", [3], 0], b""),
        framed(["a", "|S0", [2**40], 0], b""),
        framed(["n", "<U0", [], 0], b""),
        framed(["n", "|b1", [], 0], b"\xff"),
        framed(["a", "<f8", [True], 0], b"\0" * 8),
        framed(["d", [[["l", []], 1]]]),
        framed(["d", [[1]]]),
        framed(["s", [["l", []]]]),
        framed(["unknown", 1]),
        framed([["l", []]]),
        framed([]),
        framed(["i", 5]),
        framed(["c", 1, 2.0]),
        framed(["c", 1.0, 2]),
        framed(["c", 1.0]),
        framed(["z", 1, 2, 3, 4]),
        framed(["z"]),
        framed(["r", 1.0, 2, 3]),
        framed(["r", 1, 2, None]),
        framed(["l", [], []]),
        framed(["l"]),
        framed(["l", {}]),
        framed(["t", "ab"]),
        framed(["d", "ab"]),
        framed(["d", [[1, 2, 3]]]),
        framed(["d", []], lengths=[]) + b"\0",
        framed([5]),
        framed([None]),
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


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (b"", "error"),
        (framed(["l", [["x"]]]), "KeyError"),
        (codec.HEADER.pack(5, 0) + b"\xdd\xff\xff\xff\xff", "ValueError"),
        (codec.HEADER.pack(1, 0) + b"\xc1", "FormatError"),
        (encode([1, 2]) + b"\0", "the lengths do not add up"),
        (framed(["a", "<f8", [2], 0], b"\0" * 8), "shape and bytes do not agree"),
        (framed(["a", "<f8", [-1, -1], 0], b"\0" * 8), "shape and bytes do not agree"),
        (framed(["a", "<f8", [1], -1], b"\0" * 8), "shape and bytes do not agree"),
        (framed(["a", "|O", [1], 0], b"\0" * 8), "not a plain dtype"),
        (framed(["p", "|O"]), "not a plain dtype"),
        (framed(["a", "<U0", [3], 0], b""), "elements that take no bytes"),
        (framed(["a", "|b1", [2], 0], b"\1\2"), "a truth value other than 0 and 1"),
        (framed(["i", 5]), "str expected"),
        (framed(["c", 1, 2.0]), "float expected"),
        (framed(["l", "ab"]), "list expected"),
        (framed(["r", 1.0, 2, 3]), "int expected"),
    ],
)
def test_it_is_said_what_is_wrong_with_a_frame(frame, words):
    with pytest.raises(CodecError, match=f"^malformed: {words}$"):
        decode(frame)


@pytest.mark.parametrize(
    "value",
    [
        np.dtype("float32"),
        [np.dtype(">i4"), np.dtype("<U3")],
        np.zeros(0, bool),
        np.zeros((2, 0), "U1"),
        np.array([True, False]),
        {np.str_("é"), np.bytes_(b"x")},
        np.datetime64("2026-03-01"),
        slice([1], (2,), "x"),
        range(9, -9, -2),
        (..., {...}, frozenset([...])),
        [bool, int, float, complex, str, bytes, list, tuple, dict, set, np.bool_, np.float16, np.str_],
    ],
)
def test_less_usual_values_come_back_as_they_were(value):
    assert same(decode(encode(value)), value)


@pytest.mark.parametrize("value", [np.dtype("O"), np.dtype([("a", "f8")]), np.dtype("V8"), np.object_, np.void])
def test_types_of_other_arrays_are_no_data(value):
    with pytest.raises(CodecError, match=f"^an object of type {type(value).__name__} is not data$"):
        encode(value)


class Foreign:
    def __init__(self, part):
        self.part = part


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: {1: inner},
        lambda inner: slice(None, inner),
        lambda inner: (inner,),
        Foreign,
    ],
    ids=["dict", "slice", "tuple", "foreign"],
)
def test_each_level_counts_once(wrap):
    """On both sides: what may be sent arrives, and what is one level deeper is not sent."""
    deepest = functools.reduce(lambda inner, _: wrap(inner), range(codec.DEEPEST), 1)
    frame = encode(deepest, lambda foreign: ["foreign", foreign.part])
    assert decode(frame, {"foreign": Foreign}) is not None
    with pytest.raises(CodecError, match="nested more than 50 deep, or in a circle"):
        encode(wrap(deepest), lambda foreign: ["foreign", foreign.part])


def test_a_key_and_the_ends_of_a_range_count_once():
    key = functools.reduce(lambda inner, _: (inner,), range(codec.DEEPEST - 1), 1)
    assert decode(encode({key: 1})) == {key: 1}
    ranges = functools.reduce(lambda inner, _: [inner], range(codec.DEEPEST - 1), range(3))
    assert decode(encode(ranges)) == ranges
    with pytest.raises(CodecError, match="deep"):
        encode([ranges])


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
