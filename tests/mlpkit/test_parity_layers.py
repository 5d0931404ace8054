"""The layers besides Dense, next to PyTorch's, in float64."""

import numpy as np
import pytest

from mlpkit import ACTIVATIONS, MLP, BatchNorm, Dense, LayerNorm, WeightNormDense

torch = pytest.importorskip("torch")
from test_parity_torch import TORCH_ACTIVATIONS, TORCH_LOSSES  # noqa: E402  # needs torch

TOLERANCE = {"rtol": 1e-12, "atol": 1e-12}
SMOOTH = sorted(ACTIVATIONS.keys() - {"step", "prelu"})


def numbers(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("training", [False, True])
def test_batch_norm(training):
    ours, theirs = BatchNorm(4, dtype=np.float64), torch.nn.BatchNorm1d(4, dtype=torch.float64)
    agree_on_five_batches(ours, theirs, training)
    np.testing.assert_allclose(ours.buffers["running_mean"], theirs.running_mean.numpy(), **TOLERANCE)
    np.testing.assert_allclose(ours.buffers["running_var"], theirs.running_var.numpy(), **TOLERANCE)


@pytest.mark.parametrize("training", [False, True])
def test_layer_norm(training):
    agree_on_five_batches(LayerNorm(4, dtype=np.float64), torch.nn.LayerNorm(4, dtype=torch.float64), training)


def agree_on_five_batches(ours, theirs, training):
    ours.gamma, ours.beta = numbers(0, 4), numbers(1, 4)
    theirs.load_state_dict(theirs.state_dict() | {"weight": torch.tensor(ours.gamma), "bias": torch.tensor(ours.beta)})
    for seed in range(5):
        theirs.train(seed < 3 or training)  # the last batches may be inference, with what the first have left
        X, dY = numbers(seed, 7, 4) * 3 + 2, numbers(seed + 10, 7, 4)
        T = torch.tensor(X, requires_grad=True)
        Y = theirs(T)
        theirs.zero_grad()
        Y.backward(torch.tensor(dY))
        np.testing.assert_allclose(ours.forward(X, training=seed < 3 or training), Y.detach().numpy(), **TOLERANCE)
        np.testing.assert_allclose(ours.backward(dY), T.grad.numpy(), **TOLERANCE)
        np.testing.assert_allclose(ours.grads["gamma"], theirs.weight.grad.numpy(), **TOLERANCE)
        np.testing.assert_allclose(ours.grads["beta"], theirs.bias.grad.numpy(), **TOLERANCE)


@pytest.mark.parametrize("activation", SMOOTH)
def test_weight_norm(activation):
    ours = WeightNormDense(4, 3, activation, bias_initializer="normal", dtype=np.float64, rng=0)
    ours.g = numbers(0, 3)
    linear = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(4, 3, dtype=torch.float64))
    with torch.no_grad():
        linear.bias.copy_(torch.tensor(ours.b))
        g, v = linear.parametrizations.weight.original0, linear.parametrizations.weight.original1
        g.copy_(torch.tensor(ours.g[:, None]))
        v.copy_(torch.tensor(ours.V.T))
    X, dY = numbers(1, 7, 4), numbers(2, 7, 3)
    T = torch.tensor(X, requires_grad=True)
    Y = TORCH_ACTIVATIONS[activation](linear(T))
    Y.backward(torch.tensor(dY))
    np.testing.assert_allclose(ours.forward(X), Y.detach().numpy(), **TOLERANCE)
    np.testing.assert_allclose(ours.backward(dY), T.grad.numpy(), **TOLERANCE)
    np.testing.assert_allclose(ours.grads["g"], g.grad.numpy()[:, 0], **TOLERANCE)
    np.testing.assert_allclose(ours.grads["V"], v.grad.numpy().T, **TOLERANCE)
    np.testing.assert_allclose(ours.grads["b"], linear.bias.grad.numpy(), **TOLERANCE)


@pytest.mark.parametrize(
    ("loss", "output"),
    [
        ("mse", "identity"),
        ("binary_cross_entropy", "sigmoid"),
        ("rmse", "identity"),
        ("mae", "identity"),
        ("cross_entropy", "softmax"),
    ],
)
@pytest.mark.parametrize("activation", SMOOTH)
@pytest.mark.parametrize("norm", ["batch", "layer", "weight"])
def test_layer_with_activation_and_loss(norm, activation, loss, output):
    kind = WeightNormDense if norm == "weight" else Dense
    first = kind(3, 4, activation, rng=0, dtype=np.float64)
    middle = {"batch": [BatchNorm(4, dtype=np.float64)], "layer": [LayerNorm(4, dtype=np.float64)]}.get(norm, [])
    last = Dense(4, 2, output, rng=1, dtype=np.float64)
    model = MLP([first, *middle, last])
    X = numbers(3, 9, 3)
    y = np.arange(9) % 2 if loss == "cross_entropy" else (numbers(4, 9, 2) > 0).astype(float)
    value, _ = model.loss_and_gradients(X, y, loss)
    W = torch.tensor(first.W, requires_grad=True)
    A = TORCH_ACTIVATIONS[activation](torch.tensor(X) @ W)
    if norm == "batch":
        A = torch.nn.functional.batch_norm(A, None, None, training=True)
    elif norm == "layer":
        A = torch.nn.functional.layer_norm(A, (4,))
    P = TORCH_ACTIVATIONS[output](A @ torch.tensor(last.W))
    theirs = TORCH_LOSSES[loss](P, torch.tensor(y))
    theirs.backward()
    assert value == pytest.approx(theirs.item(), rel=1e-12, abs=1e-12)
    if norm == "weight":
        directions = first.V / np.linalg.norm(first.V, axis=0)
        np.testing.assert_allclose(first.grads["g"], (W.grad.numpy() * directions).sum(axis=0), **TOLERANCE)
    else:
        np.testing.assert_allclose(first.grads["W"], W.grad.numpy(), **TOLERANCE)
