"""Gradient checks of activations, losses, layers and whole networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from mlpkit.activations import ACTIVATIONS, Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.gradcheck.differences import GradientCheck, Sides, gradient_check, no_sides
from mlpkit.layers.activated import ActivatedLayer
from mlpkit.layers.base import Layer
from mlpkit.layers.dropout import Dropout
from mlpkit.losses import LOSSES, Loss
from mlpkit.network import MLP
from mlpkit.registry import resolve

__all__ = ["check_activation", "check_layer", "check_loss", "check_network"]

T = TypeVar("T")


def check_activation(
    activation: Activation | str, z: ArrayLike, *, rng: np.random.Generator | int = 0
) -> GradientCheck:
    """Check `Activation.backward` on a random weighting of the outputs.

    Parameters
    ----------
    activation : Activation or str
        The activation, or its name.
    z : array_like of shape (batch, n)
        Where to check; the result speaks of the array ``"z"``.
    rng : numpy.random.Generator or int, default 0
        Draws the weighting.
    """
    activation = resolve(activation, ACTIVATIONS, Activation)
    z = np.array(z, dtype=np.float64)
    a = activation.forward(z)
    da = np.random.default_rng(rng).normal(size=a.shape)
    return gradient_check(
        lambda: da * activation.forward(z),
        {"z": z},
        {"z": activation.backward(da, z, a)},
        sides=lambda: _sides_of(activation, z),
    )


def check_loss(loss: Loss | str, predictions: ArrayLike, targets: ArrayLike) -> GradientCheck:
    """Check `Loss.backward`; the result is of the array ``"predictions"``, of shape (batch, n_out)."""
    loss = resolve(loss, LOSSES, Loss)
    predictions = np.array(predictions, dtype=np.float64)
    return gradient_check(
        lambda: loss.forward(predictions, targets),
        {"predictions": predictions},
        {"predictions": loss.backward(predictions, targets)},
    )


def check_layer(
    layer: Layer, X: ArrayLike, *, training: bool = False, rng: np.random.Generator | int = 0
) -> GradientCheck:
    """Check `Layer.backward` on a random weighting of the outputs, for the parameters and the inputs.

    Parameters
    ----------
    layer : Layer
        A layer of dtype float64; the result speaks of its parameters, by name, or of ``"X"``.
    X : array_like of shape (batch, n_in)
        The inputs.
    training : bool, default False
        Whether to check what the layer does in training; random numbers are then the same for every evaluation.
    rng : numpy.random.Generator or int, default 0
        Draws the weighting.
    """
    X = np.array(X, dtype=np.float64)
    replay = _replay([layer])
    Y = layer.forward(X, training)
    dY = np.random.default_rng(rng).normal(size=Y.shape)
    dX = layer.backward(dY)
    gradients = {name: gradient.copy() for name, gradient in layer.grads.items()}
    return gradient_check(
        lambda: dY * replay(lambda: layer.forward(X, training)),
        {**layer.params, "X": X},
        gradients if dX is None else {**gradients, "X": dX},
        sides=lambda: _sides(layer),
    )


def check_network(model: MLP, X: ArrayLike, y: ArrayLike, loss: Loss | str, *, training: bool = False) -> GradientCheck:
    """Check the gradients of a whole network.

    Parameters
    ----------
    model : MLP
        A network of dtype float64; the result speaks of parameters such as ``"layers[0].W"``.
    X, y : array_like of shape (batch, n_in) and (batch, n_out)
        Inputs and targets.
    loss : Loss or str
        The loss, or its name.
    training : bool, default False
        Whether to check what the network does in training; random numbers are then the same for every evaluation.
    """
    replay = _replay(model.layers)
    model.loss_and_gradients(X, y, loss, training=training)
    named = [(f"layers[{i}].{name}", layer, name) for i, layer in enumerate(model.layers) for name in layer.params]
    return gradient_check(
        lambda: replay(lambda: model.loss(X, y, loss, training=training)),
        {label: layer.params[name] for label, layer, name in named},
        {label: layer.grads[name].copy() for label, layer, name in named},
        sides=lambda: np.concatenate([_sides(layer) for layer in model.layers]),
    )


def _sides_of(activation: Activation, z: FloatArray) -> Sides:
    """Return for every kink and every pre-activation whether it lies above."""
    return np.array([z > kink for kink in activation.kinks])


def _sides(layer: Layer) -> Sides:
    return _sides_of(layer.activation, layer.Z).ravel() if isinstance(layer, ActivatedLayer) else no_sides()


def _replay(layers: Sequence[Layer]) -> Callable[[Callable[[], T]], T]:
    """Return a function that calls another with the random numbers that the layers are about to draw now."""
    generators = [layer.rng for layer in layers if isinstance(layer, Dropout)]
    states = [generator.bit_generator.state for generator in generators]

    def replayed(f: Callable[[], T]) -> T:
        for generator, state in zip(generators, states, strict=True):
            generator.bit_generator.state = state
        return f()

    return replayed
