"""Dropout: neurons that are silenced at random while the network learns."""

from __future__ import annotations

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.layers.base import Layer
from mlpkit.registry import as_floating

__all__ = ["Dropout"]


class Dropout(Layer):
    """Sets each input to zero with some probability in training, so that no neuron can rely on one other.

    ``Y = X M / (1 - rate)`` with a mask ``M`` of ones and zeros, new for each batch; so ``dX = dY M / (1 - rate)``. The
    division (inverted dropout) keeps the expected value, so that outside of training ``Y = X``.

    Parameters
    ----------
    rate : float, default 0.5
        The probability of being set to zero.
    rng : numpy.random.Generator or int, optional
        Draws the masks; without it they differ from run to run.

    Raises
    ------
    ValueError
        If `rate` is not at least 0 and below 1.

    References
    ----------
    N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.

    Examples
    --------
    >>> layer = Dropout(0.5, rng=0)
    >>> layer.forward(np.ones((1, 5)), training=True)
    array([[2., 2., 2., 0., 0.]])
    >>> layer.backward(np.ones((1, 5)))
    array([[2., 2., 2., 0., 0.]])
    >>> layer.forward(np.ones((1, 5)))
    array([[1., 1., 1., 1., 1.]])
    """

    def __init__(self, rate: float = 0.5, *, rng: np.random.Generator | int | None = None) -> None:
        super().__init__()
        if not 0 <= rate < 1:
            raise ValueError(f"Dropout expected a rate of at least 0 and below 1, got {rate}; 0.5 is usual")
        self.rate = float(rate)
        self.rng = np.random.default_rng(rng)
        self._mask: FloatArray | None = None

    def forward(self, X: ArrayLike, training: bool = False) -> FloatArray:
        """Return `X` with a part of its entries set to zero if `training`, else `X` as it is."""
        X = as_floating(X)
        self._mask = None
        if not training or not self.rate:
            return X
        kept = self.rng.random(X.shape, dtype=np.float32) >= self.rate
        self._mask = kept * X.dtype.type(1 / (1 - self.rate))
        return X * self._mask

    def backward(self, dY: ArrayLike, *, input_gradient: bool = True) -> FloatArray | None:
        """Return `dY` with the same entries set to zero; parameters as for `Layer.backward`."""
        dY = as_floating(dY)
        return dY if self._mask is None else dY * self._mask

    def __repr__(self) -> str:
        return f"Dropout({self.rate})"
