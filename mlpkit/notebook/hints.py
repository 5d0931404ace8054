"""What some messages of Python mean to somebody who is new to it."""

from __future__ import annotations

from collections.abc import Container

__all__ = ["first_cell", "hint"]

POWER = "In Python a power is written with **, as in x**2; the sign ^ is something else."
FIRST_CELL = "Has the first cell of this notebook been run since the kernel was started? Run it, then this one."


def hint(error: BaseException) -> str | None:
    """Return what a message means, if it is one of those that say little.

    Parameters
    ----------
    error : BaseException
        What was raised.

    Returns
    -------
    str or None
        A sentence.

    Examples
    --------
    >>> try:
    ...     1.5 ^ 2
    ... except TypeError as error:
    ...     hint(error)
    'In Python a power is written with **, as in x**2; the sign ^ is something else.'
    """
    said = str(error)
    if isinstance(error, TypeError) and ("for ^:" in said or "for ^=:" in said or "'bitwise_xor'" in said):
        return POWER
    return None


def first_cell(error: BaseException, defined: Container[str]) -> str | None:
    """Return a hint for a name that the first cell of a chapter would have defined.

    Parameters
    ----------
    error : BaseException
        What was raised.
    defined : container of str
        The names of the notebook.

    Returns
    -------
    str or None
        A sentence, if a name is missing and that cell has not been run.
    """
    return FIRST_CELL if isinstance(error, NameError) and "viz" not in defined else None
