"""How values are written in a message: short, rounded, the same in every run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["arguments", "as_float", "kind", "number", "shown"]

INDENT = "    "
_WIDTH = 88


def number(value: float | Fraction | Decimal) -> str:
    """Write a number with six significant digits.

    >>> number(5.500000001), number(-0.0), number(1 / 3), number(10**400)
    ('5.5', '0', '0.333333', '1.00000e+400')
    """
    size = as_float(value)
    if math.isinf(size) and isinstance(value, (int, Fraction, Decimal)) and abs(value) != math.inf:
        return f"{Decimal(int(value)):.6g}"  # too large for a float
    text = f"{size:.6g}"
    return "0" if text == "-0" else text


def as_float(value: Any) -> float:
    """Return a number as a float, infinite if it is too large for one.

    >>> as_float(Fraction(1, 4)), as_float(-(10**400)), as_float(Decimal("sNaN"))
    (0.25, -inf, nan)
    """
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    except ValueError:  # Decimal's signalling nan
        return math.nan


def _plain(value: object) -> str:
    return str(value)


_FORMATTER: Any = {"float_kind": number, "int_kind": _plain, "bool": _plain}


def shown(value: object, prefix: str = "") -> str:
    """Write any value without memory addresses and with its numbers rounded.

    Parameters
    ----------
    value : object
        Number, array, text, sequence, function, …
    prefix : str
        What stands before the value on its first line; further lines of an array are aligned with it.

    Returns
    -------
    str
        For example ``[1, 0.5, 1]``.
    """
    if isinstance(value, (bool, np.bool_)) or value is None:
        return str(value)
    if isinstance(value, (int, float, np.integer, np.floating, Fraction, Decimal)):
        return number(value)  # type: ignore[arg-type]  # numpy's numbers are formatted as Python's
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return np.array2string(
            value,
            separator=", ",
            threshold=40,
            edgeitems=3,
            max_line_width=_WIDTH,
            prefix=prefix,
            formatter=_FORMATTER,
        )
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, (tuple, list)):
        opening, closing = ("(", ")") if isinstance(value, tuple) else ("[", "]")
        return opening + ", ".join(shown(item) for item in value) + closing
    if name := getattr(value, "__name__", None):
        return str(name)
    try:
        text = repr(value)
    except Exception:  # a repr of the student's own
        text = " at 0x"
    # an activation writes LeakyReLU(epsilon=0.1), an object without a repr its address
    return text if " at 0x" not in text else f"{type(value).__name__}(…)"


def kind(value: object) -> str:
    """Name the kind of a value in a student's words.

    >>> kind(2.5), kind([1, 2]), kind(np.zeros((3, 1)))
    ('a single number', 'a list', 'an array of shape (3, 1)')
    """
    if value is None:
        return "None"
    if isinstance(value, (bool, np.bool_)):
        return "a truth value"
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return f"an array of shape {value.shape}" if value.ndim else "a single number"
    if isinstance(value, (int, float, np.number)):
        return "a complex number" if isinstance(value, np.complexfloating) else "a single number"
    if callable(value):
        return "a function"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} entries"
    name = {"str": "text", "dict": "dictionary", "complex": "complex number"}.get(
        type(value).__name__, type(value).__name__
    )
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def arguments(values: Mapping[str, object]) -> str:
    """List the arguments of a call, one on a line, arrays with their shapes.

    >>> print(arguments({"x": np.array([1.0, 2.0]), "b": 0.5}))
        x = [1, 2]   shape (2,)
        b = 0.5
    """
    lines = []
    for name, value in values.items():
        prefix = f"{INDENT}{name} = "
        shape = f"   shape {value.shape}" if isinstance(value, np.ndarray) else ""
        lines.append(f"{prefix}{shown(value, prefix)}{shape}")
    return "\n".join(lines)
