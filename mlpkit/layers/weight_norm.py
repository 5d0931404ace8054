"""Weight normalization: a dense layer that learns the length and the direction of its weights apart."""

from __future__ import annotations

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.layers.base import Parameter, write_into
from mlpkit.layers.dense import Dense

__all__ = ["WeightNormDense"]


class WeightNormDense(Dense):
    """A dense layer with the weights ``W = g V / |V|``, a length and a direction for each neuron.

    Parameters, attributes and errors are those of `Dense`, except for the following.

    Attributes
    ----------
    V : ndarray of shape (n_in, n_out)
        Directions, one column a neuron, of any length.
    g : ndarray of shape (n_out,)
        Lengths, at first those of the columns of `V`, so that the layer starts like a `Dense` with the same seed.
    W : ndarray of shape (n_in, n_out)
        The weights that follow from these. Assigning sets `V` to the values and `g` to their lengths; changing an entry
        of the array has no effect.

    Notes
    -----
    With ``u = V / |V|`` for each column and ``dW = X^T dZ``, the chain rule gives::

        dg = sum_k dw_kj u_kj            dV = (g / |V|) (dW - u dg)

    so that ``dV`` is orthogonal to ``V``: steps turn it, and hardly change its length.

    References
    ----------
    T. Salimans and D. P. Kingma, "Weight normalization: a simple reparameterization to accelerate training of deep
    neural networks", 2016.

    Examples
    --------
    >>> layer = WeightNormDense(2, 1, "identity")
    >>> layer.W = [[3.0], [4.0]]
    >>> layer.g
    array([5.], dtype=float32)
    >>> layer.g = [10.0]
    >>> layer.W.ravel()
    array([6., 8.], dtype=float32)
    """

    V = Parameter()
    g = Parameter()

    @property
    def W(self) -> FloatArray:  # noqa: N802  # the matrix of Dense, which follows from two others here
        """The weights, ``g V / |V|``."""
        return self._params["V"] * (self._params["g"] / self._lengths())

    @W.setter
    def W(self, values: ArrayLike) -> None:  # noqa: N802
        write_into(self._params["V"], values, "WeightNormDense.W")
        self._params["g"][...] = self._lengths()

    def create_parameter(self, name: str, values: FloatArray) -> None:
        """Add a parameter; in the place of `W`, `V` and `g`."""
        if name != "W":
            super().create_parameter(name, values)
            return
        super().create_parameter("V", values)
        super().create_parameter("g", self._lengths())

    def forward(self, X: ArrayLike, training: bool = False) -> FloatArray:
        """Return ``A = f(X W + b)`` with ``W = g V / |V|``; parameters as for `Dense.forward`."""
        self.X = self.checked_inputs(X)
        return self.activate(self.X.dot(self.W) + self._params["b"])

    def backward_affine(self, dZ: FloatArray, *, input_gradient: bool = True) -> FloatArray | None:
        """Set the gradients of `g`, `V` and `b` from ``dZ = dL/dZ``, (batch, n_out), and return ``dL/dX``."""
        W, lengths = self.W, self._lengths()
        directions = self._params["V"] / lengths
        dW = self.X.T.dot(dZ)
        if self.weight_regularizer is not None:
            dW += self.weight_regularizer.gradient(W)
        dg = np.sum(dW * directions, axis=0, out=self._grads["g"])
        self._grads["V"][...] = (self._params["g"] / lengths) * (dW - directions * dg)
        np.sum(dZ, axis=0, out=self._grads["b"])
        return dZ.dot(W.T) if input_gradient else None

    def _lengths(self) -> FloatArray:
        """Return the lengths of the columns of `V`; a column of zeros has no direction, and stays zero."""
        lengths: FloatArray = np.sqrt(np.sum(np.square(self._params["V"]), axis=0))
        np.maximum(lengths, np.finfo(lengths.dtype).tiny, out=lengths)
        return lengths
