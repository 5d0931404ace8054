"""A residual block: layers with a connection that leads around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from mlpkit.activations import Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.layers.base import Layer, NamedArrays
from mlpkit.layers.chain import Chain
from mlpkit.optimizers import OPTIMIZERS, Optimizer
from mlpkit.registry import resolve

__all__ = ["Residual"]


class Residual(Layer):
    """Layers whose inputs are added to their outputs, ``Y = X + f(X)``.

    The layers learn what differs from their inputs. On the way back, ``dX = dY + df``, with the gradient ``df`` that
    comes back through the layers: the sum hands ``dY`` on as it is, so that it reaches the layers below undiminished,
    however many blocks there are.

    Parameters
    ----------
    layers : iterable of Layer or Activation
        The layers ``f``, from input to output, which must give as many outputs as they take inputs.

    Attributes
    ----------
    layers : tuple of Layer
        The layers.
    params, grads, buffers : mapping of str to ndarray
        Those of the layers, as ``"0.W"`` for the first.
    optimizer : Optimizer or None
        The optimizer that all layers have in common, or None; assigning gives it to all of them.
    trainable : bool
        Whether any of the layers is trainable; assigning freezes, or unfreezes, all of them.

    Raises
    ------
    ValueError
        If there are no layers, they do not fit one another, or have not as many outputs as inputs.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition", 2016.

    Examples
    --------
    >>> from mlpkit.layers import Dense
    >>> block = Residual([Dense(2, 2, "identity", weight_initializer="zeros")])
    >>> block.forward([[1.0, -2.0]])
    array([[ 1., -2.]], dtype=float32)
    >>> block.layers[0].b = [10.0, 20.0]
    >>> block.forward([[1.0, -2.0]])
    array([[11., 18.]], dtype=float32)
    """

    def __init__(self, layers: Iterable[Layer | Activation]) -> None:
        super().__init__()
        chain = Chain("Residual")
        self._layers = chain.extend(layers)
        self.n_in = next((layer.n_in for layer in self._layers if layer.n_in is not None), None)
        self.n_out = chain.width
        if not self._layers or self.n_in != self.n_out:
            for layer in self._layers:
                layer.in_network = False
            got = f"{self.n_in} inputs and {self.n_out} outputs" if self._layers else "none"
            raise ValueError(
                f"Residual expected layers with as many outputs as inputs, which it adds to one another, got {got}; "
                "put a layer in front of the block that changes the width, or change its last layer"
            )

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers from input to output."""
        return tuple(self._layers)

    @property
    def sublayers(self) -> tuple[Layer, ...]:
        """The same."""
        return self.layers

    @property
    def params(self) -> NamedArrays:
        """The parameters of all layers, as ``"0.W"`` for the first."""
        return NamedArrays(_joined([layer.params for layer in self._layers]))

    @property
    def grads(self) -> NamedArrays:
        """The gradients of all layers, by the name of their parameter."""
        return NamedArrays(_joined([layer.grads for layer in self._layers]))

    @property
    def buffers(self) -> Mapping[str, FloatArray]:
        """The buffers of all layers, such as running averages."""
        return _joined([layer.buffers for layer in self._layers])

    @property
    def trainable(self) -> bool:
        """Whether any of the layers is trainable."""
        return any(layer.trainable for layer in self._layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self._layers:
            layer.trainable = value

    @property
    def optimizer(self) -> Optimizer | None:
        """The optimizer that all layers have in common, or None."""
        first = self._layers[0].optimizer
        return first if all(layer.optimizer is first for layer in self._layers) else None

    @optimizer.setter
    def optimizer(self, value: Optimizer | str | None) -> None:
        optimizer = None if value is None else resolve(value, OPTIMIZERS, Optimizer)
        for layer in self._layers:
            layer.optimizer = optimizer

    def forward(self, X: ArrayLike, training: bool = False) -> FloatArray:
        """Return ``X + f(X)``, (batch, n); parameters as for `Layer.forward`.

        Raises
        ------
        ValueError
            If the layers give an array of another shape than `X`.
        """
        A = np.asarray(X)
        for layer in self._layers:
            A = layer.forward(A, training=training)
        X = np.asarray(X, A.dtype)
        if A.shape != X.shape:
            raise ValueError(
                f"Residual expected outputs of the shape of the inputs, {X.shape}, to add the two, got {A.shape}; "
                "change the last layer of the block"
            )
        Y: FloatArray = X + A
        return Y

    def backward(self, dY: ArrayLike, *, input_gradient: bool = True) -> FloatArray | None:
        """Set the gradients of all layers, and return ``dY + df``; parameters as for `Layer.backward`."""
        df: FloatArray | None = np.asarray(dY)
        for layer in reversed(self._layers):
            df = None if df is None else layer.backward(df)
        if df is None or not input_gradient:
            return None
        dX: FloatArray = np.asarray(dY, df.dtype) + df
        return dX

    def penalty(self) -> float:
        """Return the sum of the layers' penalties."""
        return sum([layer.penalty() for layer in self._layers])

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the layers of a copy in again, which copying has made free."""
        self.__dict__.update(state)
        for layer in self._layers:
            layer.in_network = True

    def __repr__(self) -> str:
        return f"Residual([{', '.join(map(str, self._layers))}])"


def _joined(arrays: Iterable[Mapping[str, FloatArray]]) -> dict[str, FloatArray]:
    return {f"{i}.{name}": array for i, named in enumerate(arrays) for name, array in named.items()}
