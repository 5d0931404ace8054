"""The base of all layers: named parameters, their gradients, a forward and a backward pass."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, overload

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.optimizers import OPTIMIZERS, Optimizer
from mlpkit.registry import Choice

__all__ = ["Layer", "Parameter", "write_into"]


def write_into(view: FloatArray, values: ArrayLike, name: str) -> None:
    """Copy `values` into `view`, which stays the array that it is.

    Parameters
    ----------
    view : ndarray
        What to overwrite.
    values : array_like
        The new values, of exactly the shape of `view`.
    name : str
        How an error message calls the array.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if values is view:  # `layer.W -= step` has changed the view already, and assigns it to itself
        return
    shape = np.shape(values)
    if shape != view.shape:
        raise ValueError(
            f"{name} has the shape {view.shape}, got values of shape {shape}; give one value for each entry, "
            f"or fill with one number: {name}[...] = number"
        )
    view[...] = values


class Parameter:
    """A layer's parameter as an attribute: reading gives the array, assigning writes into it.

    Declared in the class body under the parameter's name, as in ``W = Parameter()``.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, layer: None, owner: type) -> Parameter: ...
    @overload
    def __get__(self, layer: Layer, owner: type) -> FloatArray: ...
    def __get__(self, layer: Layer | None, owner: type) -> Parameter | FloatArray:
        return self if layer is None else layer.params[self.name]

    def __set__(self, layer: Layer, values: ArrayLike) -> None:
        write_into(layer.params[self.name], values, f"{type(layer).__name__}.{self.name}")


class Layer(ABC):
    """One step of a network, with or without parameters.

    A subclass declares its parameters with `Parameter`, creates them with `create_parameter`, and gives `forward`
    and `backward`. A layer owns its arrays until a network takes it in; then they become views of the network's
    vectors.

    Attributes
    ----------
    n_in, n_out : int or None
        Width of the inputs and of the outputs; None where the layer takes any width and keeps it.
    optimizer : Optimizer or None
        The optimizer of this layer; None leaves it to the network. A name that is assigned is resolved.
    in_network : bool
        Whether a network has taken the layer in.
    """

    n_in: int | None = None
    n_out: int | None = None
    optimizer = Choice[Optimizer | None](Optimizer, OPTIMIZERS)
    in_network: bool = False

    def __init__(self) -> None:
        self.optimizer = None
        self._params: dict[str, FloatArray] = {}
        self._grads: dict[str, FloatArray] = {}

    @property
    def params(self) -> Mapping[str, FloatArray]:
        """The parameters by name; change them in place (``params["W"][...] = values``)."""
        return MappingProxyType(self._params)

    @property
    def grads(self) -> Mapping[str, FloatArray]:
        """The gradients by the name of their parameter, as the last `backward` left them."""
        return MappingProxyType(self._grads)

    @property
    def n_parameters(self) -> int:
        """How many numbers the layer learns."""
        return sum(parameter.size for parameter in self._params.values())

    @property
    def buffers(self) -> Mapping[str, FloatArray]:
        """Arrays that belong to the state of the layer without being learned, such as running averages, by name."""
        return {}

    def create_parameter(self, name: str, values: FloatArray) -> None:
        """Add a parameter with its first values, and a gradient of zeros."""
        self._params[name] = values
        self._grads[name] = np.zeros_like(values)

    def move_parameter(self, name: str, parameter: FloatArray, gradient: FloatArray) -> None:
        """Move a parameter and its gradient into other arrays of the same shape, with their values."""
        parameter[...] = self._params[name]
        gradient[...] = self._grads[name]
        self._params[name] = parameter
        self._grads[name] = gradient

    def penalty(self) -> float:
        """Return the penalty of this layer's regularizers, which training adds to the loss; 0 without any."""
        return 0.0

    def __getstate__(self) -> dict[str, Any]:
        """Return the state of a copy, which belongs to no network, and whose rebinding leaves this layer alone."""
        return self.__dict__ | {
            "_params": dict(self._params),
            "_grads": dict(self._grads),
            "in_network": False,
        }

    @abstractmethod
    def forward(self, X: ArrayLike, training: bool = False) -> FloatArray:
        """Return the outputs, keeping what `backward` needs.

        Parameters
        ----------
        X : array_like of shape (batch, n_in)
            One sample a row.
        training : bool, default False
            Whether to behave as in training, for layers that do something else then.

        Returns
        -------
        ndarray of shape (batch, n_out)
        """

    @abstractmethod
    def backward(self, dY: ArrayLike, *, input_gradient: bool = True) -> FloatArray | None:
        """Set `grads` from the gradient of the loss with respect to the outputs of the last `forward`.

        Parameters
        ----------
        dY : array_like of shape (batch, n_out)
            Gradient with respect to the outputs.
        input_gradient : bool, default True
            Whether to compute the gradient with respect to the inputs, which the first layer has no use for.

        Returns
        -------
        ndarray of shape (batch, n_in) or None
            Gradient with respect to the inputs; None without `input_gradient`.
        """
