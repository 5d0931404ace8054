"""Who is compared: each function returns one that trains a network for one epoch of the same data."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.workloads import Workload

__all__ = ["PEERS", "Epoch", "installed"]

Epoch = Callable[[], object]
Inputs = NDArray[np.float32]
Classes = NDArray[np.int64]


def mlpkit(work: Workload, X: Inputs, y: Classes) -> Epoch:
    """Train through the public way, with batching, bookkeeping and the loss of every batch."""
    from mlpkit import MLP, Adam, Dataset, Dense

    rng = np.random.default_rng(0)
    pairs = list(zip(work.widths, work.widths[1:], strict=False))
    activations = ["relu"] * (len(pairs) - 1) + ["sigmoid" if work.binary else "softmax"]
    model = MLP([Dense(*pair, f, rng=rng) for pair, f in zip(pairs, activations, strict=True)], optimizer=Adam(1e-3))
    targets: NDArray[Any] = y.astype(np.float32).reshape(-1, 1) if work.binary else y
    dataset = Dataset.from_arrays(X, targets, batch_size=work.batch_size)
    loss = "binary_cross_entropy" if work.binary else "cross_entropy"
    return lambda: model.train(dataset, loss, epochs=1, metrics=["train_loss"], rng=rng, progress=False)


def floor(work: Workload, X: Inputs, y: Classes) -> Epoch:
    """Do nothing but the matrix products of an epoch, as numpy's ``@``: forward, to the weights, to the inputs."""
    rng = np.random.default_rng(0)
    pairs = list(zip(work.widths, work.widths[1:], strict=False))
    weights = [rng.normal(size=pair).astype(np.float32) for pair in pairs]
    gradients = [np.empty_like(W) for W in weights]
    hidden = [rng.normal(size=(work.batch_size, width)).astype(np.float32) for width in work.widths]

    def epoch() -> None:
        for start in range(0, len(X), work.batch_size):
            hidden[0] = X[start : start + work.batch_size]
            for A, W in zip(hidden, weights, strict=False):
                A @ W
            for i in reversed(range(len(weights))):
                np.matmul(hidden[i].T, hidden[i + 1][: len(hidden[0])], out=gradients[i])
                if i:
                    hidden[i + 1] @ weights[i].T

    return epoch


def torch_default(work: Workload, X: Inputs, y: Classes, **settings: bool) -> Epoch:
    """Train with PyTorch's Adam as it comes, on batches of a random permutation."""
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    torch.manual_seed(0)
    layers: list[Any] = []
    for n_in, n_out in zip(work.widths, work.widths[1:], strict=False):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **settings)
    loss_of: Any = torch.nn.BCEWithLogitsLoss() if work.binary else torch.nn.CrossEntropyLoss()
    inputs = torch.from_numpy(X)
    targets = torch.from_numpy(y.astype(np.float32).reshape(-1, 1) if work.binary else y)

    def epoch() -> float:
        total = 0.0
        for rows in torch.randperm(len(inputs)).split(work.batch_size):
            optimizer.zero_grad()
            loss = loss_of(model(inputs[rows]), targets[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        return total / len(inputs)

    return epoch


def torch_fused(work: Workload, X: Inputs, y: Classes) -> Epoch:
    """Train with PyTorch's fused Adam."""
    return torch_default(work, X, y, fused=True)


def sklearn(work: Workload, X: Inputs, y: Classes) -> Epoch:
    """Train scikit-learn's own multilayer perceptron."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(work.widths[1:-1], batch_size=work.batch_size, alpha=0.0, random_state=0)
    classes = np.arange(max(2, work.widths[-1]))
    return lambda: model.partial_fit(X, y, classes=classes)


def jax_scan(work: Workload, X: Inputs, y: Classes) -> Epoch:
    """Train with JAX: one compiled scan over the batches of an epoch, Adam written out."""
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(0)
    pairs = list(zip(work.widths, work.widths[1:], strict=False))
    parameters = [(jnp.asarray(rng.normal(size=p) / p[0] ** 0.5, jnp.float32), jnp.zeros(p[1])) for p in pairs]
    zeros = jax.tree_util.tree_map(jnp.zeros_like, parameters)
    n = len(X) // work.batch_size * work.batch_size

    def loss_of(parameters: Any, X: Any, y: Any) -> Any:
        for W, b in parameters[:-1]:
            X = jax.nn.relu(X @ W + b)
        Z = X @ parameters[-1][0] + parameters[-1][1]
        if work.binary:
            return jnp.mean(jnp.logaddexp(0, Z[:, 0]) - Z[:, 0] * y)
        return -jnp.mean(jax.nn.log_softmax(Z)[jnp.arange(len(y)), y])

    def step(state: Any, batch: Any) -> tuple[Any, Any]:
        parameters, m, v, t = state
        loss, gradient = jax.value_and_grad(loss_of)(parameters, *batch)
        every, t = jax.tree_util.tree_map, t + 1
        m = every(lambda m, g: 0.9 * m + 0.1 * g, m, gradient)
        v = every(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradient)
        rate = 1e-3 / (1 - 0.9**t)
        scale = 1 / (1 - 0.999**t)
        parameters = every(lambda w, m, v: w - rate * m / (jnp.sqrt(v * scale) + 1e-8), parameters, m, v)
        return (parameters, m, v, t), loss

    scan = jax.jit(lambda state, batches: jax.lax.scan(step, state, batches))
    state: Any = (parameters, zeros, zeros, jnp.float32(0))

    def epoch() -> float:
        nonlocal state
        rows = rng.permutation(len(X))[:n].reshape(-1, work.batch_size)
        state, losses = scan(state, (jnp.asarray(X[rows]), jnp.asarray(y[rows])))
        return float(losses.mean())

    return epoch


PEERS = {
    "floor": floor,
    "torch_fused": torch_fused,
    "torch_default": torch_default,
    "sklearn": sklearn,
    "jax_scan": jax_scan,
}
_PACKAGES = {"torch_fused": "torch", "torch_default": "torch", "sklearn": "sklearn", "jax_scan": "jax"}


def installed() -> list[str]:
    """Return the names of the peers that are on this computer."""
    return [name for name in PEERS if importlib.util.find_spec(_PACKAGES.get(name, "numpy")) is not None]
