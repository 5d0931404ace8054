"""The error that ends a training run whose numbers are not finite, and the search for their origin."""

from __future__ import annotations

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.stack import LayerStack

__all__ = ["DivergenceError", "first_non_finite"]


class DivergenceError(ArithmeticError):
    """The loss is infinite or nan: training has left the numbers that the dtype can hold."""


def first_non_finite(model: LayerStack, X: FloatArray) -> str:
    """Find the first infinite or nan values of a network, from the inputs upwards.

    Parameters
    ----------
    model : MLP
        The network.
    X : ndarray of shape (batch, n_in)
        The inputs at which the loss was not finite.

    Returns
    -------
    str
        Such as ``"the outputs of layer 2, Dense(4, 1, activation=Sigmoid()), are not finite"``.

    Examples
    --------
    >>> from mlpkit import MLP, Dense
    >>> model = MLP([Dense(2, 3), Dense(3, 1)])
    >>> model.layers[1].W[0] = np.nan
    >>> first_non_finite(model, np.ones((1, 2), np.float32))
    'the parameter W of layer 2, Dense(3, 1, activation=Sigmoid()), is not finite'
    """
    if not np.isfinite(X).all():
        return "the inputs of the batch are not finite: clean the data"
    with np.errstate(all="ignore"):
        for number, layer in enumerate(model.layers, start=1):
            for name, values in layer.params.items():
                if not np.isfinite(values).all():
                    return f"the parameter {name} of layer {number}, {layer}, is not finite"
            X = layer.forward(X)
            if not np.isfinite(X).all():
                return f"the outputs of layer {number}, {layer}, are not finite"
    return f"the outputs of the last layer, number {len(model.layers)}, {model.layers[-1]}, are too large for the loss"
