"""The arrays that the columns of a table of pandas are made of, each sent as plain arrays and the name of its type.

Arrays that another library backs (Arrow), sparse ones and those of a type that an extension defines are not data.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import numpy as np

from autograder.execute.datatypes import registry
from autograder.execute.datatypes.arrays import MOST_TEXTS, packed, unpacked
from autograder.execute.datatypes.quantities import checked_zone

pd: Any = import_module("pandas")

UNITS = ("s", "ms", "us", "ns")
FREQUENCY = re.compile(r"-?\d{0,6}[A-Za-z]{1,6}(-[A-Za-z0-9]{1,6}){0,2}")
MASKED = {
    "Integer": pd.arrays.IntegerArray,
    "Floating": pd.arrays.FloatingArray,
    "Boolean": pd.arrays.BooleanArray,
}
"""Arrays with a mask beside the values, by the first part of their name."""
TEXTS = type(pd.array(["text"], dtype=pd.StringDtype("python", na_value=pd.NA)))
STAMPS = type(pd.array([pd.Timestamp(0)]))
ARRAYS = {
    TEXTS,
    type(pd.array(["text"], dtype=pd.StringDtype("python", na_value=np.nan))),
    STAMPS,
    pd.arrays.PeriodArray,
    pd.arrays.IntervalArray,
    pd.Categorical,
    *MASKED.values(),
}


def is_column(array: Any) -> bool:
    """Return whether an array is of a type that a column of data has.

    Parameters
    ----------
    array : object
        The values of a series, of an index or of a column.

    Returns
    -------
    bool
        True for a flat array of numpy and for pandas' own arrays in `ARRAYS`.
    """
    return type(array) in ARRAYS or (type(array) is np.ndarray and array.ndim == 1)


def column_of(array: Any) -> Any:
    """Return an array that may be a column.

    Parameters
    ----------
    array : object
        What came for it.

    Returns
    -------
    ndarray or ExtensionArray
        The same array.

    Raises
    ------
    ValueError
        If it is of no such type.
    """
    if not is_column(array):
        raise ValueError("no column")
    return array


def _take_texts(array: Any) -> list[Any] | None:
    missing = np.asarray(array.isna())
    if array.dtype.storage != "python" or len(array) > MOST_TEXTS:
        return None
    texts = ["" if gone else text for text, gone in zip(array.tolist(), missing.tolist(), strict=True)]
    return ["pandas.texts", array.dtype.na_value is pd.NA, missing, *packed(texts)]


def _make_texts(nullable: bool, missing: Any, lengths: Any, letters: Any) -> Any:
    texts = unpacked(lengths, letters)
    nothing = pd.NA if nullable is True else np.nan
    items = np.array(texts, object)
    items[_mask(missing, len(texts))] = nothing
    return pd.array(items, dtype=pd.StringDtype("python", na_value=nothing))


def _mask(mask: Any, length: int) -> Any:
    if type(mask) is not np.ndarray or mask.dtype != bool or mask.shape != (length,):
        raise ValueError("no mask of these elements")
    return mask


def _take_stamps(array: Any) -> list[Any] | None:
    zone = array.tz
    return ["pandas.stamps", np.asarray(array.asi8), array.unit, zone]


def _make_stamps(numbers: Any, unit: str, zone: Any) -> Any:
    if type(numbers) is not np.ndarray or numbers.dtype != np.int64 or numbers.ndim != 1 or unit not in UNITS:
        raise ValueError("no moments")
    stamps = pd.DatetimeIndex(numbers.view(f"M8[{unit}]"))
    if checked_zone(zone) is not None:
        stamps = stamps.tz_localize("UTC").tz_convert(zone)
    return stamps.array


def _make_periods(numbers: Any, frequency: str) -> Any:
    if type(numbers) is not np.ndarray or numbers.dtype != np.int64 or numbers.ndim != 1:
        raise ValueError("no periods")
    return pd.PeriodIndex.from_ordinals(numbers, freq=frequency_of(frequency)).array


def frequency_of(text: Any) -> Any:
    """Return a text that names a frequency.

    Parameters
    ----------
    text : str or None
        As pandas writes it, such as ``"D"``, ``"2h"`` or ``"W-SUN"``; None for no frequency.

    Returns
    -------
    str or None
        The same text.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if text is not None and not FREQUENCY.fullmatch(registry.exactly(str, text)):
        raise ValueError("no frequency")
    return text


def _take_masked(name: str) -> registry.Taker:
    def take(array: Any) -> list[Any]:
        missing = np.asarray(array.isna())
        filled = array.to_numpy(dtype=array.dtype.numpy_dtype, na_value=array.dtype.numpy_dtype.type(0))
        return ["pandas.masked", name, filled, missing]

    return take


def _make_masked(name: str, filled: Any, missing: Any) -> Any:
    if type(filled) is not np.ndarray or filled.ndim != 1 or not filled.dtype.isnative:
        raise ValueError("no column")
    return MASKED[name](filled, _mask(missing, len(filled)))


registry.TAKERS |= {MASKED[name]: _take_masked(name) for name in MASKED}
registry.TAKERS |= dict.fromkeys((kind for kind in ARRAYS if issubclass(kind, TEXTS)), _take_texts)
registry.TAKERS |= {
    STAMPS: _take_stamps,
    pd.arrays.PeriodArray: lambda array: ["pandas.periods", np.asarray(array.asi8), array.freqstr],
}
registry.MAKERS |= {
    "pandas.texts": _make_texts,
    "pandas.stamps": _make_stamps,
    "pandas.periods": _make_periods,
    "pandas.masked": _make_masked,
}
