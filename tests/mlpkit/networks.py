"""Networks that several tests use."""

import numpy as np

from mlpkit import MLP, Dense, Layer

XOR_X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR_Y = np.array([[0], [1], [1], [0]])


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
