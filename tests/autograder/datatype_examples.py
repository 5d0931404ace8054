"""Values of every type that `autograder.execute.datatypes` makes data of, by name."""

from __future__ import annotations

import datetime as dt
import enum
import importlib.util
import io
import typing
import warnings
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from zoneinfo import ZoneInfo

import numpy as np

PANDAS = importlib.util.find_spec("pandas") is not None
Point = namedtuple("Point", "x y")
BERLIN = ZoneInfo("Europe/Berlin")


class Typed(typing.NamedTuple):
    name: str
    parts: list[int]


class Color(enum.Enum):
    RED = 1
    CRIMSON = 1  # noqa: PIE796 (an alias)
    BLUE = "b"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Word(enum.StrEnum):
    YES = "y"


class Right(enum.IntFlag):
    READ = 1
    WRITE = 2


def _matrix():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.matrix([[1.0, 2.0], [3.0, 4.0]])


STANDARD = {
    "Counter": Counter("abracadabra"),
    "defaultdict": defaultdict(list, {"a": [1], "b": []}),
    "defaultdict without a default": defaultdict(None, {1: 2}),
    "OrderedDict": OrderedDict([("z", 1), ("a", 2)]),
    "deque": deque([1, "two", 3.0]),
    "deque with a length": deque([1, 2], maxlen=5),
    "namedtuple": Point(1, [2.0]),
    "NamedTuple": Typed("n", [1, 2]),
    "containers in containers": [Counter("a"), {"k": deque([Point(1, (2,))])}],
    "Fraction": Fraction(-22, 7),
    "Fraction of large numbers": Fraction(3**200, 2**300),
    "Decimal": Decimal("-1.50E+7"),
    "Decimal infinity": Decimal("-Infinity"),
    "date": dt.date(2024, 2, 29),
    "datetime": dt.datetime(2024, 10, 27, 2, 30, 1, 5, tzinfo=BERLIN, fold=1),
    "datetime without a zone": dt.datetime(1, 1, 1),
    "time": dt.time(23, 59, 59, 999999, tzinfo=dt.UTC),
    "timedelta": dt.timedelta(-3, 5, 7),
    "timezone": dt.timezone(dt.timedelta(hours=-5, minutes=-30), "there"),
    "ZoneInfo": BERLIN,
    "keys": {"a": 1, (1, 2): 2}.keys(),
    "items": {"a": [1], "b": [2]}.items(),
    "frozenset": frozenset([1, (2, 3)]),
    "range": range(9, -9, -2),
    "complex": 1 - 2j,
    "Enum": Color.BLUE,
    "Enum by an alias": Color.CRIMSON,
    "IntEnum": Level.HIGH,
    "StrEnum": Word.YES,
    "IntFlag": Right.READ | Right.WRITE,
    "Path": Path("folder") / "a file.csv",
    "PurePath": PureWindowsPath("c:/x"),
}
ALIGNED = np.dtype([("a", "i1"), ("b", "f8")], align=True)
NUMPY = {
    "datetime64": np.array(["2024-01-01", "NaT"], "M8[D]"),
    "timedelta64": np.array([1, -2], "m8[s]"),
    "matrix": _matrix(),
    "masked": np.ma.MaskedArray([1.0, 2.0, 3.0], [False, True, False], fill_value=-1.0),
    "masked without a mask": np.ma.MaskedArray([[1, 2], [3, 4]]),
    "structured": np.array([(1, "a", [1, 2]), (2, "bc", [3, 4])], [("n", "<i4"), ("t", "<U3"), ("v", "<f4", (2,))]),
    "structured and aligned": np.zeros((2, 2), ALIGNED),
    "structured in another byte order": np.array([(1, 2)], [("a", ">i2"), ("b", "<i8")]),
    "recarray": np.rec.array([(1, 2.5), (3, 4.5)], dtype=[("a", "<i8"), ("b", "<f8")]),
    "objects": np.array([[1, "a"], [None, (1, 2.0)]], object),
    "objects that are texts": np.array(["", "é", "\U0001f600"], object),
}


