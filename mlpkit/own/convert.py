"""A network of one's own library as one of mlpkit, which can be written to a file."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlpkit.layers import BatchNorm, Dense, Dropout, Layer, Residual
from mlpkit.network import MLP

__all__ = ["to_model"]


def to_model(network: Any) -> MLP:
    """Return an `mlpkit.MLP` that computes what a network of one's own computes, with softmax at the end.

    Parameters
    ----------
    network : Classifier
        A network of the layers of `Library`, such as ``my.DeepClassifier``.

    Raises
    ------
    ValueError
        If a layer is of another kind than those of `Library`, or the last is not ``Dense``.
    """
    layers = [_converted(layer) for layer in network.layers]
    if not isinstance(layers[-1], Dense):
        raise ValueError(f"to_model expected a dense layer at the end, got {type(network.layers[-1]).__name__}")
    layers[-1].activation = "softmax"
    return MLP(layers)


def _converted(own: Any) -> Layer:
    kind = type(own).__name__
    if kind == "Dense":
        return _dense(own.W, own.b, own.activation)
    if kind == "Residual":
        h = own.W1.shape[1]
        return Residual([_dense(own.W1, np.zeros(h), "relu"), _dense(own.W2, np.zeros(len(own.W1)), "identity")])
    if kind == "BatchNorm":
        layer = BatchNorm(len(own.gamma))
        layer.gamma, layer.beta = own.gamma, own.beta
        layer.buffers["running_mean"][...], layer.buffers["running_var"][...] = own.mean, own.variance
        return layer
    if kind == "Dropout":
        return Dropout(own.rate)
    raise ValueError(f"to_model expected layers of the kinds Dense, Residual, BatchNorm and Dropout, got {kind}")


def _dense(W: Any, b: Any, activation: str) -> Dense:
    layer = Dense(W.shape[0], W.shape[1], activation)
    layer.W, layer.b = W, b
    return layer
