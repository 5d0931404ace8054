"""The base of all layers: named parameters, their gradients, a forward and a backward pass."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn, Self, overload

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.optimizers import OPTIMIZERS, Optimizer
from mlpkit.registry import Choice

__all__ = ["Layer", "NamedArrays", "Parameter", "leaves", "numbered", "write_into"]


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


class NamedArrays(dict[str, FloatArray]):
    """Arrays by name: their contents change, but no name gets another array, which the network would not know of.

    Examples
    --------
    >>> grads = NamedArrays(w=np.zeros(2))
    >>> grads["w"][...] = [1.0, 2.0]
    >>> grads["w"] += 1
    >>> grads["w"]
    array([2., 3.])
    """

    def __setitem__(self, name: str, values: FloatArray) -> None:
        if self.get(name) is not values:  # `grads["w"] += 1` has changed the array already, and assigns it to itself
            self.refuse(name)

    def refuse(self, *arguments: Any) -> NoReturn:
        """Raise the error that says what to do instead."""
        name = arguments[0] if arguments and isinstance(arguments[0], str) else next(iter(self), "w")
        rule = "the parameters and gradients of a layer stay the arrays that they are"
        if name not in self:
            raise TypeError(
                f"{rule}, got a new one, {name!r}, beside {', '.join(self) or 'none'}; "
                f'add a parameter, and its gradient with it, in __init__: self.create_parameter("{name}", values)'
            )
        raise TypeError(
            f"{rule}, since networks know no others, got another for {name!r}; write into it, as in "
            f'self.grads["{name}"][...] = values'
        )

    __delitem__ = pop = setdefault = update = refuse  # type: ignore[assignment]  # they would do the same
    clear = popitem = __ior__ = refuse

    def hold(self, name: str, array: FloatArray) -> None:
        """Hold an array under a name, in the place of the one before."""
        super().__setitem__(name, array)

    def __reduce__(self) -> tuple[type[NamedArrays], tuple[dict[str, FloatArray]]]:
        return NamedArrays, (dict(self),)


class _NotThere:
    """An attribute that `Layer.__init__` creates, and that says so where it has not been called."""

    def __get__(self, layer: Layer | None, owner: type) -> _NotThere:
        if layer is None:
            return self
        raise ValueError(
            f"{owner.__name__} has no place for parameters: its __init__ has not called that of Layer; "
            "make super().__init__() its first line"
        )


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
    trainable : bool
        Whether training changes the layer. A frozen one (``layer.trainable = False``) keeps its parameters and its
        running averages to the bit, whatever the optimizer does elsewhere: its gradients are zero, what the optimizer
        remembers of it waits, `BatchNorm` computes as outside of training, and there is no penalty on its weights. What
        the layer does to its inputs stays: `Dropout` still drops, and a penalty on outputs still reaches the layers
        below. All this is as in Keras.
    in_network : bool
        Whether a network has taken the layer in.
    """

    n_in: int | None = None
    n_out: int | None = None
    optimizer = Choice[Optimizer | None](Optimizer, OPTIMIZERS)
    trainable: bool = True
    in_network: bool = False
    _params: NamedArrays = _NotThere()  # type: ignore[assignment]  # until __init__
    _grads: NamedArrays = _NotThere()  # type: ignore[assignment]

    def __init__(self) -> None:
        self.__dict__.setdefault("optimizer", None)
        self._params = NamedArrays()
        self._grads = NamedArrays()

    @property
    def params(self) -> Mapping[str, FloatArray]:
        """The parameters by name; change them in place (``params["W"][...] = values``)."""
        return self._params

    @property
    def grads(self) -> Mapping[str, FloatArray]:
        """The gradients by the name of their parameter, as the last `backward` left them."""
        return self._grads

    @property
    def sublayers(self) -> tuple[Layer, ...]:
        """The layers inside of this one, whose parameters are its parameters; none for most."""
        return ()

    @property
    def n_parameters(self) -> int:
        """How many numbers the layer learns."""
        return sum(parameter.size for parameter in self.params.values())

    @property
    def buffers(self) -> Mapping[str, FloatArray]:
        """Arrays that belong to the state of the layer without being learned, such as running averages, by name."""
        return {}

    def create_parameter(self, name: str, values: FloatArray) -> None:
        """Add a parameter with its first values, and a gradient of zeros, in the `__init__` of the layer.

        Raises
        ------
        ValueError
            If the layer belongs to a network, which would never train it.
        """
        if self.in_network:
            raise ValueError(
                f"{self} belongs to a network, which does not know of a new parameter {name!r}; "
                "create all parameters in __init__"
            )
        self._params.hold(name, values)
        self._grads.hold(name, np.zeros_like(values))

    def move_parameter(self, name: str, parameter: FloatArray, gradient: FloatArray) -> None:
        """Move a parameter and its gradient into other arrays of the same shape, with their values."""
        parameter[...] = self._params[name]
        gradient[...] = self._grads[name]
        self._params.hold(name, parameter)
        self._grads.hold(name, gradient)

    def penalty(self) -> float:
        """Return the penalty of this layer's regularizers, which training adds to the loss; 0 without any."""
        return 0.0

    def __copy__(self) -> Self:
        """Copy deeply: parameters, running averages and generators change in place, and shall not be shared."""
        return copy.deepcopy(self)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state of a copy, which belongs to no network."""
        return self.__dict__ | {"in_network": False}

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


def numbered(layers: Iterable[Layer], prefix: str = "") -> Iterator[tuple[str, Layer]]:
    """Yield layers with their numbers: ``"1"``, ``"2"``, and after layer 2 those inside of it, ``"2.1"``, ``"2.2"``."""
    for number, layer in enumerate(layers, start=1):
        yield f"{prefix}{number}", layer
        yield from numbered(layer.sublayers, f"{prefix}{number}.")


def leaves(layers: Iterable[Layer]) -> Iterator[Layer]:
    """Yield layers, and in the place of those that contain others, these."""
    return (layer for _, layer in numbered(layers) if not layer.sublayers)
