"""Likely causes of a result of the wrong shape."""

from __future__ import annotations

import numpy as np

from mlpkit.testing.observation import Observation
from mlpkit.testing.signatures import Signature, register

__all__ = ["SHAPE_SIGNATURES"]

SHAPE_SIGNATURES: dict[str, Signature] = {}


@register(SHAPE_SIGNATURES, "transposed")
def _transposed(seen: Observation) -> str | None:
    if seen.got.ndim >= 2 and seen.is_(seen.expected.T):
        return "This looks like a transposed result: rows and columns have changed places."
    return None


@register(SHAPE_SIGNATURES, "column instead of vector")
def _column(seen: Observation) -> str | None:
    if seen.got.size == seen.expected.size and np.allclose(seen.got.ravel(), seen.expected.ravel()):
        if seen.expected.ndim == 0:
            return "Here the right number arrived in an array: a single number was asked for, not an array of one."
        if seen.got.ndim == 0:
            return "Here the right number arrived alone: an array with one entry was asked for."
        return (
            f"This looks like the right numbers in the wrong shape: {seen.got.shape} instead of "
            f"{seen.expected.shape}. {_other_axes(seen.got.shape, seen.expected.shape)}"
        )
    return None


def _other_axes(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Return the cure for an axis of length 1 that is too many or missing, or else where to look."""
    if (axis := _axis_between(expected, got)) is not None:
        return f"One axis is too many: an index takes its axis away, as in A[{':, ' * axis}0]."
    if (axis := _axis_between(got, expected)) is not None:
        return f"An axis of length 1 is missing: A[{':, ' * axis}None] has it."
    return "See reshape, or the shapes of the arguments."


def _axis_between(less: tuple[int, ...], more: tuple[int, ...]) -> int | None:
    """The last axis of length 1 without which `more` is `less`."""
    fitting = (i for i in reversed(range(len(more))) if more[i] == 1 and more[:i] + more[i + 1 :] == less)
    return next(fitting, None)


@register(SHAPE_SIGNATURES, "not summed")
def _not_summed(seen: Observation) -> str | None:
    for axis in range(seen.got.ndim):
        total = seen.got.sum(axis=axis)
        if total.shape == seen.expected.shape and np.allclose(total, seen.expected):
            return "This looks like single terms: their sum is what was expected."
    return None


@register(SHAPE_SIGNATURES, "summed too much")
def _summed_too_much(seen: Observation) -> str | None:
    axes = (None, *range(seen.expected.ndim)) if seen.expected.size else ()
    if any(seen.is_(take(seen.expected, axis=axis)) for axis in axes for take in (np.sum, np.mean, np.max)):
        return "Here the result is the sum, the mean or the largest of the numbers expected: is an axis lost?"
    return None


@register(SHAPE_SIGNATURES, "broadcast to a square")
def _square(seen: Observation) -> str | None:
    square = seen.expected.ndim == 1 and seen.got.shape == 2 * seen.expected.shape
    if square and np.allclose(np.diagonal(seen.got), seen.expected):
        return "This looks like a column (n, 1) that met a vector (n,): broadcasting makes all pairs, (n, n)."
    return None
