"""What the course adds to the answers of chapter 6: dropout, and a training that takes care of itself.

Like `given_backprop`, a part of the student's own file.
"""

# ruff: noqa: D102
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
import numpy as np

from mlpkit.own.given_backprop import gradient_check, moons
from mlpkit.own.given_classification import many_classes
from mlpkit.own.given_design import BatchNorm, DeepClassifier, Residual, dense
from mlpkit.own.reference import (
    adam_step,
    adamw_step,
    clip_gradients,
    dropout,
    dropout_backward,
    early_stopping,
    one_hot,
    rate_at,
    train_digits,
)

# --- given by the course: dropout, and a training that takes care of itself


class Dropout:
    """Dropout: in training some of the inputs are set to 0."""

    names = ()
    training = False

    def __init__(self, rate):
        self.rate, self.rng = rate, np.random.default_rng(0)

    def forward(self, X):
        Y, self.mask = dropout(X, self.rate, self.training, self.rng)
        return Y

    def backward(self, dY):
        return dropout_backward(dY, self.mask)


class Adam:
    """Steps of Adam, with weight decay if it is not 0, for a list of arrays."""

    def __init__(self, arrays, decay):
        self.decay, self.t = decay, 0
        self.memories = [(np.zeros(array.shape), np.zeros(array.shape)) for array in arrays]

    def moved(self, arrays, gradients, rate):
        """Return the arrays after a step."""
        self.t += 1
        after = []
        for i, (array, gradient) in enumerate(zip(arrays, gradients, strict=True)):
            settings = array, gradient, *self.memories[i], self.t, rate, 0.9, 0.999, 1e-8
            new, *memory = adamw_step(*settings, self.decay) if self.decay else adam_step(*settings)
            self.memories[i] = memory[0], memory[1]
            after.append(new)
        return after


def fit(network, X, y, X_held, y_held, rng, peak=0.01, epochs=30, batch_size=32, decay=0.01, limit=5.0, patience=10):
    """Train until the loss of the held-out samples gets no better, and keep the best; return that loss by epoch."""
    steps, truth = epochs * -(-len(X) // batch_size), one_hot(y, len(network.layers[-1].b))
    optimizer = Adam(network.parameters(), decay)

    def step(X, Y, *parameters):
        network.set_parameters(parameters)
        network.step += 1
        loss, gradients = network.loss_and_gradients(X, Y.argmax(axis=1))
        rate = rate_at(optimizer.t + 1, peak, steps // 10, steps)
        return loss, *optimizer.moved(parameters, clip_gradients(list(gradients), limit), rate)

    losses: list[float] = []
    best, last = -1, 0
    while len(losses) < epochs and last - best < patience:
        parameters, _ = train_digits(X, truth, network.parameters(), 1, batch_size, rng, step)
        network.set_parameters(parameters)
        losses.append(many_classes(network.scores(X_held), y_held)[0])
        best, last = early_stopping(losses, patience, 0.0)
        if best == last:
            kept = [dict(vars(layer)) for layer in network.layers]
    for layer, values in zip(network.layers, kept, strict=True):
        vars(layer).update(values)
    return losses


def main_deep():
    """Check the gradients of all layers at once and train on two moons: what happens next when this file is run."""
    rng = np.random.default_rng(0)
    (X, y), (X_held, y_held) = moons(200, rng), moons(100, rng)
    layers = [
        dense(2, 16, "silu", rng),
        Residual(16, 16, rng),
        BatchNorm(16),
        Dropout(0.1),
        dense(16, 2, "identity", rng),
    ]
    network = DeepClassifier(layers)
    print(f"deep gradient check, largest relative error: {gradient_check(network, X[:20], y[:20]):.0e}")
    fit(network, X, y, X_held, y_held, rng)
    print(f"deep: {network.accuracy(X_held, y_held):.0%} of the held-out moons right")
