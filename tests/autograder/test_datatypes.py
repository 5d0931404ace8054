"""The less usual types come back as they were, by the judgement of their own libraries, and no bytes do harm."""

from __future__ import annotations

import copy
import os
import resource
import subprocess
import sys
from collections import Counter, defaultdict, deque, namedtuple
from decimal import Decimal
from enum import Enum

import datatype_examples as examples
import msgpack
import numpy as np
import pytest

from autograder.execute import codec
from autograder.execute.codec import CodecError, decode, encode
from autograder.execute.datatypes import registry

FRAMES = int(os.environ.get("FUZZ_FRAMES", "20000"))
needs_pandas = pytest.mark.skipif(not examples.PANDAS, reason="pandas is not installed")
if examples.PANDAS:
    import pandas as pd
    from pandas import testing


def back(value):
    return decode(encode(value))


def by_name(values):
    return pytest.mark.parametrize("value", values.values(), ids=list(values))


@by_name(examples.STANDARD)
def test_values_of_the_standard_library(value):
    made = back(value)
    assert type(made) is type(value)
    assert made == value
    assert repr(made) == repr(value)


@by_name(examples.STREAMS)
def test_streams(value):
    made = back(value)
    assert type(made) is type(value)
    assert (made.getvalue(), made.tell()) == (value.getvalue(), value.tell())
    original = type(value)(value.getvalue() * 2)
    registry.RESTORERS[type(value)](original, made)
    assert (original.getvalue(), original.tell()) == (value.getvalue(), value.tell())
    made.close()
    with pytest.raises(CodecError, match="is not data"):
        encode(made)


def test_reading_does_not_change_a_stream():
    for stream in examples.STREAMS.values():
        before, read = registry.state(stream), back(stream)
        read.read()
        assert registry.state(read) == before
    assert registry.state([1]) == [1]


def test_what_equality_does_not_ask():
    assert back(deque([1], maxlen=3)).maxlen == 3
    assert back(defaultdict(int, a=1))["new"] == 0
    assert list(back({"a": 1, "b": 2}.values())) == [1, 2]
    zoned = back(examples.STANDARD["datetime"])
    assert (zoned.fold, zoned.utcoffset()) == (1, examples.STANDARD["datetime"].utcoffset())
    with pytest.raises(KeyError):
        back(defaultdict(None, a=1))["new"]
    assert str(back(Decimal("NaN"))) == "NaN"


def test_named_tuples_are_tuples_with_names(monkeypatch):
    monkeypatch.setattr("autograder.execute.datatypes.collected._classes", {})
    frame = encode(namedtuple("Pair", "left right")(1, 2))
    for known in (True, False):
        if not known:
            monkeypatch.setattr("autograder.execute.datatypes.collected._classes", {})
        pair = decode(frame)
        assert pair == (1, 2) == (pair.left, pair.right)
        assert (type(pair).__name__, pair._fields, pair._asdict()) == (
            "Pair",
            ("left", "right"),
            {"left": 1, "right": 2},
        )
        assert type(pair) is type(decode(frame))


def test_members_of_an_enum_made_anew_are_the_same_objects(monkeypatch):
    frame = encode(list(examples.Color))
    monkeypatch.setattr("autograder.execute.datatypes.enums._known", {})
    monkeypatch.setattr(examples, "Color", None)
    red, blue = decode(frame)
    assert decode(frame)[0] is red
    assert isinstance(red, Enum)
    assert [(one.name, one.value) for one in type(red)] == [("RED", 1), ("BLUE", "b")]
    assert (type(red).__name__, red.CRIMSON is red, type(red)("b") is blue) == ("Color", True, True)


class Named(namedtuple("Named", "x")):
    pass


class Speaking(Enum):
    ONE = 1

    def speak(self):
        return "one"


class Shown(Enum):
    ONE = 1

    def __str__(self):
        return "one"


class Tally(Counter):
    pass


circle = deque()
circle.append(circle)


