"""One wrong result together with what a diagnosis may ask about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpkit.testing.wording import as_float

__all__ = ["Observation"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Observation:
    """One wrong result.

    Parameters
    ----------
    got, expected : ndarray
        What arrived and what should have, as float64, of any two shapes.
    args : mapping of str to object
        The arguments of the call by name.
    whole : bool
        Whether the result that arrived held integers.
    exact : bool
        Whether the expected numbers are stated as integers: counts, indices, yes or no.
    """

    got: Array
    expected: Array
    args: Mapping[str, object]
    whole: bool = False
    exact: bool = False

    def is_(self, candidate: object) -> bool:
        """Whether the result equals `candidate` (same shape, within rounding), entry by entry."""
        other = np.asarray(candidate, dtype=float)
        return other.shape == self.got.shape and bool(np.allclose(self.got, other, rtol=1e-6, atol=1e-10))

    def tells(self, numbers: int = 2) -> bool:
        """Whether so many different numbers other than 0 were expected that no chance explains a rule that all follow.

        Counts, indices, and answers of yes and no tell nothing: twice an index is another index.
        """
        sizes = np.unique(np.abs(self.expected[np.isfinite(self.expected)]).round(10))
        return not self.exact and bool(np.count_nonzero(sizes) >= numbers)

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """Name and value of every argument that is an array of numbers."""
        for name, value in self.args.items():
            if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
                yield name, value.astype(float)

    def scalars(self) -> Iterator[tuple[str, float]]:
        """Name and value of every argument that is a number other than 0."""
        for name, value in self.args.items():
            if isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and value != 0:
                yield name, as_float(value)

    def functions(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        """Name and value of every argument that can be called."""
        for name, value in self.args.items():
            if callable(value):
                yield name, value

    def counts(self) -> list[int]:
        """Numbers of samples, over which a sum or a mean may have been taken: lengths of the first axis."""
        lengths = {len(a) for _, a in self.arrays() if a.ndim}
        return sorted(n for n in lengths if n > 1)
