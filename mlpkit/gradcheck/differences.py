"""Gradient checks: whether the gradient that the code computes is the slope that the function has.

A central difference, ``(f(x + h) - f(x - h)) / (2 h)``, is compared with the analytic gradient entry by entry, in
float64. Where the two evaluations lie on different sides of a kink (of ReLU, say) there is no slope to compare with;
such entries are left out and counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import FloatArray

__all__ = ["GradientCheck", "Sides", "gradient_check", "no_sides"]

Sides: TypeAlias = NDArray[np.bool_]

STEP = 1e-5
"""Balances the two errors of a central difference in float64: about h^2 of the formula, 1e-16 / h of the rounding."""

FLOOR = 1e-3
"""Below this, times the size of f if above 1, gradients are compared absolutely: the rounding of f drowns them."""


@dataclass(frozen=True)
class GradientCheck:
    """The entry at which the analytic and the numeric gradient differ most.

    Attributes
    ----------
    name, index : str and tuple of int
        Which array, and which entry of it.
    analytic, numeric : float
        The two gradients there.
    relative_error : float
        ``|analytic - numeric| / max(|analytic|, |numeric|, 1e-3 max(1, |f|))`` with the value f of the function;
        inf if one is not finite.
    n_checked, n_excluded : int
        How many entries were compared, and how many lay at a kink.
    """

    name: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    relative_error: float
    n_checked: int
    n_excluded: int

    def passed(self, tolerance: float = 1e-7) -> bool:
        """Return whether the largest relative error is within `tolerance`."""
        return self.relative_error <= tolerance

    def __str__(self) -> str:
        return (
            f"largest relative error {self.relative_error:.2e} at {self.name}{list(self.index)}: analytic "
            f"{self.analytic:.10g}, numeric {self.numeric:.10g} ({self.n_checked} entries checked, "
            f"{self.n_excluded} excluded at kinks)"
        )


def gradient_check(
    f: Callable[[], float | FloatArray],
    arrays: Mapping[str, FloatArray],
    gradients: Mapping[str, FloatArray],
    *,
    step: float = STEP,
    sides: Callable[[], Sides] | None = None,
) -> GradientCheck:
    """Compare gradients with central differences, for every entry of some arrays.

    Parameters
    ----------
    f : callable
        Returns the value of the function at the present contents of `arrays`, or a new array whose sum it is: summing
        after the subtraction keeps more digits.
    arrays : mapping of str to float64 ndarray
        What `f` reads; the entries are changed one by one, and restored.
    gradients : mapping of str to ndarray
        The analytic gradients, under the same names and of the same shapes.
    step : float, default 1e-5
        The ``h`` of the central difference.
    sides : callable, optional
        Returns, right after a call of `f`, which side of each kink it was computed on. Entries whose two evaluations
        give different sides are excluded.

    Returns
    -------
    GradientCheck

    Raises
    ------
    ValueError
        If an array is not float64, a gradient has another shape, or no entry is left to compare.

    Examples
    --------
    >>> x = np.array([1.0, 2.0])
    >>> gradient_check(lambda: x**2, {"x": x}, {"x": 2 * x}).passed()
    True
    >>> print(gradient_check(lambda: x**2, {"x": x}, {"x": np.array([2.0, 2.0])}))
    largest relative error 5.00e-01 at x[1]: analytic 2, numeric 4 (2 entries checked, 0 excluded at kinks)
    """
    sides = sides or no_sides
    worst: tuple[str, tuple[int, ...], float, float, float] = ("", (), math.nan, math.nan, -1.0)
    n_checked = n_excluded = 0
    for name, array in arrays.items():
        gradient = np.array(gradients[name])  # a copy: calls of f may overwrite it
        _check_comparable(name, array, gradient)
        for index in np.ndindex(array.shape):
            kept = array[index]
            try:
                array[index] = kept + step
                above, side_above = f(), sides()
                array[index] = kept - step
                below, side_below = f(), sides()
            finally:
                array[index] = kept
            if not np.array_equal(side_above, side_below):
                n_excluded += 1
                continue
            n_checked += 1
            analytic, numeric = float(gradient[index]), float(np.sum(above - below)) / (2 * step)
            floor = FLOOR * max(1.0, float(np.max(np.abs(above))))
            error = abs(analytic - numeric) / max(abs(analytic), abs(numeric), floor)
            error = error if math.isfinite(error) else math.inf
            if error > worst[-1]:
                worst = (name, index, analytic, numeric, error)
    if not n_checked:
        raise ValueError(f"a gradient check needs an entry away from kinks, got {n_excluded} at kinks; move the inputs")
    return GradientCheck(*worst, n_checked, n_excluded)


def _check_comparable(name: str, array: FloatArray, gradient: FloatArray) -> None:
    if array.dtype != np.float64:
        raise ValueError(
            f"a gradient check expected {name} in float64, got {array.dtype}; "
            "build what is checked with dtype=np.float64"
        )
    if gradient.shape != array.shape:
        raise ValueError(f"the gradient of {name} expected the shape {array.shape}, got {gradient.shape}")


def no_sides() -> Sides:
    """Return the sides of a function without kinks."""
    return np.empty(0, dtype=bool)