def _pandas():
    import pandas as pd

    days = pd.date_range("2024-01-01", periods=3, freq="D", name="day")
    frame = pd.DataFrame(
        {
            "whole": [1, 2, 3],
            "real": np.array([1.0, np.nan, 3.0], np.float32),
            "truth": [True, False, True],
            "text": ["x", None, "zß"],
            "object": pd.Series([1, "a", (1, None)], dtype=object).to_numpy(),
            "category": pd.Categorical(["u", None, "v"], categories=["v", "u", "w"], ordered=True),
            "moment": pd.DatetimeIndex(["2024-01-01", "NaT", "2024-03-31T02:00:00.000001"]),
            "zoned": days.tz_localize("Europe/Berlin"),
            "utc": days.tz_localize("UTC"),
            "span": pd.to_timedelta([1, 2, 3], unit="h"),
            "Int64": pd.array([1, None, 3], dtype="Int64"),
            "UInt8": pd.array([1, None, 255], dtype="UInt8"),
            "Float32": pd.array([1.5, None, 3.0], dtype="Float32"),
            "boolean": pd.array([True, None, False], dtype="boolean"),
            "string": pd.array(["a", None, "c"], dtype="string"),
            "period": pd.period_range("2024-01", periods=3, freq="M"),
            "interval": pd.cut([1, 2, 3], 2),
            ("a", 1): [Fraction(1, 2), Decimal(1), dt.date(2024, 1, 1)],
        },
        index=days,
    )
    grouped = frame.assign(key=[1, 1, 2]).groupby("key")[["whole", "real"]].agg(["mean", "sum"])
    twice = pd.DataFrame([[1, 2.0], [3, 4.0]], columns=["same", "same"], index=[7, 7])
    frames = {
        "frame": frame,
        "frame with a plain index": frame.reset_index(drop=True),
        "frame with levels": frame.set_index(["whole", "text"])[["real", "truth"]],
        "frame with a categorical index": frame.set_index("category")[["whole"]],
        "frame with intervals": frame.set_index("interval")[["whole"]],
        "frame with periods": frame.set_index("period")[["whole"]],
        "frame of groups": grouped,
        "frame with the same name twice": twice,
        "frame without rows": frame.iloc[:0],
        "frame without columns": frame[[]],
        "frame of nothing": pd.DataFrame(),
        "frame with a step": pd.DataFrame({"a": [1, 2]}, index=pd.RangeIndex(10, 30, 10, name="r")),
    }
    series = {f"series {name}": frame[name] for name in frame}
    series |= {"counts": frame["truth"].value_counts(), "described": frame["whole"].describe(), "no": frame.iloc[:0, 0]}
    indexes = {
        "index": pd.Index([3, 1], name=("a", 1)),
        "index of texts": pd.Index(["a", "b"]),
        "index of objects": pd.Index([1, "b", None], dtype=object),
        "index of days": days,
        "index of moments": pd.DatetimeIndex(["2024-01-01", "2025-01-01"], tz="America/New_York"),
        "index of spans": pd.timedelta_range("1D", periods=3, freq="2h"),
        "index of periods": pd.period_range("2024Q1", periods=3, freq="Q"),
        "index of intervals": pd.interval_range(0, 3, closed="both"),
        "index of categories": pd.CategoricalIndex(["a", "b", "a"]),
        "index of steps": pd.RangeIndex(3, 0, -1),
        "index of levels": pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["k", None])[1:],
        "index of nullable numbers": pd.Index([1, None], dtype="Int64"),
    }
    others = {
        "Timestamp": pd.Timestamp("2024-10-27T00:30", tz="UTC").tz_convert("Europe/Berlin"),
        "Timestamp without a zone": pd.Timestamp("2024-10-27T02:30:00.000000001"),
        "Timedelta": pd.Timedelta("-1D 2h"),
        "Period": pd.Period("2024-02", "M"),
        "Interval": pd.Interval(0, 1.5, closed="left"),
        "categorical": frame["category"].array,
        "NA": pd.NA,
        "NaT": pd.NaT,
    }
    return frames, series, indexes, others


def _sparse():
    from scipy import sparse

    dense = np.array([[0, 1.5, 0, 2], [0, 0, 0, 0], [-3, 0, 0, 4], [0, 0, 5, 0]])
    forms = ("csr", "csc", "bsr", "coo", "lil", "dok", "dia")
    made = {
        f"{form}_{kind}": getattr(sparse, f"{form}_{kind}")(dense.astype(dtype))
        for form in forms
        for kind, dtype in (("matrix", float), ("array", np.int32))
    }
    return made | {"empty csr_array": sparse.csr_array((3, 5)), "one dimension": sparse.coo_array(np.array([0, 1, 2]))}


def _pictures():
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, 256, (5, 11, 4), np.uint8)
    whole = Image.fromarray(pixels)
    modes = ("1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F")
    made = {f"picture {mode}": whole.convert("RGB").convert(mode) for mode in modes}
    return made | {
        "picture I;16": Image.fromarray(pixels[..., 0].astype(np.uint16)),
        "no picture": Image.new("L", (0, 3)),
    }


def _streams():
    text, data = io.StringIO("ä line\nand one\r\n"), io.BytesIO(b"\0\n\xff")
    text.seek(3)
    return {"StringIO": text, "BytesIO": data}


STREAMS = _streams()
FRAMES, SERIES, INDEXES, OTHERS = _pandas() if PANDAS else ({}, {}, {}, {})
SPARSE, PICTURES = _sparse(), _pictures()
ALL = {**STANDARD, **NUMPY, **FRAMES, **SERIES, **INDEXES, **OTHERS, **SPARSE, **PICTURES, **STREAMS}
SPARSE_TYPES = {type(value) for value in SPARSE.values()}
