"""A copy to try things on, which computes the same every time."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np

from mlpkit.layers.base import Layer

__all__ = ["twin_of"]

T = TypeVar("T")


def twin_of(thing: T) -> tuple[T, Callable[[], None]]:
    """Return a deep copy of a network, layer or formula, and a function that puts its state back.

    Central differences compare evaluations, which must differ in the varied entry alone. So all that an evaluation may
    change besides, and the next one may depend on, is put back before each: generators of random numbers, arrays such
    as running averages, counters and other attributes. Parameters and gradients are not.

    Parameters
    ----------
    thing : MLP, Layer or formula
        What to copy; it stays as it is, to the bit.

    Returns
    -------
    twin : MLP, Layer or formula
        The copy.
    put_back : callable
        Puts the state of the copy back.

    Examples
    --------
    >>> from mlpkit.layers import Dropout
    >>> twin, put_back = twin_of(Dropout(0.5, rng=0))
    >>> for _ in range(2):
    ...     put_back()
    ...     twin.forward(np.ones((1, 5)), training=True)
    array([[2., 2., 2., 0., 0.]])
    array([[2., 2., 2., 0., 0.]])
    """
    memo: dict[int, Any] = {}
    twin = copy.deepcopy(thing, memo)
    layers = [twin] if isinstance(twin, Layer) else getattr(twin, "layers", ())
    learned = {id(array) for layer in layers for named in (layer.params, layer.grads) for array in named.values()}
    undo: list[Callable[[], object]] = []
    for part in list(memo.values()):  # all that the copy consists of
        if isinstance(part, np.random.Generator):
            undo.append(partial(setattr, part.bit_generator, "state", part.bit_generator.state))
        elif isinstance(part, np.random.RandomState):
            undo.append(partial(part.set_state, part.get_state(legacy=False)))
        elif isinstance(part, np.ndarray) and id(part) not in learned and part.flags.writeable:
            undo.append(partial(np.copyto, part, part.copy()))
        elif type(part) in (dict, set, list):
            undo.append(partial(_refill, part, copy.copy(part)))
        elif hasattr(part, "__dict__"):
            undo.append(partial(_refill, vars(part), vars(part).copy()))

    def put_back() -> None:
        for act in undo:
            act()

    return twin, put_back


def _refill(container: Any, contents: Any) -> None:
    container.clear()
    if isinstance(container, list):
        container.extend(contents)
    else:
        container.update(contents)
