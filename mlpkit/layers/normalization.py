"""Normalization: inputs moved to mean 0 and variance 1, over the batch or over the features."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mlpkit.arrays import ArrayLike, DTypeLike, FloatArray, trainable_dtype
from mlpkit.layers.base import Layer, Parameter
from mlpkit.registry import check_count

__all__ = ["BatchNorm", "LayerNorm", "Normalization"]


class Normalization(Layer):
    """The common part of the two normalizations: ``Y = gamma H + beta`` with the standardized inputs ``H``.

    Notes
    -----
    With ``H = (X - mean) s`` and ``s = 1 / sqrt(var + epsilon)`` over an axis of n entries, mean and variance depend on
    every entry, and the chain rule gives for ``dH = gamma dY``::

        dX = s (dH - mean(dH) - H mean(dH H))        the means over the same axis
        dgamma = sum of the rows of dY H             dbeta = sum of the rows of dY
    """

    gamma = Parameter()
    beta = Parameter()

    def __init__(self, n: int, epsilon: float, dtype: DTypeLike) -> None:
        super().__init__()
        kind = type(self).__name__
        width = check_count(n, kind, "n")
        if not epsilon > 0:
            raise ValueError(f"{kind} expected epsilon to be positive, got {epsilon}; 1e-5 is usual")
        self.n_in = self.n_out = width
        self.epsilon = float(epsilon)
        self.dtype = trainable_dtype(dtype, kind)
        self.create_parameter("gamma", np.ones(self.n_in, self.dtype))
        self.create_parameter("beta", np.zeros(self.n_in, self.dtype))
        self._H = np.empty((0, self.n_in), self.dtype)
        self._scale = self._H  # s of the last forward, of a shape that broadcasts
        self._axis: int | None = None  # over which the statistics were taken; None if they were constants

    def standardize(self, X: FloatArray, mean: FloatArray, var: FloatArray, axis: int | None) -> FloatArray:
        """Return ``gamma H + beta``, keeping what `backward` needs."""
        self._scale = 1 / np.sqrt(var + self.epsilon)
        self._H = (X - mean) * self._scale
        self._axis = axis
        return self._H * self._params["gamma"] + self._params["beta"]

    def backward(self, dY: ArrayLike, *, input_gradient: bool = True) -> FloatArray | None:
        """Set the gradients of `gamma` and `beta`, and return ``dL/dX``; parameters as for `Layer.backward`."""
        dY = np.asarray(dY, self.dtype)
        if dY.shape != self._H.shape:
            raise ValueError(
                f"{type(self).__name__} expected a gradient of the shape of its last outputs, {self._H.shape}, "
                f"got {dY.shape}; call forward first, with the same batch"
            )
        np.sum(dY * self._H, axis=0, out=self._grads["gamma"])
        np.sum(dY, axis=0, out=self._grads["beta"])
        if not input_gradient:
            return None
        dH = dY * self._params["gamma"]
        if self._axis is not None and dH.size:
            along = np.mean(dH * self._H, axis=self._axis, keepdims=True)
            dH = dH - np.mean(dH, axis=self._axis, keepdims=True) - self._H * along
        dX: FloatArray = dH * self._scale
        return dX

    def checked(self, X: ArrayLike) -> FloatArray:
        """Return the inputs as an array of the dtype of the layer, after checking their shape."""
        X = np.asarray(X, self.dtype)
        if X.ndim != 2 or X.shape[1] != self.n_in:
            raise ValueError(
                f"{type(self).__name__} expected inputs of shape (batch, {self.n_in}), got {X.shape}; "
                "give it the width of the layer before"
            )
        return X

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.n_in})"


class BatchNorm(Normalization):
    """Moves every feature to mean 0 and variance 1 over the batch, then to a mean and a scale that it learns.

    In training, ``H = (X - mean) / sqrt(var + epsilon)`` with the mean and the variance of each column, of which
    running averages are kept: ``running = (1 - momentum) running + momentum batch``, with the unbiased variance.
    Otherwise (and for a batch of one sample, which has no variance, and in a frozen layer) the running averages take
    their place. Then ``Y = gamma H + beta``.

    Parameters
    ----------
    n : int
        Number of features.
    momentum : float, default 0.1
        Weight of the latest batch in the running averages; other libraries name its complement so.
    epsilon : float, default 1e-5
        Keeps the division safe where a feature does not vary.
    dtype : dtype, default float32
        Dtype of everything the layer computes: float32 or float64.

    Attributes
    ----------
    gamma, beta : ndarray of shape (n,)
        What the layer learns.
    buffers : mapping of str to ndarray of shape (n,)
        The running averages, ``"running_mean"`` and ``"running_var"``.

    Raises
    ------
    ValueError
        If a setting is out of its range, or inputs have another shape than (batch, n).

    References
    ----------
    S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate
    shift", 2015.

    Examples
    --------
    >>> layer = BatchNorm(1)
    >>> layer.forward([[1.0], [3.0]], training=True).round(3)
    array([[-1.],
           [ 1.]], dtype=float32)
    >>> layer.buffers["running_mean"], layer.buffers["running_var"]  # 0.9 * 0 + 0.1 * 2, and 0.9 * 1 + 0.1 * 2
    (array([0.2], dtype=float32), array([1.1], dtype=float32))
    """

    def __init__(self, n: int, momentum: float = 0.1, epsilon: float = 1e-5, *, dtype: DTypeLike = np.float32) -> None:
        super().__init__(n, epsilon, dtype)
        if not 0 <= momentum <= 1:
            raise ValueError(f"BatchNorm expected momentum between 0 and 1, got {momentum}; 0.1 is usual")
        self.momentum = float(momentum)
        self._running_mean = np.zeros(self.n_out or 0, self.dtype)
        self._running_var = np.ones(self.n_out or 0, self.dtype)

    @property
    def buffers(self) -> Mapping[str, FloatArray]:
        """The running averages by name, which training changes in place."""
        return {"running_mean": self._running_mean, "running_var": self._running_var}

    def forward(self, X: ArrayLike, training: bool = False) -> FloatArray:
        """Return ``gamma H + beta``, (batch, n), with the statistics of the batch if `training`."""
        X = self.checked(X)
        if not training or not self.trainable or len(X) < 2:
            return self.standardize(X, self._running_mean, self._running_var, None)
        mean, var = X.mean(axis=0), X.var(axis=0)
        for running, batch in ((self._running_mean, mean), (self._running_var, var * (len(X) / (len(X) - 1)))):
            running *= 1 - self.momentum
            running += self.momentum * batch
        return self.standardize(X, mean, var, 0)


class LayerNorm(Normalization):
    """Moves every sample to mean 0 and variance 1 over its features, then each feature to a mean and a scale.

    ``H = (X - mean) / sqrt(var + epsilon)`` with the mean and the variance of each row, in training and after it, and
    ``Y = gamma H + beta``.

    Parameters
    ----------
    n : int
        Number of features.
    epsilon : float, default 1e-5
        Keeps the division safe where a sample does not vary.
    dtype : dtype, default float32
        Dtype of everything the layer computes: float32 or float64.

    Attributes
    ----------
    gamma, beta : ndarray of shape (n,)
        What the layer learns.

    Raises
    ------
    ValueError
        If a setting is out of its range, or inputs have another shape than (batch, n).

    References
    ----------
    J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016.

    Examples
    --------
    >>> LayerNorm(2).forward([[1.0, 3.0], [50.0, 10.0]]).round(3)
    array([[-1.,  1.],
           [ 1., -1.]], dtype=float32)
    """

    def __init__(self, n: int, epsilon: float = 1e-5, *, dtype: DTypeLike = np.float32) -> None:
        super().__init__(n, epsilon, dtype)

    def forward(self, X: ArrayLike, training: bool = False) -> FloatArray:
        """Return ``gamma H + beta``, (batch, n)."""
        X = self.checked(X)
        return self.standardize(X, X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True), 1)
