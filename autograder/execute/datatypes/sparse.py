"""Sparse matrices and arrays of scipy, whose indices are checked against the shape."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from autograder.execute.datatypes import registry

sparse: Any = import_module("scipy.sparse")

COMPRESSED, COORDINATES, DIAGONALS = ("csr", "csc", "bsr"), ("coo", "lil", "dok"), ("dia",)
KINDS = {
    f"{form}_{kind}": getattr(sparse, f"{form}_{kind}")
    for form in (*COMPRESSED, *COORDINATES, *DIAGONALS)
    for kind in ("matrix", "array")
}
MOST_ROWS = 10_000_000
"""Of a matrix that keeps its rows in lists."""


def _take(name: str) -> registry.Taker:
    form = name[:3]

    def take(value: Any) -> list[Any]:
        if form in COMPRESSED:
            held = [value.data, value.indices, value.indptr]
        elif form in DIAGONALS:
            held = [value.data, value.offsets]
        else:
            entries = value.tocoo()
            held = [entries.data, *entries.coords]
        return ["scipy.sparse", name, [int(length) for length in value.shape], [np.asarray(part) for part in held]]

    return take


def _make(name: str, shape: Any, held: Any) -> Any:
    form = registry.exactly(str, name)[:3]
    extent = tuple(registry.exactly(int, length) for length in registry.exactly(list, shape))
    for part in registry.exactly(list, held):
        if type(part) is not np.ndarray or part.dtype.kind not in "biufc":
            raise ValueError("no entries of a sparse matrix")
    data, *places = held
    if any(part.dtype.kind != "i" or part.ndim != 1 for part in places) or any(length < 0 for length in extent):
        raise ValueError("no indices of a sparse matrix")
    if form in COMPRESSED:
        _check_compressed(form, extent, *held)
        return KINDS[name](tuple(held), shape=extent)
    if form in DIAGONALS:
        (offsets,) = places
        if len(extent) != 2 or data.ndim != 2 or len(data) != len(offsets) or len(set(offsets.tolist())) != len(data):
            raise ValueError("no diagonals of a sparse matrix")
        if len(offsets) and not -extent[0] < offsets.min() <= offsets.max() < extent[1]:
            raise ValueError("a diagonal outside of the matrix")
        return KINDS[name]((data, *places), shape=extent)
    if form == "lil" and extent[0] > MOST_ROWS:
        raise ValueError("too many rows")
    if len(places) != len(extent) or data.ndim != 1 or any(len(place) != len(data) for place in places):
        raise ValueError("as many indices as dimensions expected")
    for place, length in zip(places, extent, strict=True):
        if len(place) and not 0 <= place.min() <= place.max() < length:
            raise ValueError("an index outside of the matrix")
    entries = sparse.coo_matrix if name.endswith("matrix") else sparse.coo_array
    return getattr(entries((data, tuple(places)), shape=extent), f"to{form}")()


def _check_compressed(form: str, shape: tuple[int, ...], data: Any, indices: Any, ends: Any) -> None:
    """Raise `ValueError` unless all places lie in the matrix; scipy's own check trusts a matrix without entries."""
    block = data.shape[1:]
    if len(shape) not in (1, 2) or len(block) != (2 if form == "bsr" else 0) or 0 in block:
        raise ValueError("no entries of a sparse matrix")
    *rows, columns = (length // size for length, size in zip(shape, block or (1,) * len(shape), strict=True))
    if block and (rows[0] * block[0], columns * block[1]) != shape:
        raise ValueError("blocks do not fill the matrix")
    major, minor = (columns, rows[0]) if form == "csc" else (rows[0] if rows else 1, columns)
    if len(ends) != major + 1 or len(indices) != len(data) or ends[0] != 0 or ends[-1] > len(data):
        raise ValueError("no rows of a sparse matrix")
    if (ends[1:] < ends[:-1]).any() or (len(indices) and not 0 <= indices.min() <= indices.max() < minor):
        raise ValueError("an index outside of the matrix")


registry.TAKERS |= {kind: _take(name) for name, kind in KINDS.items()}
registry.MAKERS["scipy.sparse"] = _make
registry.LACKING |= dict.fromkeys(KINDS.values(), lambda value: 0 in value.shape)
