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
        made = KINDS[name](tuple(held), shape=extent)
        made.check_format(full_check=True)
        return made
    if form in DIAGONALS:
        return KINDS[name]((data, *places), shape=extent)
    if form == "lil" and extent[0] > MOST_ROWS:
        raise ValueError("too many rows")
    if len(places) != len(extent):
        raise ValueError("as many indices as dimensions expected")
    entries = sparse.coo_matrix if name.endswith("matrix") else sparse.coo_array
    return getattr(entries((data, tuple(places)), shape=extent), f"to{form}")()


registry.TAKERS |= {kind: _take(name) for name, kind in KINDS.items()}
registry.MAKERS["scipy.sparse"] = _make
registry.LACKING |= dict.fromkeys(KINDS.values(), lambda value: 0 in value.shape)
