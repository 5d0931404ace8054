"""Layers: each has params, grads, forward and backward."""

from mlpkit.layers.activated import ActivatedLayer, ActivationLayer
from mlpkit.layers.base import Layer, Parameter
from mlpkit.layers.dense import Dense

__all__ = ["ActivatedLayer", "ActivationLayer", "Dense", "Layer", "Parameter"]
