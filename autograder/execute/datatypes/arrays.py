"""Arrays that are more than numbers in rows: of objects, structured, masked, matrices."""

from __future__ import annotations

import math
import warnings
from typing import Any, cast

import numpy as np

from autograder.execute.datatypes import registry

MOST_TEXTS = 2_000_000
"""So many texts or objects can be in one array."""
MOST_FIELDS = 500
Array = np.ndarray[Any, Any]


def packed(texts: list[str]) -> list[Any]:
    """Return texts as two arrays, so that they do not count as structure.

    Parameters
    ----------
    texts : list of str
        Any texts, lone surrogates included.

    Returns
    -------
    list of ndarray
        The lengths in bytes (int64), and all bytes one after the other (uint8).
    """
    pieces = [text.encode("utf-8", "surrogatepass") for text in texts]
    return [np.array([len(piece) for piece in pieces], np.int64), np.frombuffer(b"".join(pieces), np.uint8)]


def unpacked(lengths: Any, letters: Any) -> list[str]:
    """Return the texts that `packed` made two arrays of.

    Parameters
    ----------
    lengths : ndarray, shape (n,), int64
        The length of each text in bytes.
    letters : ndarray, shape (sum of lengths,), uint8
        The bytes of all texts, UTF-8.

    Returns
    -------
    list of str
        The n texts; bytes that are no UTF-8 are replaced.

    Raises
    ------
    ValueError
        If these are no such arrays, or the lengths do not add up.
    """
    for array, dtype in ((lengths, np.int64), (letters, np.uint8)):
        if type(array) is not np.ndarray or array.dtype != dtype or array.ndim != 1:
            raise ValueError("no texts")
    if len(lengths) > MOST_TEXTS or lengths.min(initial=0) < 0 or lengths.max(initial=0) > len(letters):
        raise ValueError("too many texts, or too long ones")
    ends = np.cumsum(lengths)
    if (int(ends[-1]) if len(ends) else 0) != len(letters):
        raise ValueError("the lengths of texts do not add up")
    everything = letters.tobytes()
    starts = (ends - lengths).tolist()
    return [everything[start:end].decode("utf-8", "replace") for start, end in zip(starts, ends.tolist(), strict=True)]


def _take_array(array: Array) -> list[Any] | None:
    if array.dtype.names is not None:
        return _take_structured("structured", array)
    if array.dtype.kind != "O" or array.size > MOST_TEXTS:
        return None
    items = array.ravel().tolist()
    if items and all(type(item) is str for item in items):
        return ["texts", list(array.shape), *packed(items)]
    return ["objects", list(array.shape), items] if registry.is_plain(items) else None


def _make_objects(shape: Any, items: Any) -> Array:
    extent = _extent(shape)
    if len(registry.exactly(list, items)) != math.prod(extent):
        raise ValueError("shape and elements do not agree")
    registry.plain(items)
    array = np.empty(len(items), object)
    for place, item in enumerate(items):
        array[place] = item
    return array.reshape(extent)


def _extent(shape: Any) -> tuple[int, ...]:
    extent = tuple(registry.exactly(int, length) for length in registry.exactly(list, shape))
    if any(length < 0 for length in extent):
        raise ValueError("no shape")
    return extent


def _take_structured(tag: str, array: Array) -> list[Any] | None:
    fields = _fields(array.dtype)
    if fields is None:
        return None
    names = array.dtype.names or ()
    return [tag, bool(array.dtype.isalignedstruct), fields, list(array.shape), [_column(array[name]) for name in names]]


def _column(column: Array) -> Array:
    return np.ascontiguousarray(column).reshape(column.shape)


def _fields(dtype: Any) -> list[Any] | None:
    """Return the names, dtypes and shapes of the fields; None if they do not make the same dtype again."""
    described = []
    for name in dtype.names:
        inner, shape = dtype.fields[name][0].subdtype or (dtype.fields[name][0], ())
        if inner.names is not None or inner.kind not in "biufcSUmM" or inner.itemsize == 0:
            return None
        described.append([name, inner.str, list(shape)])
    same = np.dtype([(name, kind, tuple(shape)) for name, kind, shape in described], align=dtype.isalignedstruct)
    return described if described and same == dtype and len(described) <= MOST_FIELDS else None


