"""The dense layer: every input is connected with every neuron."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from mlpkit.activations import Activation
from mlpkit.arrays import ArrayLike, DTypeLike, FloatArray, trainable_dtype
from mlpkit.initializers import INITIALIZERS, Initializer
from mlpkit.layers.activated import ActivatedLayer
from mlpkit.layers.base import Parameter
from mlpkit.optimizers import Optimizer
from mlpkit.registry import Choice, check_count, resolve
from mlpkit.regularizers import REGULARIZERS, Regularizer

__all__ = ["Dense"]


class Dense(ActivatedLayer):
    """A fully connected layer, ``A = f(Z)`` with ``Z = X W + b``.

    Parameters
    ----------
    n_in, n_out : int
        Number of inputs and of neurons.
    activation : Activation or str, optional
        The function ``f``, or its name in `ACTIVATIONS`; the sigmoid if not given.
    optimizer : Optimizer or str, optional
        The optimizer of this layer, or its name in `OPTIMIZERS`; that of the network if not given.
    weight_initializer, bias_initializer : Initializer or str
        First values of `W` and `b`, or their names in `INITIALIZERS`.
    weight_regularizer, activity_regularizer : Regularizer or str, optional
        Penalties on `W` and on the outputs, or their names in `REGULARIZERS`, which training adds to the loss; that on
        the outputs is divided by the number of samples.
    dtype : dtype, default float32
        Dtype of everything the layer computes: float32 or float64.
    rng : numpy.random.Generator or int, optional
        Source of randomness, or a seed, for the first values. Layers of equal shape and equal seed start out equal:
        give the layers of a network one Generator.

    Attributes
    ----------
    W : ndarray of shape (n_in, n_out)
        Weights, one column a neuron; assigning copies the values into the array that is there.
    b : ndarray of shape (n_out,)
        Biases, likewise.
    X, Z, A : ndarray of shape (batch, n_in), (batch, n_out) and (batch, n_out)
        Inputs, pre-activations and outputs of the last `forward`.

    Raises
    ------
    ValueError
        If a width is not a positive integer, `dtype` cannot be trained, or a name is unknown.

    Notes
    -----
    With ``z_ij = sum_k x_ik w_kj + b_j`` and the loss ``L``, the chain rule gives, for ``dZ = dL/dZ`` (batch, n_out)::

        dL/dw_kj = sum_i x_ik dz_ij     dW = X^T dZ             (n_in, batch) (batch, n_out) = (n_in, n_out)
        dL/db_j  = sum_i dz_ij          db = sum of dZ's rows   (n_out,)
        dL/dx_ik = sum_j dz_ij w_kj     dX = dZ W^T             (batch, n_out) (n_out, n_in) = (batch, n_in)

    Here ``dZ = dA * f'(Z)``, element by element. The loss has divided by the number of samples; the layer only sums.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating errors", 1986.

    Examples
    --------
    A neuron with three inputs:

    >>> neuron = Dense(3, 1, activation="identity")
    >>> neuron.W = [[1.0], [0.5], [1.0]]
    >>> neuron.b = [0.5]
    >>> neuron.forward([[1.0, 2.0, 3.0]])
    array([[5.5]], dtype=float32)
    >>> neuron.backward([[1.0]])
    array([[1. , 0.5, 1. ]], dtype=float32)
    >>> neuron.grads["W"].ravel()
    array([1., 2., 3.], dtype=float32)
    """

    n_in: int
    n_out: int
    W = Parameter()
    b = Parameter()
    weight_regularizer = Choice[Regularizer | None](Regularizer, REGULARIZERS)

    def __init__(
        self,
        n_in: int,
        n_out: int,
        activation: Activation | str | None = None,
        optimizer: Optimizer | str | None = None,
        *,
        weight_initializer: Initializer | str = "glorot_uniform",
        bias_initializer: Initializer | str = "zeros",
        weight_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__("sigmoid" if activation is None else activation, activity_regularizer)
        self.n_in: int = check_count(n_in, "Dense", "n_in")
        self.n_out: int = check_count(n_out, "Dense", "n_out")
        self.dtype = trainable_dtype(dtype, "Dense")
        self.optimizer = optimizer
        self.weight_regularizer = weight_regularizer
        rng = np.random.default_rng(rng)  # one generator for both, or a seed would draw the same numbers twice
        draw_weights = resolve(weight_initializer, INITIALIZERS, Initializer)
        draw_biases = resolve(bias_initializer, INITIALIZERS, Initializer)
        self.create_parameter("W", draw_weights((self.n_in, self.n_out), dtype=self.dtype, rng=rng))
        self.create_parameter("b", draw_biases((self.n_out,), dtype=self.dtype, rng=rng))
        self.create_learned(self.n_out, self.dtype)
        self.X = np.empty((0, 0), self.dtype)

    def forward(self, X: ArrayLike, training: bool = False) -> FloatArray:
        """Return ``A = f(X W + b)``, keeping `X`, `Z` and `A` for `backward`.

        Parameters
        ----------
        X : array_like of shape (batch, n_in)
            One sample a row.
        training : bool, default False
            Makes no difference here.

        Returns
        -------
        ndarray of shape (batch, n_out)

        Raises
        ------
        ValueError
            If `X` has another shape.
        """
        self.X = self.checked_inputs(X)
        Z = self.X.dot(self._params["W"])  # the same as X @ W, and twice as fast for small matrices
        Z += self._params["b"]
        return self.activate(Z)

    def backward_affine(self, dZ: FloatArray, *, input_gradient: bool = True) -> FloatArray | None:
        """Set the gradients of `W` and `b` from ``dZ = dL/dZ``, (batch, n_out), and return ``dL/dX``.

        The parameters are those of `backward`.
        """
        _ones(len(dZ), self.dtype).dot(dZ, out=self._grads["b"])  # the sum of the rows, as a product
        self.X.T.dot(dZ, out=self._grads["W"])
        if self.weight_regularizer is not None:
            self._grads["W"] += self.weight_regularizer.gradient(self._params["W"])
        return dZ.dot(self._params["W"].T) if input_gradient else None

    def penalty(self) -> float:
        """Return the penalty on weights that train, plus that on the last outputs divided by the number of samples."""
        penalty = 0.0 if self.activity_regularizer is None else super().penalty()
        if self.weight_regularizer is not None and self.trainable:
            penalty += self.weight_regularizer.penalty(self.W)
        return penalty

    def checked_inputs(self, X: ArrayLike) -> FloatArray:
        """Return the inputs as an array of the dtype of the layer, after checking their shape."""
        X = np.asarray(X, dtype=self.dtype)
        if X.ndim != 2 or X.shape[1] != self.n_in:
            raise ValueError(
                f"Dense expected inputs of shape (batch, {self.n_in}), got {X.shape}; {self._shape_hint(X.shape)}"
            )
        return X

    def __repr__(self) -> str:
        optimizer = "" if self.optimizer is None else f", optimizer={self.optimizer}"
        return f"{type(self).__name__}({self.n_in}, {self.n_out}, activation={self.activation}{optimizer})"

    def _shape_hint(self, shape: tuple[int, ...]) -> str:
        if len(shape) == 1:
            return "one sample is one row: X.reshape(1, -1)"
        if len(shape) > 2 and math.prod(shape[1:]) == self.n_in:
            return "flatten the images first: X.reshape(len(X), -1)"
        if shape[::-1][1:] == (self.n_in,):
            return "rows are samples: X.T"
        return "give rows of this width, or build the layer for the width that the data have"


@lru_cache(maxsize=32)
def _ones(n: int, dtype: np.dtype[Any]) -> FloatArray:
    ones: FloatArray = np.ones(n, dtype)
    return ones
