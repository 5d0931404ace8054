"""The rule by which layers follow one another: equal widths where they meet, one dtype, and one network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from mlpkit.activations import Activation
from mlpkit.arrays import trainable_dtype
from mlpkit.layers.activated import ActivationLayer
from mlpkit.layers.base import Layer

__all__ = ["lengthened"]


def lengthened(layers: Sequence[Layer], more: Iterable[Layer | Activation]) -> list[Layer]:
    """Return a list of layers with more of them at its end, after checking that they fit.

    Parameters
    ----------
    layers : sequence of Layer
        The layers of a network so far.
    more : iterable of Layer or Activation
        What follows; an activation becomes an `ActivationLayer`.

    Returns
    -------
    list of Layer

    Raises
    ------
    ValueError
        If one is not a layer, belongs to a network already, differs from those before it in width or dtype, or has
        parameters of a dtype that cannot be trained.
    """
    chain = list(layers)
    width = next((layer.n_out for layer in reversed(layers) if layer.n_out is not None), None)
    dtypes = {values.dtype for layer in layers for values in layer.params.values()}
    new: set[int] = set()
    for layer in more:
        if isinstance(layer, Activation):
            dtype = next(iter(dtypes), np.dtype(np.float32))
            layer = ActivationLayer(layer, width if layer.learned else None, dtype=dtype)
        if not isinstance(layer, Layer):
            raise ValueError(f"MLP expected a layer, got {layer!r}; create one: Dense(n_in, n_out)")
        if layer.in_network or id(layer) in new:
            raise ValueError(f"{layer} already belongs to a network; build a new layer, or add a copy.copy of it")
        if None not in (width, layer.n_in) and width != layer.n_in:
            raise ValueError(
                f"MLP expected a layer with {width} inputs, since the layers before it give {width} outputs; "
                f"got {layer}; make n_in {width}, or change the layer before"
            )
        dtypes |= {trainable_dtype(values.dtype, type(layer).__name__) for values in layer.params.values()}
        if len(dtypes) > 1:
            raise ValueError(
                f"MLP expected layers of one dtype, got {' and '.join(sorted(map(str, dtypes)))}; "
                "give all layers the same dtype=..."
            )
        chain.append(layer)
        new.add(id(layer))
        width = width if layer.n_out is None else layer.n_out
    return chain
