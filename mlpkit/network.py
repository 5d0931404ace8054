"""The multilayer perceptron: layers one after the other, learning together."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from mlpkit.activations import Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.clipping import Clipping
from mlpkit.flat import FlatVectors
from mlpkit.layers.activated import ActivationLayer
from mlpkit.layers.base import Layer, write_into
from mlpkit.losses import Loss
from mlpkit.optimizers import OPTIMIZERS, Adam, Optimizer
from mlpkit.registry import resolve
from mlpkit.stack import LayerStack

__all__ = ["MLP"]


class MLP(LayerStack):
    """A multilayer perceptron.

    All its parameters stand in one flat vector, and all its gradients in another; what the layers hold are views of
    these. So one call updates everything, and copying one vector saves the whole network.

    Parameters
    ----------
    layers : iterable of Layer or Activation, optional
        The layers from input to output; more can be added with `add`.
    optimizer : Optimizer or str, optional
        What trains the layers that have no optimizer of their own, or its name in `OPTIMIZERS`; Adam if not given.
    clipping : Clipping, optional
        A limit on the gradients of the whole network, such as ``ClipNorm(1.0)``.

    Raises
    ------
    ValueError
        If the widths of neighbours do not fit, or a name is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from mlpkit import Dense
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

    def __init__(
        self,
        layers: Iterable[Layer | Activation] = (),
        *,
        optimizer: Optimizer | str | None = None,
        clipping: Clipping | None = None,
    ) -> None:
        self.clipping = clipping
        self.optimizer = Adam() if optimizer is None else resolve(optimizer, OPTIMIZERS, Optimizer)
        self._layers: list[Layer] = []
        self._flat = FlatVectors(self._layers)
        for layer in layers:
            self.add(layer)

    @property
    def parameters(self) -> FloatArray:
        """All parameters, flat, of shape (n_parameters,); assigning copies the values into the vector."""
        return self._flat.parameters

    @parameters.setter
    def parameters(self, values: ArrayLike) -> None:
        write_into(self.parameters, values, "MLP.parameters")

    def add(self, layer: Layer | Activation) -> MLP:
        """Append a layer, which from now on keeps its parameters in the vectors of this network.

        Parameters
        ----------
        layer : Layer or Activation
            Its values are kept; an activation becomes an `ActivationLayer`. The vectors are made anew, and the
            optimizers start afresh.

        Returns
        -------
        MLP
            The network itself, so that calls can be chained.

        Raises
        ------
        ValueError
            If it is not a layer, belongs to a network already, or differs from the layers before it in width or dtype.
        """
        width = next((before.n_out for before in reversed(self._layers) if before.n_out is not None), None)
        if isinstance(layer, Activation):
            layer = ActivationLayer(layer, width if layer.learned else None, dtype=self.parameters.dtype)
        if not isinstance(layer, Layer):
            raise ValueError(f"MLP expected a layer, got {layer!r}; create one: Dense(n_in, n_out)")
        if layer.in_network:
            raise ValueError(f"{layer} already belongs to a network; build a new layer, or add a copy.copy of it")
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

    def train_batch(
        self, X: ArrayLike, y: ArrayLike, loss: Loss | str, *, sample_weights: ArrayLike | None = None
    ) -> float:
        """Make one step on a batch, and return the loss before it; the parameters are those of `loss_and_gradients`."""
        value, _ = self.loss_and_gradients(X, y, loss, sample_weights=sample_weights)
        self.update()
        return value

    def update(self) -> None:
        """Let the optimizers make one step with the gradients as they stand.

        Neighbouring layers that share one optimizer object are updated as one block. A layer whose optimizer was
        exchanged starts with an empty memory.
        """
        if self.clipping is not None:
            self.clipping.clip(self.gradients)
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
