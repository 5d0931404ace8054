"""What stands in for a part that a student has not solved: the exercises' functions, made of the library.

Those of chapters 3 and 4 are here, those of 5 and 6 in `reference_deep`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.graph import Value
from mlpkit.own.reference_deep import (
    adam_step,
    adamw_step,
    batchnorm_backward,
    batchnorm_train,
    batchnorm_use,
    clip_gradients,
    dropout,
    dropout_backward,
    early_stopping,
    initial_weights,
    rate_at,
    residual_backward,
    residual_block,
    silu,
)

__all__ = [
    "Value",
    "adam_step",
    "adamw_step",
    "batchnorm_backward",
    "batchnorm_train",
    "batchnorm_use",
    "clip_gradients",
    "cross_entropy",
    "dense_backward",
    "dropout",
    "dropout_backward",
    "early_stopping",
    "in_order",
    "initial_weights",
    "log_sum_exp",
    "numeric_gradient",
    "one_hot",
    "output_gradient",
    "rate_at",
    "relative_error",
    "residual_backward",
    "residual_block",
    "silu",
    "softmax",
    "train_digits",
]


def in_order(result: Value) -> list[Value]:
    """Values that `result` was computed from, and itself: each once, each after its inputs."""
    return result.topological_order()


def numeric_gradient(f: Callable[[FloatArray], float], theta: FloatArray, h: float) -> FloatArray:
    """Gradient of `f` at `theta`, any shape, by central differences with step `h`."""
    moved, found = theta.copy(), np.zeros(theta.shape)
    for index in np.ndindex(theta.shape):
        sides = []
        for place in (theta[index] + h, theta[index] - h):
            moved[index] = place
            sides.append(f(moved))
        moved[index] = theta[index]
        found[index] = (sides[0] - sides[1]) / (2 * h)
    return found


def relative_error(a: FloatArray, m: FloatArray) -> float:
    """Largest relative error of the entries of `a` and `m`; 0 where both are 0."""
    largest = np.fmax(abs(a), abs(m))
    return float(np.max(abs(a - m) / np.where(largest > 0, largest, 1.0)))


def dense_backward(dZ: FloatArray, X: FloatArray, W: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gradients of `X`, `W` and the biases of a dense layer from that of its sums."""
    return np.dot(dZ, W.T), np.dot(X.T, dZ), np.ones(len(dZ)) @ dZ


def softmax(Z: FloatArray) -> FloatArray:
    """Softmax of each row of `Z`."""
    P: FloatArray = np.exp(Z - log_sum_exp(Z)[:, None])
    return P


def log_sum_exp(Z: FloatArray) -> FloatArray:
    """Logarithm of the sum of the exponentials of each row of `Z`."""
    found: FloatArray = np.logaddexp.reduce(Z, axis=1)
    return found


def one_hot(y: Any, k: int) -> FloatArray:
    """One-hot rows (m, k) of the class numbers `y` (m,)."""
    codes: FloatArray = (np.asarray(y)[:, None] == np.arange(k)).astype(float)
    return codes


def cross_entropy(Z: FloatArray, Y: FloatArray, log_sum_exp: Callable[[FloatArray], FloatArray]) -> float:
    """Mean categorical cross-entropy of the scores `Z` for the one-hot truth `Y`."""
    return float((log_sum_exp(Z).sum() - np.vdot(Z, Y)) / len(Z))


def output_gradient(Z: FloatArray, y: Any, softmax: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Gradient of the mean categorical cross-entropy by the scores `Z`; `y` holds the true classes."""
    gradient = softmax(Z)
    gradient[np.arange(len(Z)), y] -= 1
    return gradient / len(Z)


def train_digits(
    X: FloatArray,
    Y: FloatArray,
    parameters: tuple[FloatArray, ...],
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    step: Callable[..., tuple[Any, ...]],
) -> tuple[tuple[FloatArray, ...], list[float]]:
    """Parameters after training on mini-batches, and the mean loss of each epoch."""
    losses = []
    for _ in range(epochs):
        rows = rng.permutation(len(X))
        told = []
        for batch in np.split(rows, range(batch_size, len(X), batch_size)):
            found = step(X[batch], Y[batch], *parameters)
            told.append(found[0])
            parameters = tuple(found[1:])
        losses.append(float(np.mean(told)))
    return parameters, losses
