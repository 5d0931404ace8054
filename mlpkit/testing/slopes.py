"""Slopes measured by central differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["slopes"]


def slopes(f: Callable[[Any], float], z: Any, h: float) -> Any:
    """Central differences of ``f`` in every entry of ``z``, as an array of its shape."""
    found = np.empty_like(z)
    for i in np.ndindex(z.shape):
        up, down = z.copy(), z.copy()
        up[i] += h
        down[i] -= h
        found[i] = (f(up) - f(down)) / (2 * h)
    return found
