"""Layers that belong together: what a network consists of, and how it is copied."""

from __future__ import annotations

import copy
from typing import Any, Self

from mlpkit.activations import Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.flat import FlatVectors
from mlpkit.layers.activated import ActivationLayer
from mlpkit.layers.base import Layer, write_into

__all__ = ["LayerContainer"]


class LayerContainer:
    """The part of `MLP` that holds the layers, whose arrays are views of two flat vectors."""

    def __init__(self) -> None:
        self._layers: list[Layer] = []
        self._flat = FlatVectors(self._layers)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers from input to output; `MLP.add` appends one."""
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
        return next((layer.n_out for layer in reversed(self._layers) if layer.n_out is not None), None)

    def add(self, layer: Layer | Activation) -> Self:
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
        width = self.n_out
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

    def state(self) -> list[FloatArray]:
        """Return all that a trained network is: its parameters, and what else its layers keep, such as averages."""
        return [self._flat.parameters, *(array for layer in self._layers for array in layer.buffers.values())]

    def __repr__(self) -> str:
        layers = "".join(f"\n    {layer}," for layer in self._layers)
        return f"MLP([{layers}\n])  # {self.parameters.size:,} parameters, {self.parameters.dtype}"

    def __copy__(self) -> Self:
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
