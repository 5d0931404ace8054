"""The two flat vectors of a network, and the one place that knows where each layer stands in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.layers.base import Layer
from mlpkit.optimizers import Optimizer, OptimizerState, blocks

__all__ = ["FlatVectors"]


class FlatVectors:
    """All parameters of some layers in one vector, and all their gradients in another.

    Making the object moves the layers' arrays into the vectors: values are copied, and from then on `Layer.params` and
    `Layer.grads` are views. One optimizer call on a long vector is much faster than one on each small array.

    Parameters
    ----------
    layers : sequence of Layer
        The layers, in the order in which they stand in the vectors.

    Attributes
    ----------
    parameters, gradients : ndarray of shape (n_parameters,)
        The vectors.
    states : dict
        For each stretch of the vectors, given as (start, stop), its optimizer and what that remembers.
    lowest : int
        The index of the first layer that learns: no gradient is needed below it.

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
        self.states: dict[tuple[int, int], tuple[Optimizer, OptimizerState]] = {}
        self._layers: list[tuple[Layer, int, int]] = []
        stop = 0
        for layer in layers:
            first = stop
            for name, values in layer.params.items():
                start, stop = stop, stop + values.size
                layer.move_parameter(
                    name,
                    self.parameters[start:stop].reshape(values.shape),
                    self.gradients[start:stop].reshape(values.shape),
                )
            if first < stop:
                self._layers.append((layer, first, stop))
        self.lowest = next((i for i, layer in enumerate(layers) if layer.params), 0)
        self._owners: list[Optimizer] = []
        self._runs: list[tuple[Optimizer, OptimizerState, list[tuple[FloatArray, FloatArray, list[FloatArray]]]]] = []

    def update(self, default: Optimizer) -> None:
        """Let the optimizers make one step with the gradients as they stand.

        Parameters
        ----------
        default : Optimizer
            Trains the layers that have no optimizer of their own.
        """
        owners = [default if layer.optimizer is None else layer.optimizer for layer, _, _ in self._layers]
        if owners != self._owners:
            self._plan(owners)
        for optimizer, state, blocks_of_run in self._runs:
            state.step += 1
            for w, g, memory in blocks_of_run:  # blocks that fit the cache: one pass over long vectors is much slower
                optimizer.update_block(w, g, state.step, *memory)

    def _plan(self, owners: list[Optimizer]) -> None:
        """Find the stretches that one optimizer updates in one go: neighbours that share the object are joined."""
        stretches: list[tuple[Optimizer, int, int]] = []
        for optimizer, (_, start, stop) in zip(owners, self._layers, strict=True):
            if stretches and stretches[-1][0] is optimizer:
                start = stretches.pop()[1]
            stretches.append((optimizer, start, stop))
        self._runs = []
        for optimizer, start, stop in stretches:
            parameters, gradients = self.parameters[start:stop], self.gradients[start:stop]
            owner, state = self.states.get((start, stop), (None, None))
            if owner is not optimizer or state is None:  # a new optimizer starts with an empty memory
                state = optimizer.init(parameters)
                self.states[start, stop] = optimizer, state
            self._runs.append((optimizer, state, blocks(parameters, gradients, state)))
        self._owners = owners
