"""The same networks in PyTorch, in float64: activations, losses and gradients must agree."""

import numpy as np
import pytest
from networks import OUTPUTS, some_targets

from mlpkit import ACTIVATIONS, LOSSES, MLP, MSE, BinaryCrossEntropy, CrossEntropy, Dense, LeakyReLU, PReLU

torch = pytest.importorskip("torch")
functional = torch.nn.functional

TORCH_ACTIVATIONS = {
    "identity": lambda z: z,
    "step": lambda z: torch.heaviside(z, torch.ones_like(z)),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda z: functional.leaky_relu(z, 0.01),
    "prelu": lambda z, slope=None: functional.prelu(
        z, torch.full((1,), 0.25, dtype=z.dtype) if slope is None else slope
    ),
    "elu": functional.elu,
    "selu": functional.selu,
    "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),  # functional.softplus is cut short from 20 on
    "softmax": lambda z: functional.softmax(z, dim=-1),
}
TORCH_LOSSES = {
    "mse": functional.mse_loss,
    "rmse": lambda p, y: torch.sqrt(functional.mse_loss(p, y)),
    "mae": functional.l1_loss,
    "binary_cross_entropy": functional.binary_cross_entropy,
    "cross_entropy": lambda p, y: functional.nll_loss(torch.log(p), y),
}
TOLERANCE = 1e-12


def pair(hidden="tanh", output="sigmoid"):
    """Return a network, its parameters as torch tensors, and the same network as a torch function of the inputs."""
    rng = np.random.default_rng(0)
    names = [hidden, hidden, output]
    model = MLP(
        [Dense(a, b, f, dtype=np.float64, rng=rng) for a, b, f in zip([3, 6, 5], [6, 5, 2], names, strict=True)]
    )
    tensors = [
        {name: torch.tensor(values, requires_grad=True) for name, values in layer.params.items()}
        for layer in model.layers
    ]

    def forward(X):
        for own, name in zip(tensors, names, strict=True):
            learned = {key: own[key] for key in own if key not in ("W", "b")}
            X = TORCH_ACTIVATIONS[name](X @ own["W"] + own["b"], **learned)
        return X

    return model, [tensor for own in tensors for tensor in own.values()], forward


def batch(loss, seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(20, 3)), some_targets(loss, (20, 2), rng)


def flat(tensors):
    return np.concatenate([tensor.detach().numpy().ravel() for tensor in tensors])


def assert_agrees(model, tensors, forward, loss):
    X, y = batch(loss)
    value, gradients = model.loss_and_gradients(X, y, loss)
    theirs = TORCH_LOSSES[loss](forward(torch.tensor(X)), torch.tensor(y))
    theirs.backward()
    assert value == pytest.approx(theirs.item(), rel=TOLERANCE, abs=TOLERANCE)
    np.testing.assert_allclose(gradients, flat([t.grad for t in tensors]), rtol=0, atol=TOLERANCE)


def test_every_entry_of_the_registries_has_a_peer():
    assert TORCH_ACTIVATIONS.keys() == ACTIVATIONS.keys()
    assert TORCH_LOSSES.keys() == LOSSES.keys()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", sorted(ACTIVATIONS.keys() - {"step"}))  # torch has no derivative of heaviside
def test_losses_and_gradients(hidden, loss):
    assert_agrees(*pair(hidden, OUTPUTS[loss]), loss)


@pytest.mark.parametrize("loss", ["mse", "rmse", "mae"])
@pytest.mark.parametrize("output", sorted(ACTIVATIONS.keys() - {"step"}))
def test_losses_after_every_activation(output, loss):
    assert_agrees(*pair("tanh", output), loss)


@pytest.mark.parametrize(("loss", "output"), [("binary_cross_entropy", "softmax"), ("cross_entropy", "sigmoid")])
def test_losses_of_probabilities_that_come_from_elsewhere(loss, output):
    assert_agrees(*pair("tanh", output), loss)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations(name, dtype):
    z = np.linspace(-100, 100, 1001).astype(dtype)
    theirs = TORCH_ACTIVATIONS[name](torch.tensor(z)).numpy()
    np.testing.assert_allclose(ACTIVATIONS[name]()(z), theirs, rtol=8 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS.keys() - {"step"}))
def test_slopes_of_activations(name):
    z = np.concatenate([np.linspace(-50, 50, 400), [1e-12, -1e-12, 300.0, -300.0]]).reshape(-1, 4)
    theirs = torch.tensor(z, requires_grad=True)
    da = np.random.default_rng(0).normal(size=z.shape)
    TORCH_ACTIVATIONS[name](theirs).backward(torch.tensor(da))
    f = ACTIVATIONS[name]()
    np.testing.assert_allclose(f.backward(da, z, f(z)), theirs.grad.numpy(), rtol=TOLERANCE, atol=TOLERANCE)


def test_other_slopes():
    z = np.linspace(-3, 3, 7)
    np.testing.assert_array_equal(LeakyReLU(0.2)(z), functional.leaky_relu(torch.tensor(z), 0.2).numpy())
    np.testing.assert_array_equal(PReLU(0.2)(z), functional.leaky_relu(torch.tensor(z), 0.2).numpy())


def test_the_losses_at_extreme_logits():
    z = np.array([[-800.0], [-30.0], [0.0], [30.0], [800.0]])
    for y in (np.zeros_like(z), np.ones_like(z), np.full_like(z, 0.3)):
        theirs = functional.binary_cross_entropy_with_logits(torch.tensor(z), torch.tensor(y))
        assert BinaryCrossEntropy().forward_logits(z, y) == pytest.approx(theirs.item(), rel=1e-14)
    two = np.hstack([z, z[::-1] / 3])
    for labels in (np.zeros(5, int), np.ones(5, int)):
        theirs = functional.cross_entropy(torch.tensor(two), torch.tensor(labels))
        assert CrossEntropy().forward_logits(two, labels) == pytest.approx(theirs.item(), rel=1e-14)


def test_targets_that_are_probabilities():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(6, 4)), rng.dirichlet(np.ones(4), size=6)
    theirs = functional.cross_entropy(torch.tensor(z), torch.tensor(y))
    assert CrossEntropy().forward_logits(z, y) == pytest.approx(theirs.item(), rel=1e-14)


def test_sample_weights():
    rng = np.random.default_rng(0)
    z, labels, w = rng.normal(size=(6, 4)), rng.integers(0, 4, 6), rng.uniform(0, 2, 6)
    each = functional.cross_entropy(torch.tensor(z), torch.tensor(labels), reduction="none").numpy()
    assert CrossEntropy().forward_logits(z, labels, w) == pytest.approx((each * w).sum() / w.sum(), rel=1e-14)


def test_half_the_squared_error():
    y = batch("mse")[1]
    theirs = functional.mse_loss(torch.tensor(0.3 * y), torch.tensor(y))
    assert MSE(half=True)(0.3 * y, y) == pytest.approx(theirs.item() / 2, rel=1e-14)
