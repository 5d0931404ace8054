"""Fifty steps of every optimizer, next to PyTorch's, in float64."""

import numpy as np
import pytest
from networks import OUTPUTS

from mlpkit import (
    OPTIMIZERS,
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    ClipNorm,
    ClipValue,
    Nadam,
    Nesterov,
    RMSProp,
)

torch = pytest.importorskip("torch")
from test_parity_torch import TORCH_LOSSES, batch, flat, pair  # noqa: E402  # needs torch

optim = torch.optim
PAIRS = {
    "sgd": (SGD(0.1), lambda p: optim.SGD(p, lr=0.1)),
    "momentum": (SGD(0.1, momentum=0.9), lambda p: optim.SGD(p, lr=0.1, momentum=0.9)),
    "nesterov": (Nesterov(0.1, 0.8), lambda p: optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True)),
    "decay": (SGD(0.1, 0.9, weight_decay=0.01), lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01)),
    "nesterov, decay": (
        Nesterov(0.1, weight_decay=0.01),
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    "adagrad": (AdaGrad(0.05), lambda p: optim.Adagrad(p, lr=0.05)),
    "adadelta": (AdaDelta(), lambda p: optim.Adadelta(p)),
    "adadelta, other settings": (AdaDelta(0.5, 0.8, 1e-4), lambda p: optim.Adadelta(p, lr=0.5, rho=0.8, eps=1e-4)),
    "rmsprop": (RMSProp(), lambda p: optim.RMSprop(p)),
    "rmsprop, other settings": (RMSProp(0.02, 0.9, 1e-3), lambda p: optim.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-3)),
    "adam": (Adam(0.01), lambda p: optim.Adam(p, lr=0.01)),
    "adam, other betas": (Adam(0.02, 0.7, 0.95, 1e-3), lambda p: optim.Adam(p, lr=0.02, betas=(0.7, 0.95), eps=1e-3)),
    "adamw": (AdamW(0.01, weight_decay=0.1), lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1)),
    "nadam": (Nadam(), lambda p: optim.NAdam(p)),
    "nadam, other betas": (Nadam(0.01, 0.7, 0.95), lambda p: optim.NAdam(p, lr=0.01, betas=(0.7, 0.95))),
}
TOLERANCE = 1e-10


@pytest.fixture(autouse=True)
def double_precision():
    kept = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # torch keeps the running product of NAdam in it
    yield
    torch.set_default_dtype(kept)


def test_every_optimizer_has_a_peer():
    assert {type(ours) for ours, _ in PAIRS.values()} == set(OPTIMIZERS.values())


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
@pytest.mark.parametrize("name", PAIRS)
def test_fifty_steps(name, loss):
    ours, theirs = PAIRS[name]
    model, tensors, forward = pair(output=OUTPUTS[loss])
    model.optimizer = ours
    optimizer = theirs(tensors)
    for step in range(50):
        X, y = batch(loss, step)
        value = model.train_batch(X, y, loss)
        optimizer.zero_grad()
        their_value = TORCH_LOSSES[loss](forward(torch.tensor(X)), torch.tensor(y))
        their_value.backward()
        optimizer.step()
        assert value == pytest.approx(their_value.item(), abs=TOLERANCE)
    np.testing.assert_allclose(model.parameters, flat(tensors), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("clipping", "theirs"),
    [
        (ClipNorm(0.05), lambda p: torch.nn.utils.clip_grad_norm_(p, 0.05)),
        (ClipValue(0.01), lambda p: torch.nn.utils.clip_grad_value_(p, 0.01)),
    ],
)
def test_clipped_gradients(clipping, theirs):
    model, tensors, forward = pair(output="identity")
    X, y = batch("mse")
    model.loss_and_gradients(X, y, "mse")
    clipping.clip(model.gradients)
    TORCH_LOSSES["mse"](forward(torch.tensor(X)), torch.tensor(y)).backward()
    theirs(tensors)
    # torch divides by the norm plus 1e-6
    np.testing.assert_allclose(model.gradients, flat([t.grad for t in tensors]), rtol=1e-4)
