"""Gradient checks of activations, losses, layers and whole networks, all made on copies of what they check."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from mlpkit.activations import ACTIVATIONS, Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.gradcheck.differences import GradientCheck, Sides, gradient_check, no_sides
from mlpkit.gradcheck.twin import twin_of
from mlpkit.layers.activated import ActivatedLayer
from mlpkit.layers.base import Layer, leaves
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
    twin, put_back = twin_of(resolve(activation, ACTIVATIONS, Activation))
    z = np.array(z, dtype=np.float64)
    a = twin.forward(z)
    da = np.random.default_rng(rng).normal(size=a.shape)
    dz = twin.backward(da, z, a)
    return gradient_check(
        _replayed(put_back, lambda: da * twin.forward(z)), {"z": z}, {"z": dz}, sides=lambda: _sides_of(twin, z)
    )


def check_loss(loss: Loss | str, predictions: ArrayLike, targets: ArrayLike) -> GradientCheck:
    """Check `Loss.backward`; the result is of the array ``"predictions"``, of shape (batch, n_out)."""
    twin, put_back = twin_of(resolve(loss, LOSSES, Loss))
    predictions = np.array(predictions, dtype=np.float64)
    twin.forward(predictions, targets)
    return gradient_check(
        _replayed(put_back, lambda: twin.forward(predictions, targets)),
        {"predictions": predictions},
        {"predictions": twin.backward(predictions, targets)},
    )


def check_layer(
    layer: Layer, X: ArrayLike, *, training: bool = False, rng: np.random.Generator | int = 0
) -> GradientCheck:
    """Check `Layer.backward` on a random weighting of the outputs, for the parameters and the inputs.

    Parameters
    ----------
    layer : Layer
        A layer of dtype float64; the result speaks of its parameters, by name, or of ``"X"``. It stays as it is, its
        running averages and generators included.
    X : array_like of shape (batch, n_in)
        The inputs.
    training : bool, default False
        Whether to check what the layer does in training; random numbers are then the same for every evaluation.
    rng : numpy.random.Generator or int, default 0
        Draws the weighting.

    Raises
    ------
    ValueError
        If the layer puts its gradients elsewhere than into the arrays of `grads`.
    """
    X = np.array(X, dtype=np.float64)
    twin, put_back = twin_of(layer)
    params, grads = dict(twin.params), dict(twin.grads)
    Y = twin.forward(X, training)
    dY = np.random.default_rng(rng).normal(size=Y.shape)
    dX = twin.backward(dY)
    _check_kept(twin, params, grads)
    inputs, gradients = ({}, {}) if dX is None else ({"X": X}, {"X": dX})
    return gradient_check(
        _replayed(put_back, lambda: dY * twin.forward(X, training)),
        {**params, **inputs},
        {**grads, **gradients},
        sides=lambda: _sides(twin),
    )


def check_network(model: MLP, X: ArrayLike, y: ArrayLike, loss: Loss | str, *, training: bool = False) -> GradientCheck:
    """Check the gradients of a whole network.

    Parameters
    ----------
    model : MLP
        A network of dtype float64; the result speaks of parameters such as ``"layers[0].W"``. It stays as it is.
        Frozen layers, which have no gradient, are left out.
    X, y : array_like of shape (batch, n_in) and (batch, n_out)
        Inputs and targets.
    loss : Loss or str
        The loss, or its name.
    training : bool, default False
        Whether to check what the network does in training; random numbers are then the same for every evaluation.

    Raises
    ------
    ValueError
        If a layer puts its gradients elsewhere than into the arrays of `grads`.
    """
    twin, put_back = twin_of(model)
    frozen = {id(values) for leaf in leaves(twin.layers) if not leaf.trainable for values in leaf.params.values()}
    kept = [(layer, dict(layer.params), dict(layer.grads)) for layer in twin.layers]
    twin.loss_and_gradients(X, y, loss, training=training)
    for layer, params, grads in kept:
        _check_kept(layer, params, grads)
    learning = {
        f"layers[{i}].{name}": (values, layer.grads[name].copy())
        for i, layer in enumerate(twin.layers)
        for name, values in layer.params.items()
        if id(values) not in frozen
    }
    return gradient_check(
        _replayed(put_back, lambda: twin.loss(X, y, loss, training=training)),
        {label: values for label, (values, _) in learning.items()},
        {label: gradient for label, (_, gradient) in learning.items()},
        sides=lambda: np.concatenate([_sides(layer) for layer in twin.layers]),
    )


def _sides_of(activation: Activation, z: FloatArray) -> Sides:
    """Return for every kink and every pre-activation whether it lies above."""
    return np.array([z > kink for kink in activation.kinks])


def _sides(layer: Layer) -> Sides:
    sides = [_sides_of(leaf.activation, leaf.Z).ravel() for leaf in leaves([layer]) if isinstance(leaf, ActivatedLayer)]
    return np.concatenate([no_sides(), *sides])


def _check_kept(layer: Layer, params: dict[str, FloatArray], grads: dict[str, FloatArray]) -> None:
    """Refuse a layer that has put parameters or gradients elsewhere: a network would go on with the old arrays."""
    for kind, before, now in (("params", params, layer.params), ("grads", grads, layer.grads)):
        for name in {**before, **now}:
            if now.get(name) is not before.get(name):
                raise ValueError(
                    f"{type(layer).__name__} has put another array in the place of its {kind}, {name!r}, which no "
                    f"network would notice; create it in __init__ with self.create_parameter, and write into it: "
                    f'self.{kind}["{name}"][...] = values'
                )


def _replayed(put_back: Callable[[], None], f: Callable[[], T]) -> Callable[[], T]:
    """Return the function, but with everything that an earlier evaluation has changed put back first."""

    def replayed() -> T:
        put_back()
        return f()

    return replayed
