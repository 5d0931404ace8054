"""The same networks in PyTorch, in float64: losses, gradients and whole training runs must agree."""

import numpy as np
import pytest

from mlpkit import ACTIVATIONS, LOSSES, MLP, MSE, SGD, Adam, BinaryCrossEntropy, Dense, LeakyReLU, Nesterov

torch = pytest.importorskip("torch")
functional = torch.nn.functional

TORCH_ACTIVATIONS = {
    "identity": lambda z: z,
    "step": lambda z: torch.heaviside(z, torch.ones_like(z)),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda z: functional.leaky_relu(z, 0.01),
}
TORCH_LOSSES = {
    "mse": functional.mse_loss,
    "binary_cross_entropy": functional.binary_cross_entropy,
}
OPTIMIZER_PAIRS = {
    "sgd": (SGD(0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
    "momentum": (SGD(0.1, momentum=0.9), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
    "nesterov": (Nesterov(0.1, 0.8), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True)),
    "adam": (Adam(0.01), lambda p: torch.optim.Adam(p, lr=0.01)),
    "adam, other betas": (
        Adam(0.02, beta_1=0.7, beta_2=0.95, epsilon=1e-3),
        lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.7, 0.95), eps=1e-3),
    ),
}
TOLERANCE = 1e-10


def pair(hidden="tanh", output="sigmoid"):
    """Return a network, its parameters as torch tensors, and the same network as a torch function of the inputs."""
    rng = np.random.default_rng(0)
    names = [hidden, hidden, output]
    model = MLP(
        [Dense(a, b, f, dtype=np.float64, rng=rng) for a, b, f in zip([3, 6, 5], [6, 5, 2], names, strict=True)]
    )
    tensors = [torch.tensor(layer.params[name], requires_grad=True) for layer in model.layers for name in layer.params]

    def forward(X):
        for W, b, name in zip(tensors[::2], tensors[1::2], names, strict=True):
            X = TORCH_ACTIVATIONS[name](X @ W + b)
        return X

    return model, tensors, forward


def batch(seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(20, 3)), rng.integers(0, 2, (20, 2)).astype(float)


def flat(tensors):
    return np.concatenate([tensor.detach().numpy().ravel() for tensor in tensors])


def test_every_entry_of_the_registries_has_a_peer():
    assert TORCH_ACTIVATIONS.keys() == ACTIVATIONS.keys()
    assert TORCH_LOSSES.keys() == LOSSES.keys()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", sorted(ACTIVATIONS.keys() - {"step"}))  # torch has no derivative of heaviside
def test_losses_and_gradients(hidden, loss):
    model, tensors, forward = pair(hidden)
    X, y = batch()
    value, gradients = model.loss_and_gradients(X, y, loss)
    theirs = TORCH_LOSSES[loss](forward(torch.tensor(X)), torch.tensor(y))
    theirs.backward()
    assert value == pytest.approx(theirs.item(), abs=TOLERANCE)
    np.testing.assert_allclose(gradients, flat([t.grad for t in tensors]), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations(name, dtype):
    z = np.linspace(-100, 100, 1001).astype(dtype)
    theirs = TORCH_ACTIVATIONS[name](torch.tensor(z)).numpy()
    np.testing.assert_allclose(ACTIVATIONS[name]()(z), theirs, rtol=8 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny)


def test_leaky_relu_with_another_slope():
    z = np.linspace(-3, 3, 7)
    np.testing.assert_array_equal(LeakyReLU(0.2)(z), functional.leaky_relu(torch.tensor(z), 0.2).numpy())


def test_the_losses_at_extreme_logits():
    z = np.array([[-800.0], [-30.0], [0.0], [30.0], [800.0]])
    for y in (np.zeros_like(z), np.ones_like(z), np.full_like(z, 0.3)):
        theirs = functional.binary_cross_entropy_with_logits(torch.tensor(z), torch.tensor(y))
        assert BinaryCrossEntropy().forward_logits(z, y) == pytest.approx(theirs.item(), rel=1e-14)


def test_half_the_squared_error():
    P, y = batch()[1] * 0.3, batch(2)[1]
    assert MSE(half=True)(P, y) == pytest.approx(functional.mse_loss(torch.tensor(P), torch.tensor(y)).item() / 2)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", OPTIMIZER_PAIRS)
def test_fifty_steps(name, loss):
    ours, theirs = OPTIMIZER_PAIRS[name]
    model, tensors, forward = pair()
    model.optimizer = ours
    optimizer = theirs(tensors)
    for step in range(50):
        X, y = batch(step)
        value = model.train_batch(X, y, loss)
        optimizer.zero_grad()
        their_value = TORCH_LOSSES[loss](forward(torch.tensor(X)), torch.tensor(y))
        their_value.backward()
        optimizer.step()
        assert value == pytest.approx(their_value.item(), abs=TOLERANCE)
    np.testing.assert_allclose(model.parameters, flat(tensors), rtol=0, atol=TOLERANCE)
