"""Networks that several tests use."""

import numpy as np

from mlpkit import LOSSES, MLP, Dense, Layer

XOR_X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR_Y = np.array([[0], [1], [1], [0]])

OUTPUTS = dict.fromkeys(LOSSES, "identity") | {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}
"""The activation that ends a network trained with the loss."""


def some_targets(loss, shape, rng):
    """Return targets that the loss takes for predictions of a shape."""
    if loss == "cross_entropy":
        return rng.integers(0, shape[1], shape[0])
    if loss == "binary_cross_entropy":
        return rng.integers(0, 2, shape).astype(float)
    return rng.normal(size=shape)


class Doubling(Layer):
    """A layer of any width, without parameters."""

    def forward(self, X, training=False):
        return 2 * np.asarray(X)

    def backward(self, dY, *, input_gradient=True):
        assert input_gradient, "nobody needs the gradient below the first layer that learns"
        return 2 * np.asarray(dY)


def network(*widths, hidden="tanh", output="sigmoid", seed=0, dtype=np.float32, **settings):
    rng = np.random.default_rng(seed)
    names = [hidden] * (len(widths) - 2) + [output]
    return MLP(
        [
            Dense(n_in, n_out, name, bias_initializer="normal", dtype=dtype, rng=rng)
            for n_in, n_out, name in zip(widths, widths[1:], names, strict=False)
        ],
        **settings,
    )