def _make_structured(aligned: bool, fields: Any, shape: Any, columns: Any) -> Array:
    extent = _extent(shape)
    if len(registry.exactly(list, fields)) != len(registry.exactly(list, columns)) or not fields:
        raise ValueError("fields and columns do not agree")
    if len(fields) > MOST_FIELDS or type(aligned) is not bool:
        raise ValueError("no structured array")
    described = []
    for (name, kind, inner), column in zip(fields, columns, strict=True):
        if type(column) is not np.ndarray or column.dtype.str != kind or column.shape != extent + _extent(inner):
            raise ValueError("a column of another type or shape than its field")
        described.append((registry.exactly(str, name), column.dtype, _extent(inner)))
    array = np.empty(extent, np.dtype(cast("Any", described), align=aligned))
    for (name, _, _), column in zip(described, columns, strict=True):
        array[name] = column
    return array


def _take_recarray(array: Any) -> list[Any] | None:
    if array.dtype.names is None or array.dtype.type is not np.record:
        return None
    plain = np.asarray(array)
    return _take_structured("recarray", plain.view(np.dtype((np.void, plain.dtype))))


def _take_record(value: Any) -> list[Any] | None:
    if value.dtype.names is None:
        return None
    row = np.array(value)
    taken = _take_structured("structured", row.view(np.dtype((np.void, row.dtype))))
    return ["record", type(value) is np.record, *taken[1:]] if taken else None


def _make_record(is_record: bool, *parts: Any) -> object:
    array: Any = _make_structured(*parts)
    if array.ndim:
        raise ValueError("one row expected")
    return array.view(np.recarray)[()] if is_record is True else array[()]


def _plain_array(array: Any) -> bool:
    return type(array) is np.ndarray and array.dtype.kind in "biufcSUmM"


def _take_masked(array: Any) -> list[Any] | None:
    data = array.data
    if not _plain_array(data):
        return None
    mask = array.mask
    return ["masked", data, None if mask is np.ma.nomask else np.asarray(mask), data.dtype.type(array.fill_value)]


def _make_masked(data: Any, mask: Any, fill: Any) -> object:
    if not _plain_array(data) or type(fill) not in registry.PLAIN:
        raise ValueError("no masked array")
    if mask is not None and (type(mask) is not np.ndarray or mask.dtype != bool or mask.shape != data.shape):
        raise ValueError("no mask of these elements")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.ma.MaskedArray(data, np.ma.nomask if mask is None else mask, fill_value=fill)


def _make_matrix(data: Any) -> object:
    if not _plain_array(data) or data.ndim != 2:
        raise ValueError("no matrix")
    return data.view(np.matrix)


def _restore(original: Any, changed: Any) -> None:
    if original.shape != changed.shape or original.dtype != changed.dtype:
        raise ValueError(f"an array of shape {original.shape} became one of {changed.shape}")
    original[...] = changed


def _is_short(array: Any) -> bool:
    return bool(array.size == 0)


registry.TAKERS |= {
    np.ndarray: _take_array,
    np.recarray: _take_recarray,
    np.void: _take_record,
    np.record: _take_record,
    np.ma.MaskedArray: _take_masked,
    type(np.ma.masked): lambda _: ["masked element"],
    np.matrix: lambda value: ["matrix", np.asarray(value)] if value.dtype.kind in "biufcSUmM" else None,
}
registry.MAKERS |= {
    "objects": _make_objects,
    "texts": lambda shape, *parts: _make_objects(shape, unpacked(*parts)),
    "structured": _make_structured,
    "recarray": lambda *parts: _make_structured(*parts).view(np.recarray),
    "record": _make_record,
    "masked": _make_masked,
    "masked element": lambda: np.ma.masked,
    "matrix": _make_matrix,
}
registry.LACKING |= {
    np.recarray: _is_short,
    np.matrix: _is_short,
    np.ma.MaskedArray: lambda array: bool(array.size == 0 or np.ma.getmaskarray(array).any()),
    type(np.ma.masked): lambda _: True,
}
registry.RESTORERS |= {np.recarray: _restore, np.matrix: _restore, np.ma.MaskedArray: _restore}
