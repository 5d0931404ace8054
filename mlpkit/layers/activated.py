"""An activation as a layer, by itself or as the upper part of another layer."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from mlpkit.activations import ACTIVATIONS, Activation
from mlpkit.arrays import ArrayLike, DTypeLike, FloatArray, trainable_dtype
from mlpkit.layers.base import Layer
from mlpkit.registry import Choice, as_floating, resolve
from mlpkit.regularizers import REGULARIZERS, Regularizer

__all__ = ["ActivatedLayer", "ActivationLayer"]


class _ActivationChoice(Choice[Activation]):
    """The activation of a layer: another may take its place, unless one of the two has parameters."""

    def __set__(self, layer: object, value: Activation | str | None) -> None:
        activation: Any = resolve(value, ACTIVATIONS, Activation)  # which refuses None
        before = layer.__dict__.get(self.name)
        if before is not None and before is not activation and (before.learned or activation.learned):
            raise ValueError(
                f"an activation with parameters belongs to its layer from the beginning, got {activation} in the place "
                f"of {before}; make a new layer with it"
            )
        layer.__dict__[self.name] = activation


class ActivatedLayer(Layer):
    """A layer that ends with an activation, ``A = f(Z)``.

    A subclass computes ``Z``, hands it to `activate`, and gives `backward_affine`, the way back below the activation.
    It may create the parameters that an activation learns with `create_learned`.

    Parameters
    ----------
    activation : Activation or str
        The function ``f``, or its name in `ACTIVATIONS`. As an attribute it may be exchanged later, by another without
        parameters.
    activity_regularizer : Regularizer or str, optional
        A penalty on the outputs ``A``, or its name in `REGULARIZERS`, divided by the number of samples.

    Attributes
    ----------
    Z, A : ndarray of shape (batch, n_out)
        Pre-activations and outputs of the last `forward`.
    """

    activation = _ActivationChoice(Activation, ACTIVATIONS)
    activity_regularizer = Choice[Regularizer | None](Regularizer, REGULARIZERS)

    def __init__(self, activation: Activation | str, activity_regularizer: Regularizer | str | None = None) -> None:
        super().__init__()
        self.activation = activation
        self.activity_regularizer = activity_regularizer
        self.Z: FloatArray = np.empty((0, 0), np.float32)
        self.A: FloatArray = self.Z

    def create_learned(self, n_out: int, dtype: DTypeLike) -> None:
        """Create the parameters that the activation learns, one of each for each of `n_out` neurons."""
        for name, value in self.activation.learned.items():
            self.create_parameter(name, np.full(n_out, value, dtype))
        self.__dict__["activation"] = self.activation.bind(self._params, self._grads)

    def activate(self, Z: FloatArray) -> FloatArray:
        """Return ``A = f(Z)``, keeping both for `backward`."""
        self.Z = Z
        self.A = self.activation.forward(Z)
        return self.A

    def backward(self, dY: ArrayLike, *, input_gradient: bool = True) -> FloatArray | None:
        """Set ``grads`` from ``dY = dL/dA``, and return ``dL/dX``.

        Parameters
        ----------
        dY : array_like of shape (batch, n_out)
            Gradient of the loss with respect to the outputs of the last `forward`.
        input_gradient : bool, default True
            Whether to compute ``dL/dX``.

        Returns
        -------
        ndarray of shape (batch, n_in) or None
            ``dL/dX``; None without `input_gradient`.

        Raises
        ------
        ValueError
            If `dY` has not the shape of the outputs of the last `forward`.
        """
        dA = self.checked_gradient(dY)
        if self.activity_regularizer is not None:
            dA = dA + self.activity_regularizer.gradient(self.A) / max(1, len(self.A))
        dZ = self.activation.backward(dA, self.Z, self.A)
        return self.backward_affine(dZ, input_gradient=input_gradient)

    def backward_logits(self, dZ: FloatArray, *, input_gradient: bool = True) -> FloatArray | None:
        """Set ``grads`` as `backward` does, from the gradient ``dZ = dL/dZ`` of a loss of the pre-activations."""
        dZ = self.checked_gradient(dZ)
        if self.activity_regularizer is not None:
            dA = self.activity_regularizer.gradient(self.A) / max(1, len(self.A))
            dZ = dZ + self.activation.backward(dA, self.Z, self.A)
        return self.backward_affine(dZ, input_gradient=input_gradient)

    @abstractmethod
    def backward_affine(self, dZ: FloatArray, *, input_gradient: bool = True) -> FloatArray | None:
        """Set the gradients of the parameters below the activation from ``dZ = dL/dZ``, and return ``dL/dX``.

        Parameters
        ----------
        dZ : ndarray of shape (batch, n_out)
            Gradient of the loss with respect to the pre-activations `Z`.
        input_gradient : bool, default True
            Whether to compute ``dL/dX``.

        Returns
        -------
        ndarray of shape (batch, n_in) or None
        """

    def penalty(self) -> float:
        """Return the penalty on the outputs of the last `forward`, divided by the number of samples."""
        if self.activity_regularizer is None:
            return 0.0
        return self.activity_regularizer.penalty(self.A) / max(1, len(self.A))

    def checked_gradient(self, gradient: ArrayLike) -> FloatArray:
        """Return a gradient as an array of the dtype of the layer, after checking that it fits the last outputs."""
        gradient = np.asarray(gradient, self.Z.dtype)
        if gradient.shape != self.Z.shape:
            raise ValueError(
                f"{type(self).__name__} expected a gradient of the shape of its last outputs, {self.Z.shape}, "
                f"got {gradient.shape}; call forward first, with the same batch"
            )
        return gradient


class ActivationLayer(ActivatedLayer):
    """An activation as a layer of its own, ``A = f(X)``, for inputs of any width.

    ``model.add(ReLU())`` makes one. Only an activation that learns has to know the width.

    Parameters
    ----------
    activation : Activation or str
        The function ``f``, or its name in `ACTIVATIONS`.
    n : int, optional
        The width of inputs and outputs, for an activation that learns.
    dtype : dtype, default float32
        Floating dtype of what an activation learns; one that does not keeps the dtype of its inputs.

    Raises
    ------
    ValueError
        If the name is unknown, or an activation that learns has no width.

    Examples
    --------
    >>> layer = ActivationLayer("relu")
    >>> layer.forward([[-2.0, 3.0]])
    array([[0., 3.]])
    >>> layer.backward([[1.0, 1.0]])
    array([[0., 1.]])
    """

    def __init__(self, activation: Activation | str, n: int | None = None, *, dtype: DTypeLike = np.float32) -> None:
        super().__init__(activation)
        self.n_in = self.n_out = n
        dtype = trainable_dtype(dtype, "ActivationLayer")
        if self.activation.learned:
            if n is None:
                raise ValueError(f"{self.activation} learns one number a neuron; give their number: n=...")
            self.create_learned(n, dtype)

    def forward(self, X: ArrayLike, training: bool = False) -> FloatArray:
        """Return ``f(X)``, of the shape (batch, n) of `X`."""
        dtype = next(iter(self.params.values())).dtype if self.params else None
        return self.activate(as_floating(np.asarray(X, dtype)))

    def backward_affine(self, dZ: FloatArray, *, input_gradient: bool = True) -> FloatArray | None:
        """Return `dZ` itself: there is nothing below the activation."""
        return dZ if input_gradient else None

    def __repr__(self) -> str:
        width = "" if self.n_in is None else f", {self.n_in}"
        return f"ActivationLayer({self.activation}{width})"
