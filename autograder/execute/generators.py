"""Random generators, which cross the wall by the name of their bit generator and its state."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.execute.codec import CodecError

BIT_GENERATORS = {
    kind.__name__: kind
    for kind in (np.random.MT19937, np.random.PCG64, np.random.PCG64DXSM, np.random.Philox, np.random.SFC64)
}
"""Loaded before the student's code runs, which may see to it that nothing can be loaded any more."""


def generator(name: str, state: dict[str, Any]) -> np.random.Generator:
    """Return a generator in the given state; raise `CodecError` for a bit generator that numpy does not have."""
    if name not in BIT_GENERATORS:
        raise CodecError(f"no bit generator {name}")
    bits: Any = BIT_GENERATORS[name]()
    bits.state = state
    return np.random.Generator(bits)
