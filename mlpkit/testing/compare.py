"""Compare what a function returned with what was expected, and put the difference into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpkit.testing.diagnosis import likely_cause
from mlpkit.testing.observation import Observation
from mlpkit.testing.wording import kind, number, shown

__all__ = ["Difference", "Tolerance", "difference"]


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
    target = _numbers(expected)
    if target is None:
        same = type(got) is type(expected) and got == expected
        return None if same else Difference("a wrong value", shown(expected), f"{shown(got)}, {kind(got)}")
    return _type(got, target) or _shape(got, target, args) or _value(got, target, args, tolerance)


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
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)):
        return np.asarray(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return np.asarray(value)
    return None


def _missing(got: object) -> str | None:
    return "Is a return statement missing, or a return without a value?" if got is None else None


def _type(got: object, target: NDArray[Any]) -> Difference | None:
    if _numbers(got) is not None:
        return None
    cause = _missing(got)
    if isinstance(got, (list, tuple)) and target.ndim:
        cause = "The numbers may be right; turn them into an array with np.array(...)."
    elif callable(got):
        cause = "This looks like a function that was named but not called: the parentheses are missing."
    return Difference("the wrong type", _described(target), kind(got), cause)


def _shape(got: object, target: NDArray[Any], args: Mapping[str, object]) -> Difference | None:
    array = np.asarray(got)
    if array.shape == target.shape:
        return None
    cause = likely_cause(Observation(array.astype(float), target.astype(float), args))
    return Difference("a result of the wrong shape", _described(target), _described(array), cause)


def _described(value: NDArray[Any]) -> str:
    """Kind and numbers: ``an array of shape (2,), [1, 5]``."""
    start = f"{kind(value)}, "
    return start + shown(value, " " * (10 + len(start)))


def _value(got: object, target: NDArray[Any], args: Mapping[str, object], tolerance: Tolerance) -> Difference | None:
    whole = np.asarray(got).dtype.kind in "biu"
    cause: str | None
    array, wanted = np.asarray(got).astype(float), target.astype(float)
    shown_target, shown_got = shown(target, " " * 10), shown(np.asarray(got), " " * 10)
    if not np.isfinite(array).all() and np.isfinite(wanted).all():
        bad = "nan (not a number)" if np.isnan(array).any() else "infinite"
        cause = "Look for 0/0, an overflow, or inf - inf."
        return Difference(f"a result that is {bad}", shown_target, shown_got, cause)
    with np.errstate(invalid="ignore"):
        apart = np.abs(array - wanted)
        allowed = tolerance.around(wanted)
        right = (apart <= allowed) | (array == wanted)
    if right.all():
        return None
    exact = target.dtype.kind in "biu"  # nobody asks how far an index may be off
    first_or_worst = ~right if exact else np.where(right, -1.0, apart)
    at = np.unravel_index(np.argmax(first_or_worst), array.shape)
    allowance = "" if exact else f" (tolerance {allowed[at]:.2g})"
    cause = likely_cause(Observation(array, wanted, args, whole, exact))
    if array.size == 1:
        return Difference("a wrong value", shown_target, shown_got + allowance.replace(" ", "   ", 1), cause)
    where = ", ".join(str(int(i)) for i in at)
    worst = (
        f"{int((~right).sum())} of {array.size} numbers wrong, the {'first' if exact else 'worst'} at [{where}]: "
        f"expected {number(wanted[at])}, got {number(array[at])}{allowance}"
    )
    return Difference("wrong values", shown_target, f"{shown_got}\n{worst}", cause)
