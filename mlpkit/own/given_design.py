"""What the course adds to the answers of chapter 5: layers that keep the signals of a deep network in order.

Like `given_backprop`, a part of the student's own file.
"""

# ruff: noqa: D102
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
import numpy as np

from mlpkit.own.given_backprop import ACTIVATIONS, Dense
from mlpkit.own.given_classification import Classifier
from mlpkit.own.reference import (
    batchnorm_backward,
    batchnorm_train,
    batchnorm_use,
    initial_weights,
    residual_backward,
    residual_block,
    silu,
)

# --- given by the course: layers that keep the signals of a deep network in order

ACTIVATIONS["silu"] = (lambda Z: silu(Z)[0], lambda Z, A: silu(Z)[1])


def dense(n, k, activation, rng):
    """A layer with first weights that fit its activation."""
    layer = Dense(n, k, activation, rng)
    layer.W = initial_weights("he_normal" if activation in ("relu", "silu") else "glorot_normal", n, k, rng)
    return layer


class BatchNorm:
    """Batch normalisation: by the batch in training, by running averages in use."""

    names = ("gamma", "beta")
    training = False

    def __init__(self, n):
        self.gamma, self.beta = np.ones(n), np.zeros(n)
        self.mean, self.variance = np.zeros(n), np.ones(n)

    def forward(self, X):
        if not self.training:
            return batchnorm_use(X, self.gamma, self.beta, self.mean, self.variance, 1e-5)
        self.X = X
        found = batchnorm_train(X, self.gamma, self.beta, self.mean, self.variance, 0.1, 1e-5)
        Y, self.mean, self.variance = found
        return Y

    def backward(self, dY):
        dX, self.dgamma, self.dbeta = batchnorm_backward(dY, self.X, self.gamma, 1e-5)
        return dX


class Residual:
    """A block with a way around it: X + relu(X W1) W2."""

    names = ("W1", "W2")

    def __init__(self, n, h, rng):
        self.W1, self.W2 = initial_weights("he_normal", n, h, rng), initial_weights("glorot_normal", h, n, rng)

    def forward(self, X):
        self.X = X
        return residual_block(X, self.W1, self.W2)

    def backward(self, dY):
        dX, self.dW1, self.dW2 = residual_backward(dY, self.X, self.W1, self.W2)
        return dX


class DeepClassifier(Classifier):
    """A classifier whose layers may do something else in training than in use."""

    step = 0

    def loss_and_gradients(self, X, y):
        """Loss in training, and its gradients; what is drawn at random depends on the number of the step alone."""
        for i, layer in enumerate(self.layers):
            layer.training, layer.rng = True, np.random.default_rng([self.step, i])
        found = super().loss_and_gradients(X, y)
        for layer in self.layers:
            layer.training = False
        return found
