"""The multilayer perceptron: layers one after the other, learning together."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.flat import FlatVectors
from mlpkit.layers.base import Layer, write_into
from mlpkit.layers.dense import Dense
from mlpkit.losses import LOSSES, LogitLoss, Loss
from mlpkit.optimizers import OPTIMIZERS, Adam, Optimizer
from mlpkit.registry import resolve

__all__ = ["MLP"]


class MLP:
    """A multilayer perceptron.

    All its parameters stand in one flat vector, and all its gradients in another; what the layers hold are views of
    these. So one call updates everything, and copying one vector saves the whole network.

    Parameters
    ----------
    layers : iterable of Layer, optional
        The layers from input to output; more can be added with `add`.
    optimizer : Optimizer or str, optional
        What trains the layers that have no optimizer of their own, or its name in `OPTIMIZERS`; Adam if not given.

    Raises
    ------
    ValueError
        If the widths of neighbours do not fit, or a name is unknown.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> model = MLP([Dense(2, 4, activation="tanh", rng=rng), Dense(4, 1, rng=rng)], optimizer=Adam(0.05))
    >>> model
    MLP([
        Dense(2, 4, activation=Tanh()),
        Dense(4, 1, activation=Sigmoid()),
    ])  # 17 parameters, float32
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    >>> for step in range(500):
    ...     loss = model.train_batch(X, y, "binary_cross_entropy")
    >>> model.predict(X).round().ravel()
    array([0., 1., 1., 0.], dtype=float32)
    """

    def __init__(self, layers: Iterable[Layer] = (), *, optimizer: Optimizer | str | None = None) -> None:
        self.optimizer = Adam() if optimizer is None else resolve(optimizer, OPTIMIZERS, Optimizer)
        self._layers: list[Layer] = []
        self._flat = FlatVectors(self._layers)
        for layer in layers:
            self.add(layer)

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
        """All gradients, in the order of `parameters`."""
        return self._flat.gradients

    def add(self, layer: Layer) -> MLP:
        """Append a layer, which from now on keeps its parameters in the vectors of this network.

        Parameters
        ----------
        layer : Layer
            Its values are kept. The vectors are made anew, and the optimizers start afresh.

        Returns
        -------
        MLP
            The network itself, so that calls can be chained.

        Raises
        ------
        ValueError
            If it is not a layer, belongs to a network already, or differs from the layers before it in width or dtype.
        """
        if not isinstance(layer, Layer):
            raise ValueError(f"MLP expected a layer, got {layer!r}; create one: Dense(n_in, n_out)")
        if layer.in_network:
            raise ValueError(f"{layer} already belongs to a network; build a new layer, or add a copy.copy of it")
        width = next((before.n_out for before in reversed(self._layers) if before.n_out is not None), None)
        if None not in (width, layer.n_in) and width != layer.n_in:
            raise ValueError(
                f"MLP expected a layer with {width} inputs, since the layers before it give {width} outputs; "
                f"got {layer}; make n_in {width}, or change the layer before"
            )
        dtypes = {values.dtype for part in (*self._layers, layer) for values in part.params.values()}
        if len(dtypes) > 1:
            raise ValueError(
                f"MLP expected layers of one dtype, got {' and '.join(sorted(map(str, dtypes)))}; "
                "give all layers the same dtype=..."
            )
        self._layers.append(layer)
        layer.in_network = True
        self._flat = FlatVectors(self._layers)
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
        return self._backward(self._layers, np.asarray(dY), input_gradient)

    def loss(self, X: ArrayLike, y: ArrayLike, loss: Loss | str, *, training: bool = False) -> float:
        """Return the loss on a batch; the parameters are those of `loss_and_gradients`."""
        loss = resolve(loss, LOSSES, Loss)
        outputs = self.forward(X, training)
        head = self._logits_layer(loss)
        return loss.forward(outputs, y) if head is None else head[0].forward_logits(head[1].Z, y)

    def loss_and_gradients(
        self, X: ArrayLike, y: ArrayLike, loss: Loss | str, *, training: bool = True
    ) -> tuple[float, FloatArray]:
        """Run a batch forward and backward.

        Binary cross-entropy after a sigmoid is computed from the logits.

        Parameters
        ----------
        X : array_like of shape (batch, n_in)
            One sample a row.
        y : array_like of shape (batch, n_out)
            What the network should say.
        loss : Loss or str
            The loss, or its name in `LOSSES`.
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
        outputs = self.forward(X, training)
        head = self._logits_layer(loss)
        if head is None:
            value = loss.forward(outputs, y)
            self.backward(loss.backward(outputs, y))
        else:
            logit_loss, last = head
            value = logit_loss.forward_logits(last.Z, y)
            dZ = logit_loss.backward_logits(outputs, y)
            dX = last.backward_affine(dZ, input_gradient=len(self._layers) - 1 > self._lowest)
            self._backward(self._layers[:-1], dX, input_gradient=False)
        return value, self.gradients

    def train_batch(self, X: ArrayLike, y: ArrayLike, loss: Loss | str) -> float:
        """Make one step on a batch, and return the loss before it; the parameters are those of `loss_and_gradients`."""
        value, _ = self.loss_and_gradients(X, y, loss)
        self.update()
        return value

    def update(self) -> None:
        """Let the optimizers make one step with the gradients as they stand.

        Neighbouring layers that share one optimizer object are updated as one block. A layer whose optimizer was
        exchanged starts with an empty memory.
        """
        self._flat.update(self.optimizer)

    def __repr__(self) -> str:
        layers = "".join(f"\n    {layer}," for layer in self._layers)
        return f"MLP([{layers}\n])  # {self.parameters.size:,} parameters, {self.parameters.dtype}"

    def __copy__(self) -> MLP:
        """Copy deeply: two networks cannot have the same layers."""
        return copy.deepcopy(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Tie the layers of a copied or unpickled network to its own vectors again: copying unties views."""
        self.__dict__.update(state)
        for layer in self._layers:
            layer.in_network = True
        states = self._flat.states
        self._flat = FlatVectors(self._layers)
        self._flat.states = states

    def _logits_layer(self, loss: Loss) -> tuple[LogitLoss, Dense] | None:
        """Return the loss and the last layer if the loss takes that layer's logits."""
        last = self._layers[-1]
        if not isinstance(loss, LogitLoss) or not isinstance(last, Dense):
            return None
        # exactly this class: a subclass may compute something else
        return (loss, last) if type(last.activation) is loss.output_activation else None

    @property
    def _lowest(self) -> int:
        """The index of the first layer that learns: no gradient is needed below it."""
        return next((i for i, layer in enumerate(self._layers) if layer.params), 0)

    def _backward(self, layers: Sequence[Layer], dY: FloatArray | None, input_gradient: bool) -> FloatArray | None:
        lowest = self._lowest
        for i in reversed(range(len(layers))):
            if dY is None:
                break
            dY = layers[i].backward(dY, input_gradient=input_gradient or i > lowest)
        return dY
