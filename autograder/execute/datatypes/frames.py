"""Tables of pandas: frames, series and indexes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from autograder.execute.datatypes import registry
from autograder.execute.datatypes.columns import column_of, frequency_of, is_column

pd: Any = import_module("pandas")

CLOSED = ("left", "right", "both", "neither")
INDEXES = (
    pd.Index,
    pd.DatetimeIndex,
    pd.TimedeltaIndex,
    pd.PeriodIndex,
    pd.IntervalIndex,
    pd.CategoricalIndex,
)
MOST_ROWS = 50_000_000


def _values(column: Any) -> Any:
    """Return the values of a series or an index as an array of numpy or one of the arrays that are data here."""
    return column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array


def _take_categories(array: Any) -> list[Any]:
    return ["pandas.categories", np.asarray(array.codes), array.categories, bool(array.ordered)]


def _make_categories(codes: Any, categories: Any, ordered: bool) -> Any:
    if type(codes) is not np.ndarray or codes.dtype.kind != "i" or codes.ndim != 1:
        raise ValueError("no codes of categories")
    dtype = pd.CategoricalDtype(_index(categories), ordered=ordered is True)
    return pd.Categorical.from_codes(codes, dtype=dtype)


def _take_intervals(array: Any) -> list[Any]:
    return ["pandas.intervals", array.left, array.right, array.closed]


def _make_intervals(left: Any, right: Any, closed: str) -> Any:
    if closed not in CLOSED:
        raise ValueError("no intervals")
    return pd.arrays.IntervalArray.from_arrays(_index(left), _index(right), closed=closed)


def _index(index: Any) -> Any:
    if type(index) not in (*INDEXES, pd.RangeIndex, pd.MultiIndex) or len(index) > MOST_ROWS:
        raise ValueError("no index")
    return index


def _take_index(index: Any) -> list[Any] | None:
    array = _values(index)
    if not is_column(array) or not registry.is_plain(index.name):
        return None
    return ["pandas.Index", array, index.name, getattr(index, "freqstr", None)]


def _make_index(array: Any, name: Any, frequency: str | None) -> Any:
    index = pd.Index(column_of(array), dtype=array.dtype, name=registry.plain(name))
    if frequency_of(frequency) is None or type(index) is pd.PeriodIndex:
        return index
    if type(index) not in (pd.DatetimeIndex, pd.TimedeltaIndex):
        raise ValueError("an index with a frequency holds moments or spans")
    return type(index)(index, freq=frequency)


def _take_range(index: Any) -> list[Any] | None:
    ends = [int(index.start), int(index.stop), int(index.step)]
    return ["pandas.RangeIndex", *ends, index.name] if registry.is_plain(index.name) else None


def _make_range(start: int, stop: int, step: int, name: Any) -> Any:
    ends = [registry.exactly(int, end) for end in (start, stop, step)]
    if len(range(*ends)) > MOST_ROWS:
        raise ValueError("too many rows")
    return pd.RangeIndex(*ends, name=registry.plain(name))


def _take_levels(index: Any) -> list[Any] | None:
    names = list(index.names)
    codes = [np.asarray(code) for code in index.codes]
    return ["pandas.MultiIndex", list(index.levels), codes, names] if registry.is_plain(names) else None


def _make_levels(levels: Any, codes: Any, names: Any) -> Any:
    for code in registry.exactly(list, codes):
        if type(code) is not np.ndarray or code.dtype.kind != "i" or code.ndim != 1:
            raise ValueError("no codes of levels")
    held = [_index(level) for level in registry.exactly(list, levels)]
    return pd.MultiIndex(levels=held, codes=codes, names=registry.plain(names))


def _take_series(series: Any) -> list[Any] | None:
    array = _values(series)
    if not is_column(array) or not registry.is_plain(series.name):
        return None
    return ["pandas.Series", array, series.index, series.name]


def _make_series(array: Any, index: Any, name: Any) -> Any:
    if len(column_of(array)) != len(_index(index)):
        raise ValueError("values and index do not agree")
    return pd.Series(array, index=index, dtype=array.dtype, name=registry.plain(name))


def _take_frame(frame: Any) -> list[Any] | None:
    columns = [_values(frame.iloc[:, place]) for place in range(frame.shape[1])]
    return ["pandas.DataFrame", columns, frame.index, frame.columns] if all(map(is_column, columns)) else None


def _make_frame(columns: Any, index: Any, names: Any) -> Any:
    if len(registry.exactly(list, columns)) != len(_index(names)):
        raise ValueError("columns and their names do not agree")
    held = {place: _make_series(column, index, None) for place, column in enumerate(columns)}
    frame = pd.DataFrame(held, index=_index(index))
    frame.columns = names
    return frame


def _restore(original: Any, changed: Any) -> None:
    if type(original) is pd.DataFrame:
        pd.DataFrame.__init__(original, changed)
    else:
        pd.Series.__init__(original, changed, name=changed.name)


def _misses(table: Any) -> bool:
    return bool(table.size == 0 or table.isna().to_numpy().any())


registry.TAKERS |= dict.fromkeys(INDEXES, _take_index)
registry.TAKERS |= {
    pd.Categorical: _take_categories,
    pd.arrays.IntervalArray: _take_intervals,
    pd.RangeIndex: _take_range,
    pd.MultiIndex: _take_levels,
    pd.Series: _take_series,
    pd.DataFrame: _take_frame,
}
registry.MAKERS |= {
    "pandas.categories": _make_categories,
    "pandas.intervals": _make_intervals,
    "pandas.Index": _make_index,
    "pandas.RangeIndex": _make_range,
    "pandas.MultiIndex": _make_levels,
    "pandas.Series": _make_series,
    "pandas.DataFrame": _make_frame,
}
registry.LACKING |= dict.fromkeys((pd.Series, pd.DataFrame), _misses)
registry.LACKING |= dict.fromkeys((*INDEXES, pd.RangeIndex, pd.MultiIndex), lambda index: len(index) == 0)
registry.RESTORERS |= dict.fromkeys((pd.Series, pd.DataFrame), _restore)