@by_name(
    {
        "a subclass of a named tuple": Named(1),
        "an enum with a method": Speaking.ONE,
        "an enum with a text of its own": Shown.ONE,
        "a subclass of Counter": Tally("aa"),
        "a defaultdict with a function": defaultdict(lambda: 5),
        "an array of objects": np.array([object()]),
        "a structured array of objects": np.zeros(1, [("a", object)]),
        "fields with a gap": np.zeros(1, np.dtype({"names": ["a"], "formats": ["i1"], "offsets": [3]})),
        "keys that are objects": {object(): 1}.keys(),
        "a masked array of objects": np.ma.MaskedArray([object()]),
        "a circle": circle,
        "a decimal too long": Decimal("1" * 5001),
    }
)
def test_what_only_looks_like_data_is_none(value):
    with pytest.raises(CodecError, match=r"is not data|in a circle"):
        encode(value)


def test_objects_may_stand_in_containers():
    thing = object()
    for made in (deque([thing]), Counter({thing: 2}), defaultdict(list, {1: [thing]}), examples.Point(thing, 1)):
        frame = encode(made, lambda value: ["h", 7])
        received = decode(frame, {"h": lambda number: ("object", number)})
        replaced = registry.REPLACERS[type(received)](received, lambda item: "x" if item == ("object", 7) else item)
        assert type(replaced) is type(made)
        assert "object" not in repr(replaced) or type(made) is defaultdict


@by_name(examples.NUMPY)
def test_arrays(value):
    made = back(value)
    assert type(made) is type(value)
    assert (made.dtype, made.shape, repr(made)) == (value.dtype, value.shape, repr(value))
    assert made.dtype.isalignedstruct == value.dtype.isalignedstruct
    np.testing.assert_array_equal(made, value)
    if type(value) is np.ma.MaskedArray:
        np.testing.assert_array_equal(np.ma.getmaskarray(made), np.ma.getmaskarray(value))
        assert made.fill_value == value.fill_value
        assert (made.mask is np.ma.nomask) == (value.mask is np.ma.nomask)


def test_rows_of_structured_arrays():
    for name in ("structured", "recarray"):
        row = examples.NUMPY[name][1]
        made = back(row)
        assert (type(made), made.dtype, repr(made)) == (type(row), row.dtype, repr(row))
    assert back(np.ma.masked) is np.ma.masked


@needs_pandas
@by_name(examples.FRAMES)
def test_frames(value):
    made = back(value)
    testing.assert_frame_equal(made, value, check_exact=True, check_freq=True)
    testing.assert_series_equal(made.dtypes, value.dtypes)
    for one, other in ((made.index, value.index), (made.columns, value.columns)):
        testing.assert_index_equal(one, other, exact=True)
    made[made.columns[0] if made.shape[1] else "new"] = 0  # it can be changed


@needs_pandas
@by_name(examples.SERIES)
def test_series(value):
    made = back(value)
    testing.assert_series_equal(made, value, check_exact=True, check_freq=True)
    assert made.dtype == value.dtype


@needs_pandas
@by_name(examples.INDEXES)
def test_indexes(value):
    made = back(value)
    assert type(made) is type(value)
    assert getattr(made, "freq", None) == getattr(value, "freq", None)
    testing.assert_index_equal(made, value, exact=True)


@needs_pandas
@by_name(examples.OTHERS)
def test_single_values_of_pandas(value):
    made = back(value)
    assert (type(made), repr(made)) == (type(value), repr(value))
    assert getattr(made, "unit", None) == getattr(value, "unit", None)


@needs_pandas
def test_long_columns_of_text_are_no_structure():
    words = pd.DataFrame({"text": [f"a word and the number {n}" for n in range(200_000)]})
    testing.assert_frame_equal(back(words), words)


@needs_pandas
def test_tables_that_hold_objects_are_not_data():
    for table in (pd.Series([object()]), pd.DataFrame({"a": [object()]}), pd.Series([1], dtype="Sparse[int]")):
        with pytest.raises(CodecError, match="is not data"):
            encode(table)


@by_name(examples.SPARSE)
def test_sparse(value):
    made = back(value)
    assert (type(made), made.dtype, made.shape, made.nnz) == (type(value), value.dtype, value.shape, value.nnz)
    np.testing.assert_array_equal(made.toarray(), value.toarray())


