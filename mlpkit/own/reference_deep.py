"""What stands in for the parts of chapters 5 and 6: first weights, layers of deep networks, and their training."""

from __future__ import annotations

import math

import numpy as np

from mlpkit.activations import SiLU
from mlpkit.arrays import FloatArray
from mlpkit.initializers import INITIALIZERS

__all__ = [
    "adam_step",
    "adamw_step",
    "batchnorm_backward",
    "batchnorm_train",
    "batchnorm_use",
    "clip_gradients",
    "dropout",
    "dropout_backward",
    "early_stopping",
    "initial_weights",
    "rate_at",
    "residual_backward",
    "residual_block",
    "silu",
]


def silu(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Output and slope of SiLU for each entry of `z`, of any shape: Elfwing, Uchibe and Doya (2018)."""
    gate = SiLU()
    return gate(z), gate.derivative(z)


def initial_weights(kind: str, n_in: int, n_out: int, rng: np.random.Generator) -> FloatArray:
    """First weights of shape (n_in, n_out): Glorot and Bengio (2010), He et al. (2015).

    Raises
    ------
    ValueError
        If `kind` is none of ``{glorot, he}_{normal, uniform}``.
    """
    if kind not in ("glorot_normal", "glorot_uniform", "he_normal", "he_uniform"):
        raise ValueError(f"expected a kind of Glorot or He, got {kind!r}")
    return INITIALIZERS[kind]().draw((n_in, n_out), rng)


def batchnorm_train(
    X: FloatArray,
    gamma: FloatArray,
    beta: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
    momentum: float,
    epsilon: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Output (m, n) of a batch (m, n) in training, and the new running mean and variance, each (n,).

    `gamma`, `beta`, `mean` and `variance` have the shape (n,). Source: Ioffe and Szegedy (2015), algorithm 1.
    """
    of_batch = np.mean(X, axis=0), np.var(X, axis=0)
    new_mean = mean + momentum * (of_batch[0] - mean)
    new_variance = variance + momentum * (of_batch[1] - variance)
    return batchnorm_use(X, gamma, beta, *of_batch, epsilon), new_mean, new_variance


def batchnorm_use(
    X: FloatArray, gamma: FloatArray, beta: FloatArray, mean: FloatArray, variance: FloatArray, epsilon: float
) -> FloatArray:
    """Output (m, n) by a mean and a variance (n,) that are known."""
    slope: FloatArray = gamma / np.sqrt(variance + epsilon)
    return X * slope + (beta - mean * slope)


def batchnorm_backward(
    dY: FloatArray, X: FloatArray, gamma: FloatArray, epsilon: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gradients of the inputs (m, n), of gamma (n,) and of beta (n,) in training, from `dY` (m, n)."""
    centred = X - np.mean(X, axis=0)
    deviation = np.sqrt(np.var(X, axis=0) + epsilon)
    dgamma, dbeta = np.einsum("ij,ij->j", dY, centred) / deviation, np.ones(len(X)) @ dY
    dX = gamma / deviation * (dY - (dbeta + centred / deviation * dgamma) / len(X))
    return dX, dgamma, dbeta


def residual_block(X: FloatArray, W1: FloatArray, W2: FloatArray) -> FloatArray:
    """Output (m, n) of a block with a way around it: ``relu(X W1) W2 + X``, with `W1` (n, k) and `W2` (k, n).

    Source: He et al. (2016).
    """
    hidden = X @ W1
    Y: FloatArray = np.dot(hidden * (hidden > 0), W2) + X
    return Y


def residual_backward(
    dY: FloatArray, X: FloatArray, W1: FloatArray, W2: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gradients of the inputs (m, n), of `W1` (n, k) and of `W2` (k, n), from `dY` (m, n)."""
    hidden = X @ W1
    open_ = hidden > 0
    back = np.where(open_, np.dot(dY, W2.T), 0.0)
    return np.dot(back, W1.T) + dY, np.dot(X.T, back), np.dot((hidden * open_).T, dY)


def clip_gradients(gradients: list[FloatArray], limit: float) -> list[FloatArray]:
    """Gradients of any shapes, shortened together if they are longer than the limit: Pascanu et al. (2013)."""
    length = math.sqrt(math.fsum(float(np.vdot(g, g)) for g in gradients))
    return [g / max(1.0, length / limit) for g in gradients]


def dropout(A: FloatArray, rate: float, training: bool, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Output and mask of inverted dropout, in the shape of `A`: Srivastava et al. (2014)."""
    mask = np.ones(A.shape)
    if training:
        mask[rng.random(A.shape) < rate] = 0.0
        mask /= 1.0 - rate
    return A * mask, mask


def dropout_backward(d_output: FloatArray, mask: FloatArray) -> FloatArray:
    """Gradient of the inputs of dropout, in the shape of `mask`."""
    return np.multiply(mask, d_output)


def adam_step(
    theta: FloatArray,
    g: FloatArray,
    m: FloatArray,
    v: FloatArray,
    t: int,
    rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Parameters and both memories after step `t`, 1 at first, all in one shape: Kingma and Ba (2015)."""
    return adamw_step(theta, g, m, v, t, rate, beta1, beta2, epsilon, 0.0)


def adamw_step(
    theta: FloatArray,
    g: FloatArray,
    m: FloatArray,
    v: FloatArray,
    t: int,
    rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    decay: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Parameters and both memories after step `t` of Adam with weight decay: Loshchilov and Hutter (2019)."""
    m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (g * g - v)
    size = np.sqrt(v / (1 - beta2**t)) + epsilon
    return theta * (1 - rate * decay) - rate / (1 - beta1**t) * m / size, m, v


def rate_at(t: int, peak: float, warmup: int, total: int) -> float:
    """Learning rate of step `t`, from 1 on: a warm-up, and half a wave of the cosine."""
    if t <= warmup:
        return peak / warmup * t
    return peak * math.cos(math.pi / 2 * (t - warmup) / (total - warmup)) ** 2


def early_stopping(losses: list[float], patience: int, delta: float) -> tuple[int, int]:
    """Best epoch and last epoch, counted from 0, of a training with these validation losses."""
    best, least = 0, losses[0]
    for epoch in range(1, len(losses)):
        if losses[epoch] < least - delta:
            best, least = epoch, losses[epoch]
        elif epoch == best + patience:
            return best, epoch
    return best, len(losses) - 1
