"""The two flat vectors of a network, of which the arrays of its layers are views."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.layers.base import Layer
from mlpkit.optimizers import Optimizer, OptimizerState, Updates

__all__ = ["FlatVectors"]


class FlatVectors:
    """All parameters of some layers in one vector, and all their gradients in another.

    Making the object moves the layers' arrays into the vectors: values are copied, and from then on `Layer.params` and
    `Layer.grads` are views. One optimizer call on a long vector is much faster than one on each small array.

    Parameters
    ----------
    layers : sequence of Layer
        The layers, in the order of their parameters in the vectors.

    Attributes
    ----------
    parameters, gradients : ndarray of shape (n_parameters,)
        The vectors.
    learning : list of Layer
        The layers that have parameters.
    lowest : int
        The index of the first of them: no gradient is needed below it.
    updates : Updates
        The steps of the optimizers on the vectors; each layer that has parameters is one stretch.

    Examples
    --------
    >>> from mlpkit.layers import Dense
    >>> layer = Dense(2, 3)
    >>> flat = FlatVectors([layer])
    >>> flat.parameters[:] = 1.0
    >>> layer.W
    array([[1., 1., 1.],
           [1., 1., 1.]], dtype=float32)
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        arrays = [values for layer in layers for values in layer.params.values()]
        size = sum(values.size for values in arrays)
        dtype = arrays[0].dtype if arrays else np.dtype(np.float32)
        self.parameters: FloatArray = np.zeros(size, dtype)
        self.gradients: FloatArray = np.zeros(size, dtype)
        self.learning = [layer for layer in layers if layer.params]
        self.lowest = next((i for i, layer in enumerate(layers) if layer.params), 0)
        stretches, stop = [], 0
        for layer in self.learning:
            first = stop
            for name, values in layer.params.items():
                start, stop = stop, stop + values.size
                layer.move_parameter(
                    name,
                    self.parameters[start:stop].reshape(values.shape),
                    self.gradients[start:stop].reshape(values.shape),
                )
            stretches.append((first, stop))
        self.updates = Updates(self.parameters, self.gradients, stretches)

    @property
    def states(self) -> dict[tuple[int, int], tuple[Optimizer, OptimizerState]]:
        """The optimizer of each layer and its memory, by where the layer's parameters begin and end."""
        return self.updates.states