@by_name(examples.PICTURES)
def test_pictures(value):
    made = back(value)
    assert (made.mode, made.size, made.tobytes()) == (value.mode, value.size, value.tobytes())
    assert made.getpalette() == value.getpalette()


def test_a_picture_from_a_file_is_a_picture(tmp_path):
    from PIL import Image

    whole = examples.PICTURES["picture RGB"]
    whole.save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as opened:
        assert back(opened) == whole


def test_the_codec_loads_no_library_before_a_value_of_it_comes():
    code = (
        "import sys\nfrom autograder.execute import student, tester\n"
        "from autograder.execute.codec import decode, encode\ndecode(encode([{1: 2.0}, object], lambda _: ['e']))\n"
        "print({'pandas', 'scipy', 'PIL'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def framed(tree, *buffers):
    structure = msgpack.packb(tree)
    lengths = b"".join(codec.LENGTH.pack(len(buffer)) for buffer in buffers)
    return b"".join([codec.HEADER.pack(len(structure), len(buffers)), lengths, structure, *buffers])


def taken_apart(frame):
    structure, count = codec.body_length(frame[: codec.HEADER.size])
    start = codec.HEADER.size + count * codec.LENGTH.size
    lengths = [length for (length,) in codec.LENGTH.iter_unpack(frame[codec.HEADER.size : start])]
    place = start + structure
    buffers = []
    for length in lengths:
        buffers.append(bytearray(frame[place : place + length]))
        place += length
    return msgpack.unpackb(frame[start : start + structure]), buffers


NAMED, MEMBER = ["namedtuple", "P", ["a"], ["l", [1]]], ["l", [["l", ["A", 1]]]]


@by_name(
    {
        "a factory that is none": ["defaultdict", "eval", ["l", []]],
        "a code for a name": ["namedtuple", "P", ["l", ["a=print()"]], ["l", [1]]],
        "a name that is a keyword": ["namedtuple", "P", ["l", ["for"]], ["l", [1]]],
        "a name of another script": ["namedtuple", "P", ["l", ["é"]], ["l", [1]]],
        "fewer values than fields": ["namedtuple", "P", ["l", ["a", "b"]], ["l", [1]]],
        "a base that is none": ["enum", "object", "m", "E", MEMBER, "A", 1],
        "a method for a member": ["enum", "Enum", "m", "E", ["l", [["l", ["__eq__", 1]]]], "A", 1],
        "a member that is none": ["enum", "Enum", "m", "E", MEMBER, "B", 7],
        "a flag of too many bits": ["enum", "IntFlag", "m", "E", ["l", [["l", ["A", ["i", hex(2**70)]]]]], "A", 1],
        "a huge exponent": ["Decimal", "1E+9999999"],
        "a fraction of zero": ["Fraction", 1, 0],
        "a zone in another folder": ["ZoneInfo", "../../etc/passwd"],
        "a zone that is none": ["ZoneInfo", "Nowhere"],
        "a folder for a zone": ["ZoneInfo", "Europe"],
        "a deque too long": ["deque", ["l", [1, 2]], 1],
        "pixels for a larger picture": ["PIL.Image", "RGB", ["l", [2**20, 2**20]], None, b""],
        "a function for an iterator": ["iterator", 5],
        "a library that is none": ["os.system", "true"],
        "a stream of another type": ["StringIO", b"a", 0],
        "a place before a stream": ["BytesIO", b"a", -1],
        "a path of another class": ["path", "Popen", "true"],
        "a path that is none": ["path", "PurePosixPath", "a\0b"],
        "steps without end": ["pandas.RangeIndex", 0, ["i", hex(2**70)], 1, None],
        "rows without end": ["pandas.DataFrame", ["l", []], ["pandas.RangeIndex", 0, 2**60, 1, None], ["l", []]],
    }
)
def test_parts_that_make_no_value_are_refused(value):
    with pytest.raises(CodecError):
        decode(framed(value))


def test_indices_out_of_a_sparse_matrix_are_refused():
    from scipy import sparse

    for form in ("csr_array", "csc_matrix", "coo_array", "bsr_array"):
        tree, buffers = taken_apart(encode(getattr(sparse, form)(np.eye(3))))
        buffers[1][:4] = (99).to_bytes(4, "little")
        with pytest.raises(CodecError):
            decode(framed(tree, *buffers))
    tree, buffers = taken_apart(encode(sparse.csr_array((3, 5))))
    buffers[2][4:8] = (50_000).to_bytes(4, "little")  # the end of the first row, which scipy takes and then crashes
    with pytest.raises(CodecError):
        decode(framed(tree, *buffers))


ODD = (
    None,
    True,
    -1,
    0,
    1,
    7,
    2**31,
    -(2**63),
    0.5,
    "",
    "a",
    "ns",
    "D",
    "coo_array",
    "<i8",
    "|b1",
    b"x",
    [],
    ["l", []],
)


def nodes(tree, found):
    for place, part in enumerate(tree):
        found.append((tree, place))
        if type(part) is list:
            nodes(part, found)
    return found


def mutated(rng, trees):
    """Return a frame of which a part or some bytes are others."""
    tree, buffers = taken_apart(trees[rng.integers(len(trees))])
    if rng.random() < 0.15:
        frame = bytearray(framed(tree, *buffers))
        for _ in range(rng.integers(1, 4)):
            frame[int(rng.integers(len(frame)))] = rng.integers(256)
        return frame
    for _ in range(rng.integers(1, 4)):
        found = nodes(tree, []) if type(tree) is list else []
        kind = rng.integers(6)
        if kind == 0 and buffers:
            buffer = buffers[rng.integers(len(buffers))]
            if buffer:
                buffer[int(rng.integers(len(buffer)))] = rng.integers(256)
        elif kind == 1 and buffers:
            del buffers[rng.integers(len(buffers))][-int(rng.integers(1, 9)) :]
        elif found:
            parent, place = found[rng.integers(len(found))]
            if kind == 2:
                parent[place] = copy.deepcopy(ODD[rng.integers(len(ODD))])  # a list in it may be mutated next
            elif kind == 3:
                other, elsewhere = found[rng.integers(len(found))]
                parent[place] = msgpack.unpackb(msgpack.packb(other[elsewhere]))
            elif kind == 4:
                del parent[place]
            else:
                other, _ = taken_apart(trees[rng.integers(len(trees))])
                parent[place] = other
    return framed(tree, *buffers)


def used(value):
    """Do with a value what would read outside of its bytes if it were not sound."""
    if type(value) in examples.SPARSE_TYPES and np.prod(value.shape, dtype=float) < 1e5:
        value.toarray()
    elif hasattr(value, "tobytes") and getattr(value, "size", None) != 0:
        value.tobytes()
    elif examples.PANDAS and isinstance(value, pd.DataFrame | pd.Series | pd.Index) and len(value) < 100:
        value.copy(deep=True).memory_usage(deep=True)


def test_no_bytes_do_harm():
    """Mutated frames of every type are refused by the codec's own error or give data; memory stays bounded."""
    rng = np.random.default_rng(int(os.environ.get("FUZZ_SEED", "0")))
    trees = [encode(value) for value in examples.ALL.values() if len(encode(value)) < 5_000]
    assert len(trees) >= len(examples.ALL) - 2
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused = 0
    for _ in range(FRAMES):
        frame = mutated(rng, trees)
        try:
            value = decode(frame)
        except CodecError:
            refused += 1
        else:
            used(value)
    scale = 1 if sys.platform == "darwin" else 1024
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * scale
    assert FRAMES / 4 < refused < FRAMES
    assert grown < codec.BUFFER_BYTES


def test_the_name_of_a_class_loads_no_library(monkeypatch):
    loaded = []
    monkeypatch.setitem(registry.LIBRARIES, "elsewhere", ("frames",))
    monkeypatch.setattr(registry, "import_module", loaded.append)
    named = type("Table", (), {"__module__": "elsewhere.core"})
    assert registry.parts(named()) is None
    assert loaded == []
