"""What lies behind an exception that stopped a student's function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["explanation", "parameter_count"]

SHAPES = "The shapes do not fit: {shapes}. Write them under your formula: which product or sum do they forbid?"
WHOLE_NUMBER = (
    "An array stands where a whole number is needed, such as an axis or a length: "
    "np.max(p, q), for instance, takes q for an axis, np.maximum(p, q) compares p and q entry by entry."
)
ONE_NUMBER = "{words} one number; here is an array."
# What numpy's message contains, and what it means. The arguments of the call are added by their shapes.
MEANINGS = (
    ("mismatch in its core dimension", SHAPES),
    ("does not have enough dimensions", SHAPES),
    ("could not be broadcast", SHAPES),
    ("not aligned", SHAPES),
    ("truth value of an array", ONE_NUMBER.format(words="if, and, or, not, min and max need")),
    ("converted to a scalar index", WHOLE_NUMBER),
    ("converted to Python scalars", ONE_NUMBER.format(words="float and int need")),
)


def explanation(error: Exception, args: Mapping[str, object]) -> str | None:
    """Say in a student's words what numpy's message means.

    Parameters
    ----------
    error : Exception
        What the student's function raised.
    args : mapping of str to object
        The arguments of the call by name.

    Returns
    -------
    str or None
        A note for the exception, or None if there is nothing to add.

    Examples
    --------
    >>> explanation(ValueError("matmul: … mismatch in its core dimension 0 …"), {"X": np.ones((1, 2)), "b": 0.5})
    'The shapes do not fit: X (1, 2). Write them under your formula: which product or sum do they forbid?'
    """
    if not isinstance(error, (TypeError, ValueError)):
        return None
    shapes = ", ".join(f"{name} {value.shape}" for name, value in args.items() if isinstance(value, np.ndarray))
    meaning = next((text for fragment, text in MEANINGS if fragment in str(error)), None)
    if meaning is None or not shapes:
        return None
    return meaning.format(shapes=shapes)


def parameter_count(function: Callable[..., Any], asked: int) -> int | None:
    """How many arguments a function takes, if it cannot take as many as it is asked to.

    Parameters
    ----------
    function : callable
        The student's function.
    asked : int
        With how many arguments, by position, it is called.

    Returns
    -------
    int or None
        None if the call fits, or if Python cannot tell.

    Examples
    --------
    >>> parameter_count(lambda x, w: x, 3), parameter_count(lambda x, w, b=0: x, 2)
    (2, None)
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some built-in functions have none
        return None
    try:
        signature.bind(*range(asked))
    except TypeError:
        by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        count = sum(p.kind in by_position for p in signature.parameters.values())
        return count if count != asked else None
    return None
