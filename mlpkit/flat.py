"""The two flat vectors of a network, of which the arrays of its layers are views."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.layers.base import Layer, leaves
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
        The layers that have parameters; where one contains others, these.
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
        self.learning: list[Layer] = []
        self.parameters: FloatArray = np.zeros(0, np.float32)
        self.gradients: FloatArray = np.zeros(0, np.float32)
        self._room = self.parameters, self.gradients  # arrays that begin with the vectors, and may be longer
        self.updates = Updates(self.parameters, self.gradients, [])
        self.extend(layers)

    def extend(self, layers: Sequence[Layer]) -> None:
        """Move the arrays of more layers into the vectors, behind the others; these move only if there is no room."""
        new = [layer for layer in leaves(layers) if layer.params]
        if not new:
            return
        stretches, moving, stop = list(self.updates.stretches), new, self.parameters.size
        size = stop + sum(layer.n_parameters for layer in new)
        if size > self._room[0].size:  # twice as much, or adding many layers would take time with their square
            dtype = next(iter(new[0].params.values())).dtype
            room = max(size, 2 * stop)
            self._room = np.zeros(room, dtype), np.zeros(room, dtype)
            stretches, moving, stop = [], self.learning + new, 0
        for layer in moving:
            first = stop
            for name, values in layer.params.items():
                start, stop = stop, stop + values.size
                parameter, gradient = (array[start:stop].reshape(values.shape) for array in self._room)
                layer.move_parameter(name, parameter, gradient)
            stretches.append((first, stop))
        self.learning += new
        self.parameters, self.gradients = (array[:size] for array in self._room)
        states = self.states
        self.updates = Updates(self.parameters, self.gradients, stretches)
        self.states.update(states)

    @property
    def states(self) -> dict[tuple[int, int], tuple[Optimizer, OptimizerState]]:
        """The optimizer of each layer and its memory, by where the layer's parameters begin and end."""
        return self.updates.states
