"""What the course adds to the answers of chapter 3: a network of Values, and one of layers.

This text becomes a part of the student's own file, in which the names imported below are the student's where they
are right.
"""

# ruff: noqa: D102
# mypy: disable-error-code="no-untyped-def, no-untyped-call, operator"
import numpy as np

from mlpkit.own.reference import Value, dense_backward, numeric_gradient, relative_error

# --- given by the course: a network of Values, one number at a time


class Neuron:
    """A neuron of Values: ReLU of the weighted sum, or the sum itself."""

    def __init__(self, n, bent, rng):
        self.w = [Value(w) for w in rng.normal(scale=(2 / n) ** 0.5, size=n).tolist()]
        self.b = Value(0.0)
        self.bent = bent

    def __call__(self, x):
        z = self.b
        for w, one in zip(self.w, x, strict=True):
            z = z + w * one
        return z.relu() if self.bent else z


class MLP:
    """A multilayer perceptron of Values with one output, the score of the class 1: MLP([2, 8, 1], rng)."""

    def __init__(self, sizes, rng):
        last = len(sizes) - 2
        self.layers = [[Neuron(sizes[i], i < last, rng) for _ in range(sizes[i + 1])] for i in range(last + 1)]

    def __call__(self, x):
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def parameters(self):
        return [value for layer in self.layers for neuron in layer for value in (*neuron.w, neuron.b)]

    def train(self, X, y, learning_rate, epochs):
        """Go through the samples one by one, each with a step downhill; return the mean loss of each epoch."""
        losses = []
        for _ in range(epochs):
            total = 0.0
            for x, truth in zip(X.tolist(), y.tolist(), strict=True):
                z = self(x) * (1.0 if truth == 1 else -1.0)
                loss = ((z * -1).exp() + 1).log()  # the cross-entropy of a sigmoid, from its score
                loss.backward()
                for value in self.parameters():
                    value.data = value.data - learning_rate * value.grad
                total += loss.data
            losses.append(total / len(X))
        return losses

    def accuracy(self, X, y):
        return float(np.mean([(self(x).data > 0) == (truth == 1) for x, truth in zip(X.tolist(), y, strict=True)]))


# --- given by the course: a network of layers, all samples at a time

ACTIVATIONS = {  # the function, and its slope from the sums Z and the outputs A
    "tanh": (np.tanh, lambda Z, A: 1 - A * A),
    "relu": (lambda Z: Z * (Z > 0), lambda Z, A: Z > 0),
    "identity": (lambda Z: Z, lambda Z, A: 1.0),
}


class Dense:
    """A layer: f(X W + b)."""

    names = ("W", "b")  # what is trained; the gradients are called dW and db

    def __init__(self, n, k, activation, rng):
        self.W, self.b = rng.normal(scale=(2 / n) ** 0.5, size=(n, k)), np.zeros(k)
        self.activation = activation
        self.f, self.slope = ACTIVATIONS[activation]

    def forward(self, X):
        self.X, self.Z = X, X @ self.W + self.b
        self.A = self.f(self.Z)
        return self.A

    def backward(self, dA):
        dX, self.dW, self.db = dense_backward(dA * self.slope(self.Z, self.A), self.X, self.W)
        return dX


def two_classes(Z, y):
    """Mean cross-entropy of one score for each sample, Z (m, 1), for y (m,) of 0 and 1, and its gradient by Z."""
    z = Z[:, 0]
    small = np.exp(-abs(z))
    p = np.where(z < 0, small, 1.0) / (1.0 + small)
    return float(np.mean(np.logaddexp(0.0, z) - y * z)), ((p - y) / y.size)[:, None]


class Network:
    """Layers one after the other, and a loss that gives its value and its gradient by the scores."""

    def __init__(self, layers, loss):
        self.layers, self.loss = layers, loss

    def parameters(self):
        return tuple(getattr(layer, name) for layer in self.layers for name in layer.names)

    def set_parameters(self, arrays):
        places = [(layer, name) for layer in self.layers for name in layer.names]
        for (layer, name), array in zip(places, arrays, strict=True):
            setattr(layer, name, array)

    def scores(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def loss_and_gradients(self, X, y):
        loss, gradient = self.loss(self.scores(X), y)
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return loss, tuple(getattr(layer, "d" + name) for layer in self.layers for name in layer.names)

    def train(self, X, y, learning_rate, steps):
        """Steps of gradient descent, each on all samples; return the loss before each."""
        losses = []
        for _ in range(steps):
            loss, gradients = self.loss_and_gradients(X, y)
            moved = [array - learning_rate * g for array, g in zip(self.parameters(), gradients, strict=True)]
            self.set_parameters(moved)
            losses.append(loss)
        return losses

    def accuracy(self, X, y):
        Z = self.scores(X)
        said = Z.argmax(axis=1) if Z.shape[1] > 1 else Z[:, 0] > 0
        return float(np.mean(said == y))


def gradient_check(network, X, y):
    """Largest relative error of the network's gradients, each against central differences."""
    worst = 0.0
    parameters = list(network.parameters())
    _, gradients = network.loss_and_gradients(X, y)
    for i, gradient in enumerate(gradients):

        def loss(array, i=i):
            network.set_parameters([*parameters[:i], array, *parameters[i + 1 :]])
            return network.loss_and_gradients(X, y)[0]

        worst = max(worst, relative_error(gradient, numeric_gradient(loss, parameters[i], 1e-5)))
    network.set_parameters(parameters)
    return worst


def moons(m, rng):
    """Two half-moons, m points (m, 2) and their classes (m,)."""
    y = np.arange(m) % 2
    angle = rng.uniform(0, np.pi, size=m)
    X = np.column_stack([np.cos(angle) * (1 - 2 * y) + y, np.sin(angle) * (1 - 2 * y) + y / 2])
    return X + rng.normal(scale=0.1, size=X.shape), y


def main():
    """Check the gradients and train on two moons: what happens when this file is run."""
    X, y = moons(100, np.random.default_rng(0))
    layers = [Dense(2, 8, "tanh", np.random.default_rng(0)), Dense(8, 1, "identity", np.random.default_rng(9))]
    network = Network(layers, two_classes)
    print(f"gradient check, largest relative error: {gradient_check(network, X[:20], y[:20]):.0e}")
    network.train(X, y, 0.5, 500)
    print(f"layers: {network.accuracy(X, y):.0%} of the moons right")
    engine = MLP([2, 8, 1], np.random.default_rng(3))
    engine.train(X, y, 0.1, 40)
    print(f"Values: {engine.accuracy(X, y):.0%} of the moons right")
