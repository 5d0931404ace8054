"""The base of all initializers: a draw from a source of randomness.

All draw in float64 and round to the dtype asked for, so that one seed gives the same network in every precision.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from mlpkit.arrays import DTypeLike, FloatArray
from mlpkit.registry import Formula

__all__ = ["Initializer"]


class Initializer(Formula, ABC):
    """A rule for the first values of a parameter; a subclass gives `draw`."""

    def __call__(
        self,
        shape: tuple[int, ...],
        *,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> FloatArray:
        """Return a new array of first values.

        Parameters
        ----------
        shape : tuple of int
            ``(n_in, n_out)`` for weights, ``(n_out,)`` for biases.
        dtype : dtype, default float32
            Floating dtype of the result.
        rng : numpy.random.Generator or int, optional
            Source of randomness, or a seed for a new one; without it the values differ from call to call.

        Returns
        -------
        ndarray of shape `shape`
        """
        return self.draw(shape, np.random.default_rng(rng)).astype(dtype)

    @abstractmethod
    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
        """Return a float64 array of `shape`, drawn from `rng`."""
