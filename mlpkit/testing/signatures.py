"""A registry of signatures: what looks at a wrong result and names its likely cause, or says nothing."""

from __future__ import annotations

from collections.abc import Callable

from mlpkit.testing.observation import Observation

__all__ = ["Signature", "register"]

Signature = Callable[[Observation], str | None]


def register(registry: dict[str, Signature], name: str) -> Callable[[Signature], Signature]:
    """Enter the function that follows under its name; signatures are asked in the order in which they are entered.

    Parameters
    ----------
    registry : dict of str to callable
        Where to enter it.
    name : str
        What the signature recognises, in a few words.

    Returns
    -------
    callable
        A decorator that hands the function back.
    """

    def add(signature: Signature) -> Signature:
        registry[name] = signature
        return signature

    return add
