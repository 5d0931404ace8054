"""Compare what a function returned with what was expected, and put the difference into words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpkit.testing.diagnosis import likely_cause
from mlpkit.testing.observation import Observation
from mlpkit.testing.wording import as_float, kind, number, shown

__all__ = ["Difference", "Tolerance", "difference", "equal"]


@dataclass(frozen=True)
class Tolerance:
    """A number passes if it differs by at most ``absolute + relative·|expected|``."""

    relative: float
    absolute: float

    def around(self, expected: Any) -> Any:
        """Largest allowed difference from each expected number, shape of `expected`."""
        return self.absolute + self.relative * np.abs(expected)


@dataclass(frozen=True)
class Difference:
    """Why a result is wrong, in words: what is wrong, what was expected, what arrived, the likely cause.

    `part` is the position of the wrong value when a function returns several.
    """

    what: str
    expected: str
    got: str
    cause: str | None = None
    part: int | None = None


def difference(
    got: object, expected: object, args: Mapping[str, object], tolerance: Tolerance, results: Sequence[str] = ()
) -> Difference | None:
    """Find the first thing wrong with a result, in the order type, shape, finite, value.

    Parameters
    ----------
    got, expected : object
        What arrived and what should have: numbers, arrays, text, or tuples of these.
    args : mapping of str to object
        The arguments of the call by name; the likely cause is sought among them.
    tolerance : Tolerance
        How far a number may be off.
    results : sequence of str
        Names of the results, if there are several and they have names.

    Returns
    -------
    Difference or None
        None if the result is right.
    """
    if isinstance(expected, tuple):
        return _in_parts(got, expected, args, tolerance, results)
    target, found = _numbers(expected), _numbers(got)
    if target is None:
        same = equal(got, expected)
        return None if same else Difference("a wrong value", shown(expected), f"{shown(got)}, {kind(got)}")
    if found is None:
        return _type(got, target)
    if not (_fits_float(got) and _fits_float(expected)) and found.shape == target.shape:
        return (
            None
            if equal(got, expected, of_one_type=False)
            else Difference("a wrong value", shown(expected), shown(got))
        )
    return _shape(found, target, args) or _value(found, target, args, tolerance)


def _in_parts(
    got: object, expected: tuple[object, ...], args: Mapping[str, object], tolerance: Tolerance, results: Sequence[str]
) -> Difference | None:
    names = ", ".join(results or ("a", "b"))
    if not isinstance(got, (tuple, list)) or len(got) != len(expected):
        count = f"{len(got)} values" if isinstance(got, (tuple, list)) else kind(got)
        return Difference(
            "the wrong number of values", f"{len(expected)} values, as in 'return {names}'", count, _missing(got)
        )

    def alike(values: Sequence[object]) -> bool:
        return all(difference(v, e, args, tolerance) is None for v, e in zip(values, expected, strict=True))

    for i, (one, target) in enumerate(zip(got, expected, strict=True)):
        if (wrong := difference(one, target, args, tolerance)) is not None:
            if len(got) <= 4 and any(map(alike, permutations(got))):
                wrong = replace(wrong, cause=f"The results are right but in another order: return {names}.")
            return replace(wrong, part=i)
    return None


def _numbers(value: object) -> NDArray[Any] | None:
    """The value as an array of real numbers, or None if it is something else."""
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating, Fraction, Decimal)):
        array = np.asarray(value)
        return array if array.dtype.kind in "biuf" else np.asarray(as_float(value))
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return np.asarray(value)
    return None


def _fits_float(value: object) -> bool:
    """Whether a number keeps its size as a float: 10**400 does not."""
    size = as_float(value) if isinstance(value, (int, Fraction, Decimal, np.floating)) else 0.0
    return not math.isinf(size) or value == size


def equal(got: Any, expected: Any, of_one_type: bool = True) -> bool:
    """Whether two values are equal, entry by entry; nan equals nan, and what cannot be compared differs."""
    if of_one_type and type(got) is not type(expected):
        return False
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        return len(got) == len(expected) and all(map(equal, got, expected))
    if isinstance(expected, dict) and isinstance(got, dict):
        return got.keys() == expected.keys() and all(equal(got[key], expected[key]) for key in expected)
    try:
        alike = (got == expected) | ((got != got) & (expected != expected))
        return np.shape(got) == np.shape(expected) and bool(np.all(alike))
    except Exception:  # whatever an object of the student's raises when it is compared
        return False


def _missing(got: object) -> str | None:
    return "Is a return statement missing, or a return without a value?" if got is None else None


def _type(got: object, target: NDArray[Any]) -> Difference:
    cause = _missing(got)
    if isinstance(got, (list, tuple)) and target.ndim:
        cause = "The numbers may be right; turn them into an array with np.array(...)."
    elif callable(got):
        cause = "This looks like a function that was named but not called: the parentheses are missing."
    return Difference("the wrong type", _described(target), kind(got), cause)


def _shape(array: NDArray[Any], target: NDArray[Any], args: Mapping[str, object]) -> Difference | None:
    if array.shape == target.shape:
        return None
    cause = likely_cause(Observation(array.astype(float), target.astype(float), args))
    return Difference("a result of the wrong shape", _described(target), _described(array), cause)


def _described(value: NDArray[Any]) -> str:
    """Kind and numbers: ``an array of shape (2,), [1, 5]``."""
    start = f"{kind(value)}, "
    return start + shown(value, " " * (10 + len(start)))


def _both(target: NDArray[Any], got: NDArray[Any]) -> tuple[str, str]:
    """Show the numbers of the two as the lines of a message have room for them."""
    return shown(target, " " * 10), shown(got, " " * 10)


def _value(
    got: NDArray[Any], target: NDArray[Any], args: Mapping[str, object], tolerance: Tolerance
) -> Difference | None:
    whole = got.dtype.kind in "biu"
    cause: str | None
    with np.errstate(over="ignore"):  # of a number of more than 64 bits
        array, wanted = got.astype(float), target.astype(float)
    broken = np.isfinite(wanted) & ~np.isfinite(array)
    if broken.any():
        bad = "nan (not a number)" if np.isnan(array[broken]).any() else "infinite"
        cause = "Look for 0/0, an overflow, or inf - inf."
        return Difference(f"a result that is {bad}", *_both(target, got), cause)
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(array - wanted)
        allowed = tolerance.around(wanted)
        near = np.isfinite(wanted) & (apart <= allowed)  # all numbers are within a tolerance of infinity
        right = near | (array == wanted) | (np.isnan(array) & np.isnan(wanted))
    if right.all():
        return None
    shown_target, shown_got = _both(target, got)
    exact = target.dtype.kind in "biu"  # nobody asks how far an index may be off
    first_or_worst = ~right if exact else np.where(right, -1.0, apart)
    at = np.unravel_index(np.argmax(first_or_worst), array.shape)
    allowance = f" (tolerance {allowed[at]:.2g})" if np.isfinite(wanted[at]) and not exact else ""
    cause = likely_cause(Observation(array, wanted, args, whole, exact))
    if array.size == 1:
        return Difference("a wrong value", shown_target, shown_got + allowance.replace(" ", "   ", 1), cause)
    where = ", ".join(str(int(i)) for i in at)
    worst = (
        f"{int((~right).sum())} of {array.size} numbers wrong, the {'first' if exact else 'worst'} at [{where}]: "
        f"expected {number(wanted[at])}, got {number(array[at])}{allowance}"
    )
    return Difference("wrong values", shown_target, f"{shown_got}\n{worst}", cause)
