"""The rule by which layers follow one another: equal widths where they meet, one dtype, and one network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mlpkit.activations import Activation
from mlpkit.arrays import trainable_dtype
from mlpkit.layers.activated import ActivationLayer
from mlpkit.layers.base import Layer

__all__ = ["Chain"]


class Chain:
    """Layers one after the other, which have been checked to fit.

    Parameters
    ----------
    owner : str
        What has the layers, for error messages.

    Attributes
    ----------
    layers : list of Layer
        From input to output.
    width : int or None
        That of the outputs; None if no layer fixes it.
    dtype : dtype or None
        That of the parameters; None if there are none.
    learning : list of (int, Layer)
        The layers that have parameters, with their places in the row.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.layers: list[Layer] = []
        self.width: int | None = None
        self.dtype: np.dtype[Any] | None = None
        self.learning: list[tuple[int, Layer]] = []

    def extend(self, more: Iterable[Layer | Activation]) -> list[Layer]:
        """Append layers and mark them as taken: all of them, or none if one does not fit.

        Parameters
        ----------
        more : iterable of Layer or Activation
            What follows; an activation becomes an `ActivationLayer`.

        Returns
        -------
        list of Layer
            What was appended.

        Raises
        ------
        ValueError
            If one is not a layer, belongs to a network already, differs from those before it in width or dtype, or has
            parameters of a dtype that cannot be trained.
        """
        if isinstance(more, (Layer, Activation)) or not isinstance(more, Iterable):
            raise ValueError(f"{self.owner} expected a list of layers, got {more!r} alone; write [{more!r}]")
        width, dtype = self.width, self.dtype
        new: list[Layer] = []
        taken: set[int] = set()
        for layer in more:
            if isinstance(layer, Activation):
                layer = ActivationLayer(layer, width if layer.learned else None, dtype=dtype or np.float32)
            if not isinstance(layer, Layer):
                raise ValueError(f"{self.owner} expected a layer, got {layer!r}; create one: Dense(n_in, n_out)")
            if layer.in_network or id(layer) in taken:
                raise ValueError(f"{layer} already belongs to a network; build a new layer, or add a copy.copy of it")
            if None not in (width, layer.n_in) and width != layer.n_in:
                raise ValueError(
                    f"{self.owner} expected a layer with {width} inputs, since the layers before it give {width} "
                    f"outputs; got {layer}; make n_in {width}, or change the layer before"
                )
            dtypes = {trainable_dtype(values.dtype, type(layer).__name__) for values in layer.params.values()}
            if dtype is not None:
                dtypes.add(dtype)
            if len(dtypes) > 1:
                raise ValueError(
                    f"{self.owner} expected layers of one dtype, got {' and '.join(sorted(map(str, dtypes)))}; "
                    "give all layers the same dtype=..."
                )
            dtype = next(iter(dtypes), None)
            width = width if layer.n_out is None else layer.n_out
            new.append(layer)
            taken.add(id(layer))
        for i, layer in enumerate(new, start=len(self.layers)):
            layer.in_network = True
            if layer.params:
                self.learning.append((i, layer))
        self.layers += new
        self.width, self.dtype = width, dtype
        return new
