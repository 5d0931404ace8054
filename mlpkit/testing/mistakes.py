"""Named wrong answers, from the instructor cell after an exercise."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

__all__ = ["mistake"]


class _Unanswered:
    """Stand-in for a function that has only wrong answers so far."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *args: object, **kwargs: object) -> None:
        raise NameError(f"{self.name} is not defined yet: run the cell with its answer first")

    def __repr__(self) -> str:
        return f"<no answer for {self.name} yet>"


def mistake(name: str, hint: str) -> Callable[[Callable[..., Any]], Any]:
    """Mark a function or a class as a wrong answer that students really give.

    A grader reads the name, the hint and the definition from the text of the cell. Running the cell must
    not replace the right answer, although ``def`` binds the same name: the decorator therefore hands back
    whatever the name was bound to before.

    Parameters
    ----------
    name : str
        Short and unique within the exercise: ``"forgot the bias"``.
    hint : str
        One or two sentences for the student who made this mistake. It points at the error and leaves
        the answer to be found.

    Returns
    -------
    callable
        A decorator for the wrong function or class.

    Raises
    ------
    ValueError
        If the name or the hint is empty.

    Examples
    --------
    >>> def half(x):
    ...     return x / 2
    >>> @mistake("doubled", "Is your result larger or smaller than x?")
    ... def half(x):
    ...     return 2 * x
    >>> half(6)
    3.0
    """
    for what, text in (("name", name), ("hint", hint)):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"a mistake needs a {what}, a string with at least one letter; got {text!r}")

    namespace = sys._getframe(1).f_globals  # of the cell; a class, unlike a function, does not know its own

    def keep_former_binding(wrong: Callable[..., Any]) -> Any:
        return namespace.get(wrong.__name__, _Unanswered(wrong.__name__))

    return keep_former_binding
