"""Gradient clipping: an upper limit for the step that one unlucky batch can cause."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.registry import CheckedFormula, Range

__all__ = ["ClipNorm", "ClipValue", "Clipping"]


class Clipping(CheckedFormula, ABC):
    """A limit on gradients, applied to those of a whole network before the optimizers see them.

    Parameters
    ----------
    limit : float, default 1.0
        The limit.

    Raises
    ------
    ValueError
        If `limit` is not a positive finite number.
    """

    ranges: ClassVar = {"limit": Range(positive=True, advice="leave the clipping out to have none")}

    def __init__(self, limit: float = 1.0) -> None:
        self.limit = limit

    @abstractmethod
    def clip(self, gradients: FloatArray) -> None:
        """Change a gradient vector in place so that it keeps the limit."""


class ClipNorm(Clipping):
    """Shortens a gradient that is longer than the limit, without turning it.

    ``g = g limit / |g|`` if ``|g| > limit``, with the Euclidean length of all gradients of the network together.

    References
    ----------
    R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural networks", 2013.

    Examples
    --------
    >>> g = np.array([3.0, -4.0])
    >>> ClipNorm(1.0).clip(g)
    >>> g
    array([ 0.6, -0.8])
    """

    def clip(self, gradients: FloatArray) -> None:
        """Shorten the vector to `limit`; one that is infinite or nan stays as it is, for others to notice."""
        length = math.sqrt(np.vdot(gradients, gradients))
        numbers = np.finfo(gradients.dtype)
        if math.sqrt(numbers.tiny / numbers.eps) < length < math.inf and self.limit / length > numbers.tiny:
            if length > self.limit:
                gradients *= self.limit / length
            return
        scale = float(np.max(np.abs(gradients), initial=0.0))  # the squares overflow or vanish: as in BLAS's nrm2
        if 0 < scale < math.inf:
            scaled = gradients / scale
            length = math.sqrt(np.vdot(scaled, scaled))
            if length * scale > self.limit:
                np.multiply(scaled, self.limit / length, out=gradients)


class ClipValue(Clipping):
    """Cuts every entry of a gradient off at plus and minus the limit.

    ``g = min(max(g, -limit), limit)``; this may turn the gradient.

    References
    ----------
    T. Mikolov, "Statistical language models based on neural networks", 2012.

    Examples
    --------
    >>> g = np.array([3.0, -4.0, 0.5])
    >>> ClipValue(1.0).clip(g)
    >>> g
    array([ 1. , -1. ,  0.5])
    """

    def clip(self, gradients: FloatArray) -> None:
        """Cut the entries off."""
        limit = min(self.limit, float(np.finfo(gradients.dtype).max))
        np.clip(gradients, -limit, limit, out=gradients)
