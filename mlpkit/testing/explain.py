"""The causes of an exception that stopped a student's function, and of an argument that it changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mlpkit.notebook.hints import hint
from mlpkit.testing.wording import INDENT, arguments, number, shown

__all__ = ["change_in_place", "explanation", "notes", "parameter_count"]

SHAPES = "The shapes do not fit: {shapes}. Write them under your formula: which product or sum do they forbid?"
WHOLE_NUMBER = (
    "An array stands where a whole number is needed, such as an axis or a length: "
    "np.max(p, q), for instance, takes q for an axis, np.maximum(p, q) compares p and q entry by entry."
)
ONE_NUMBER = "{words} one number; here is an array."
NO_PLACE = "The numbers do not fit into the place they are put into: {shapes}. Compare the shapes on both sides of =."
SINGULAR = "A matrix made of {shapes} has no inverse: its rows, or its columns, depend on each other."
OWN_NAME = (
    "The function gives this name a value only later, so Python takes it for a name of its own. Give it a value first; "
    "to change a variable of the function around it, name it after nonlocal."
)
# What the message contains, and what it means. The arguments of the call are added by their shapes.
MEANINGS = (
    ("mismatch in its core dimension", SHAPES),
    ("does not have enough dimensions", SHAPES),
    ("could not be broadcast", SHAPES),
    ("could not broadcast input array", NO_PLACE),
    ("Singular matrix", SINGULAR),
    ("not aligned", SHAPES),
    ("truth value of an array", ONE_NUMBER.format(words="if, and, or, not, min and max need")),
    ("converted to a scalar index", WHOLE_NUMBER),
    ("converted to Python scalars", ONE_NUMBER.format(words="float and int need")),
)


def notes(error: BaseException, call: str, args: Mapping[str, object]) -> list[str]:
    """Return lines to add to an exception: the meaning of its message, if that is known, and the call that raised it.

    Parameters
    ----------
    error : Exception
        What the student's function raised.
    call : str
        Name and parameters of the function.
    args : mapping of str to object
        The arguments of the call by name.

    Returns
    -------
    list of str
        The notes; none for an exercise that has no answer yet.
    """
    if isinstance(error, NotImplementedError):
        return []
    meaning = explanation(error, args)
    where = f"This happened in {call}" + (f" with\n{arguments(args)}" if args else "")
    return [meaning, where] if meaning else [where]


def explanation(error: BaseException, args: Mapping[str, object]) -> str | None:
    """Return the meaning of a message of Python or numpy, in a student's words.

    Parameters
    ----------
    error : Exception
        What the student's function raised.
    args : mapping of str to object
        The arguments of the call by name.

    Returns
    -------
    str or None
        What the message means, or None if that is not known.

    Examples
    --------
    >>> explanation(ValueError("matmul: … mismatch in its core dimension 0 …"), {"X": np.ones((1, 2)), "b": 0.5})
    'The shapes do not fit: X (1, 2). Write them under your formula: which product or sum do they forbid?'
    """
    if meaning := hint(error):
        return meaning
    if isinstance(error, UnboundLocalError):
        return OWN_NAME
    if not isinstance(error, (TypeError, ValueError)):
        return None
    shapes = ", ".join(f"{name} {value.shape}" for name, value in args.items() if isinstance(value, np.ndarray))
    meaning = next((text for fragment, text in MEANINGS if fragment in str(error)), None)
    if meaning is None or not shapes:
        return None
    return meaning.format(shapes=shapes)


def change_in_place(call: str, name: str, before: object, after: object) -> str:
    """Return the message for a function that changed one of its arguments.

    Parameters
    ----------
    call : str
        Name and parameters of the function.
    name : str
        Which argument.
    before, after : ndarray
        Its values.

    Returns
    -------
    str
        The message, with both values and, where they look alike, how far they are apart.
    """
    old, new = (shown(value, f"{INDENT}before: ") for value in (before, after))
    lines = [f"{call} changed its argument {name} in place.", f"{INDENT}before: {old}", f"{INDENT}after:  {new}"]
    if old == new:
        apart = number(float(np.max(np.abs(np.asarray(after, dtype=float) - np.asarray(before, dtype=float)))))
        lines.append(f"They differ by up to {apart}: what is added and subtracted again leaves a rounding error.")
    return "\n".join([*lines, f"The caller still needs {name}: work on a copy, {name}.copy()."])


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
