"""What a wrong result has in common with the expected one: a small registry of recognisable mistakes.

Each entry compares the numbers that arrived with the numbers that were expected. Many different errors can leave the
same trace. So a sentence that begins with "Here" says what is true of the numbers of this call and of no other; a
cause, where one is likely, is asked for. One that begins with "This looks like" is true of the answer for other
numbers as well.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from mlpkit.testing.observation import Observation
from mlpkit.testing.shapes import SHAPE_SIGNATURES
from mlpkit.testing.signatures import Signature, register
from mlpkit.testing.wording import number

__all__ = ["VALUE_SIGNATURES", "likely_cause"]

VALUE_SIGNATURES: dict[str, Signature] = {}


def likely_cause(seen: Observation) -> str | None:
    """Say what a wrong result looks like.

    Parameters
    ----------
    seen : Observation
        The result, what was expected, and the arguments.

    Returns
    -------
    str or None
        A sentence, or None when nothing is recognised. The registries are asked in order; the most
        specific signatures stand first.
    """
    registry = VALUE_SIGNATURES if seen.got.shape == seen.expected.shape else SHAPE_SIGNATURES
    if (
        seen.exact and seen.expected.ndim == 0
    ):  # "index 3 instead of 1" is no factor 3, and 0 instead of 1 can have any reason
        return None
    if seen.is_(seen.expected):  # so nearly right that it is, as nearly, many other things as well
        return None
    with np.errstate(all="ignore"):
        return next((text for ask in registry.values() if (text := ask(seen))), None)


@register(VALUE_SIGNATURES, "argument returned unchanged")
def _unchanged(seen: Observation) -> str | None:
    for name, value in seen.arrays():
        if seen.got.size > 1 and seen.is_(value):
            return f"Here the result is the argument {name}, number for number."
    return None


@register(VALUE_SIGNATURES, "function not applied")
def _not_applied(seen: Observation) -> str | None:
    for name, function in seen.functions() if seen.got.size > 1 else ():
        try:
            applied = np.asarray(function(seen.got.copy()), dtype=float)
        except Exception:  # it takes something else, so it was not left out here
            continue
        if applied.shape == seen.expected.shape and np.allclose(applied, seen.expected, rtol=1e-6, atol=1e-10):
            return f"This looks like the numbers before {name} was applied to them."
    return None


@register(VALUE_SIGNATURES, "one array in every row")
def _same_row(seen: Observation) -> str | None:
    if not seen.tells() or seen.got.ndim != 2 or len(seen.got) < 3 or (seen.expected == seen.expected[0]).all():
        return None
    if (seen.got == seen.got[0]).all() and np.allclose(seen.got[-1], seen.expected[-1]):
        return (
            "This looks like the last row in all rows: does a list hold one array several times? "
            "p -= q changes the array that is already in the list; p = p - q makes a new one."
        )
    return None


@register(VALUE_SIGNATURES, "sign flipped")
def _sign(seen: Observation) -> str | None:
    if seen.tells() and seen.is_(-seen.expected):
        return "Here the result is the negative of what was expected."
    return None


@register(VALUE_SIGNATURES, "sign lost")
def _absolute(seen: Observation) -> str | None:
    if seen.tells() and seen.is_(np.abs(seen.expected)):
        return "Here the sizes are right and the signs are lost."
    return None


@register(VALUE_SIGNATURES, "times an argument")
def _times_argument(seen: Observation) -> str | None:
    for name, value in seen.scalars() if seen.tells() else ():
        if abs(value) in (0.5, 1, 2):  # a factor two has many reasons
            continue
        if seen.is_(value**2 * seen.expected):
            return (
                f"Here the result is {name} squared times what was expected: is {name} a factor that should divide? "
                f"a / 2 * {name} is the same as a * {name} / 2."
            )
        if seen.is_(value * seen.expected):
            return f"Here the result is {name} times what was expected."
    return None


@register(VALUE_SIGNATURES, "factor two")
def _factor(seen: Observation) -> str | None:
    for times, words in ((2, "twice"), (1 / 2, "half of")):
        if seen.tells() and seen.is_(times * seen.expected):
            return f"Here the result is {words} what was expected."
    return None


@register(VALUE_SIGNATURES, "decimals cut off")
def _truncated(seen: Observation) -> str | None:
    # One rounded number proves little: ask for several, fewer where the result is stored as integers.
    cut_off = np.count_nonzero(seen.expected % 1)
    if not (seen.got.any() and cut_off > (0 if seen.whole and seen.got.size > 1 else 2)):
        return None
    if seen.is_(np.trunc(seen.expected)) or seen.is_(np.floor(seen.expected)):
        return "This looks like a result without its decimals: does an integer array or // cut them off?"
    return None


@register(VALUE_SIGNATURES, "off by an argument")
def _off_by_argument(seen: Observation) -> str | None:
    for name, value in seen.scalars() if seen.tells() else ():
        if any(seen.is_(seen.expected + times * value) for times in (-1, 1)):
            return f"Here the result is off by {name}: the difference is {number(abs(value))}."
        if any(seen.is_(seen.expected + times * value) for times in (-2, 2)):
            return f"Here the result is off by twice {name}: has {name} the right sign?"
    return None


@register(VALUE_SIGNATURES, "sum instead of mean")
def _sum_for_mean(seen: Observation) -> str | None:
    for n in seen.counts() if seen.tells() else ():
        if n > 2 and seen.is_(n * seen.expected):
            return f"Here the result is {n} times what was expected, and {n} is a length: is a sum taken, not a mean?"
        if n > 2 and seen.is_(seen.expected / n):
            return f"Here the result is 1/{n} of what was expected, and {n} is a length: is it divided once too often?"
    return None


@register(VALUE_SIGNATURES, "zero and one exchanged")
def _exchanged(seen: Observation) -> str | None:
    if seen.got.size == 1 or not seen.is_(1 - seen.expected):
        return None
    if np.isin(seen.expected, (0.0, 1.0)).all():
        return "Here 0 and 1 are exchanged."
    return "Here the result is 1 minus what was expected: is a sign wrong, or are two cases exchanged?"


@register(VALUE_SIGNATURES, "off by a constant")
def _off_by_constant(seen: Observation) -> str | None:
    difference = (seen.got - seen.expected).ravel()
    if seen.tells() and np.allclose(difference, difference[0], rtol=1e-6, atol=1e-12):
        return f"Here all numbers are off by {number(abs(difference[0]))}."
    return None


@register(VALUE_SIGNATURES, "root or square")
def _root(seen: Observation) -> str | None:
    if not seen.tells():
        return None
    if seen.is_(seen.expected**2):
        return "This looks like the square of what was expected."
    if seen.is_(np.sqrt(seen.expected)):
        return "This looks like the square root of what was expected."
    return None


@register(VALUE_SIGNATURES, "inverted")
def _inverted(seen: Observation) -> str | None:
    if seen.tells() and (seen.expected != 0).all() and (seen.is_(1 / seen.expected) or seen.is_(-1 / seen.expected)):
        return "Here each number is 1 over the expected one, up to its sign."
    return None


@register(VALUE_SIGNATURES, "transposed square")
def _transposed_square(seen: Observation) -> str | None:
    if seen.got.ndim == 2 and seen.is_(seen.expected.T):
        return "This looks like a transposed result: rows and columns have changed places."
    return None


@register(VALUE_SIGNATURES, "factors exchanged")
def _factors(seen: Observation) -> str | None:
    matrices = [a for _, a in seen.arrays() if a.ndim == 2 and a.shape[0] == a.shape[1]]
    for p, q in permutations(matrices, 2):
        if p.shape == q.shape == seen.expected.shape and seen.is_(q @ p) and np.allclose(p @ q, seen.expected):
            return "This looks like a product in the other order: the factors of a matrix product cannot be exchanged."
    return None


@register(VALUE_SIGNATURES, "other order")
def _order(seen: Observation) -> str | None:
    got, expected = np.sort(seen.got, axis=None), np.sort(seen.expected, axis=None)
    if np.unique(expected).size > 2 and np.allclose(got, expected):
        return "This looks like the right numbers in another order."
    return None


@register(VALUE_SIGNATURES, "always the same")
def _constant(seen: Observation) -> str | None:
    if seen.exact or np.isin(seen.expected, (0.0, 1.0)).all():
        return None  # equal indices, or zeros alone, have many reasons
    if seen.got.size > 2 and seen.got.any() and np.ptp(seen.got) == 0 and np.ptp(seen.expected) > 0:
        return f"Here all numbers that arrived are the same, {number(seen.got.flat[0])}."
    return None


@register(VALUE_SIGNATURES, "proportional")
def _proportional(seen: Observation) -> str | None:
    if seen.tells(3) and (seen.expected != 0).all():
        ratio = (seen.got / seen.expected).ravel()
        if ratio[0] != 0 and np.allclose(ratio, ratio[0], rtol=1e-6, atol=0):
            return f"Here every number is {number(ratio[0])} times the expected one."
    return None
