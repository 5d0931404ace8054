"""Layers: each has params, grads, forward and backward."""

from mlpkit.layers.activated import ActivatedLayer, ActivationLayer
from mlpkit.layers.base import Layer, Parameter
from mlpkit.layers.dense import Dense
from mlpkit.layers.dropout import Dropout
from mlpkit.layers.normalization import BatchNorm, LayerNorm, Normalization
from mlpkit.layers.residual import Residual
from mlpkit.layers.weight_norm import WeightNormDense

__all__ = [
    "ActivatedLayer",
    "ActivationLayer",
    "BatchNorm",
    "Dense",
    "Dropout",
    "Layer",
    "LayerNorm",
    "Normalization",
    "Parameter",
    "Residual",
    "WeightNormDense",
]
