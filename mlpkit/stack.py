"""Layers one after the other: the way forward, the loss, the way back, and the step."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any, Self, TypeAlias

import numpy as np

from mlpkit.activations import Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.clipping import Clipping
from mlpkit.flat import FlatVectors
from mlpkit.layers.activated import ActivatedLayer
from mlpkit.layers.base import Layer, write_into
from mlpkit.layers.chain import Chain
from mlpkit.losses import LOSSES, LogitLoss, Loss
from mlpkit.optimizers import OPTIMIZERS, Adam, Optimizer
from mlpkit.registry import Choice, check_finite, resolve

__all__ = ["LayerStack"]

Weights: TypeAlias = ArrayLike | None


class LayerStack:
    """The layers of an `MLP` and all that happens to one batch; its parameters are those of `MLP`.

    Attributes
    ----------
    outputs : ndarray of shape (batch, n_out)
        The outputs of the last `loss_and_gradients`.
    """

    optimizer = Choice[Optimizer](Optimizer, OPTIMIZERS, Adam)
    clipping = Choice[Clipping | None](Clipping, {})
    outputs: FloatArray
    _flat: FlatVectors

    def __init__(
        self,
        layers: Iterable[Layer | Activation] = (),
        *,
        optimizer: Optimizer | str | None = None,
        clipping: Clipping | None = None,
    ) -> None:
        self.clipping = clipping
        self.optimizer = optimizer
        self._chain = Chain("MLP")
        self._layers = self._chain.layers
        self._flat = FlatVectors(self._chain.extend(layers))

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers from input to output; `add` appends one."""
        return tuple(self._layers)

    @property
    def parameters(self) -> FloatArray:
        """All parameters, flat, of shape (n_parameters,); assigning copies the values into the vector."""
        return self._flat.parameters

    @parameters.setter
    def parameters(self, values: ArrayLike) -> None:
        write_into(self.parameters, values, "MLP.parameters")

    @property
    def gradients(self) -> FloatArray:
        """All gradients, in the order of the parameters."""
        return self._flat.gradients

    @property
    def n_out(self) -> int | None:
        """The width of the outputs; None if no layer fixes it."""
        return self._chain.width

    def add(self, layer: Layer | Activation) -> Self:
        """Append a layer, whose parameters move into the vectors of this network.

        Parameters
        ----------
        layer : Layer or Activation
            Its values are kept; an activation becomes an `ActivationLayer`. The vectors are new ones; what the
            optimizers remember of the other layers stays.

        Returns
        -------
        MLP
            The network itself, so that calls can be chained.

        Raises
        ------
        ValueError
            If it is not a layer, belongs to a network already, or differs from the layers before it in width or dtype.
        """
        self._flat.extend(self._chain.extend([layer]))
        return self

    def forward(self, X: ArrayLike, training: bool = False) -> FloatArray:
        """Return the outputs, (batch, n_out), for the inputs, (batch, n_in); parameters as for `Layer.forward`.

        Raises
        ------
        ValueError
            If there are no layers, or `X` does not fit the first.
        """
        if not self._layers:
            raise ValueError("MLP expected at least one layer, got none; add one: model.add(Dense(n_in, n_out))")
        for layer in self._layers:
            X = layer.forward(X, training=training)
        return np.asarray(X)

    def predict(self, X: ArrayLike, *, batch_size: int = 1024) -> FloatArray:
        """Return the outputs, (n, n_out), for any number of inputs, (n, n_in), computed `batch_size` at a time."""
        X = np.atleast_1d(X)
        starts = range(0, max(1, len(X)), batch_size)
        return np.concatenate([self.forward(X[start : start + batch_size]) for start in starts])

    def backward(self, dY: ArrayLike, *, input_gradient: bool = False) -> FloatArray | None:
        """Set all gradients from the one with respect to the outputs, (batch, n_out), of the last `forward`.

        Parameters and result are as for `Layer.backward`, but the gradient with respect to the inputs is computed on
        request only: training has no use for it.
        """
        return self._backward(self._layers, np.asarray(dY), input_gradient, self._lowest())

    def loss(
        self, X: ArrayLike, y: ArrayLike, loss: Loss | str, *, sample_weights: Weights = None, training: bool = False
    ) -> float:
        """Return the loss on a batch; the parameters are those of `loss_and_gradients`."""
        loss = resolve(loss, LOSSES, Loss)
        outputs = self.forward(X, training)
        head = self.logits_head(loss)
        if head is None:
            value = loss.forward(outputs, y, sample_weights)
        else:
            value = head[0].forward_logits(head[1].Z, y, sample_weights)
        return value + self.penalty()

    def loss_and_gradients(
        self, X: ArrayLike, y: ArrayLike, loss: Loss | str, *, sample_weights: Weights = None, training: bool = True
    ) -> tuple[float, FloatArray]:
        """Run a batch forward and backward.

        Binary cross-entropy after a sigmoid, and cross-entropy after a softmax, are computed from the logits.

        Parameters
        ----------
        X : array_like of shape (batch, n_in)
            One sample a row.
        y : array_like of shape (batch, n_out)
            The right answers; cross-entropy also takes class numbers, of shape (batch,).
        loss : Loss or str
            The loss, or its name in `LOSSES`; the penalties of regularizers are added to it.
        sample_weights : array_like of shape (batch,), optional
            How much each sample counts.
        training : bool, default True
            Whether the layers behave as in training.

        Returns
        -------
        loss : float
        gradients : ndarray of shape (n_parameters,)
            The vector `gradients` itself, which the next call overwrites.

        Raises
        ------
        ValueError
            If `X` or `y` has the wrong shape, or a name is unknown.
        """
        loss = resolve(loss, LOSSES, Loss)
        check_finite(np.asarray(y), "the targets")
        loss.check_targets(y, self.n_out or np.shape(X)[-1])
        return self.propagate(X, y, loss, sample_weights, training), self.gradients

    def propagate(
        self, X: ArrayLike, y: ArrayLike, loss: Loss, weights: Weights = None, training: bool = True, scale: float = 1
    ) -> float:
        """Set `gradients` and return the loss, for targets that have passed `Loss.check_targets`.

        The loss, without the penalties, is multiplied by `scale`: the mean weight of the batch, where that of the
        training set is 1.
        """
        outputs = self.outputs = self.forward(X, training)
        head = self.logits_head(loss)
        if head is None:
            value = loss.forward(outputs, y, weights)
            dY = loss.backward(outputs, y, weights)
            self.backward(dY if scale == 1 else dY * scale)
        else:
            logit_loss, last = head
            value, dZ = logit_loss.both_from_logits(last.Z, outputs, y, weights)
            if scale != 1:
                dZ *= scale
            lowest = self._lowest()
            dX = last.backward_logits(dZ, input_gradient=len(self._layers) - 1 > lowest)
            self._backward(self._layers[:-1], dX, False, lowest)
        return value * scale + self.penalty()

    def update(self) -> None:
        """Make one step of the optimizers with the current gradients.

        Layers whose optimizer was exchanged start with an empty memory, frozen ones wait, all others go on undisturbed.
        """
        if self.clipping is not None:
            self.clipping.clip(self.gradients)
        learning, default = self._flat.learning, self.optimizer
        self._flat.updates.step([(layer.optimizer or default) if layer.trainable else None for layer in learning])

    def logits_head(self, loss: Loss) -> tuple[LogitLoss, ActivatedLayer] | None:
        """Return the loss and the last layer if the loss takes that layer's pre-activations, else None."""
        last = self._layers[-1]
        if not isinstance(loss, LogitLoss) or not isinstance(last, ActivatedLayer):
            return None
        # exactly this class: a subclass may compute something else
        return (loss, last) if type(last.activation) is loss.output_activation else None

    def penalty(self) -> float:
        """Return the penalties of the layers' regularizers, for the last `forward`."""
        return sum([layer.penalty() for layer in self._layers])

    def state(self) -> list[FloatArray]:
        """Return all arrays that training changes: the parameters, and what else the layers keep, such as averages."""
        return [self.parameters, *(array for layer in self._layers for array in layer.buffers.values())]

    def __repr__(self) -> str:
        layers = "".join(f"\n    {layer}," for layer in self._layers)
        return f"MLP([{layers}\n])  # {self.parameters.size:,} parameters, {self.parameters.dtype}"

    def __copy__(self) -> Self:
        """Copy deeply: two networks cannot have the same layers."""
        return copy.deepcopy(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Tie the layers of a copied or unpickled network to vectors of its own again: copying unties views."""
        self.__dict__.update(state)
        for layer in self._layers:
            layer.in_network = True
        states = self._flat.states  # what the optimizers remember of each layer
        self._flat = FlatVectors(self._layers)
        self._flat.states.update(states)

    def _lowest(self) -> int:
        """Return the index of the first layer that learns: no gradient is needed below it."""
        learning = [i for i, layer in self._chain.learning if layer.trainable]
        return learning[0] if learning else len(self._layers)

    def _backward(
        self, layers: Sequence[Layer], dY: FloatArray | None, input_gradient: bool, lowest: int
    ) -> FloatArray | None:
        """Carry a gradient down, no further than to the layer `lowest` unless the inputs' is asked for."""
        for i in reversed(range(len(layers))):
            if dY is None:
                break
            dY = layers[i].backward(dY, input_gradient=input_gradient or i > lowest)
        for frozen in [layer for layer in self._flat.learning if not layer.trainable]:
            for gradient in frozen.grads.values():
                gradient[...] = 0
        return dY
