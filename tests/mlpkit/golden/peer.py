"""PyTorch's results for the cases, in float64. A new entry of a registry of mlpkit gets its peer here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from golden.cases import GRID, KEPT_STEPS, OUTPUTS, STEPS, Choice, LossCase, gradient, numbers
from golden.networks import LAYER_SEED, PASSES, LayerCase, Network, layer_pass, projected

Results = dict[str, np.ndarray]


def prelu(z: torch.Tensor, initial: float = 0.25, slope: torch.Tensor | None = None) -> torch.Tensor:
    return functional.prelu(z, torch.full((1,), initial) if slope is None else slope)


def gelu(z: torch.Tensor, approximate: str = "none") -> torch.Tensor:
    """Return what `functional.gelu` does, with all its digits: ``1 + erf`` and ``1 + tanh`` cancel for negative z."""
    if approximate == "none":
        a = z * torch.special.erfc(-z / math.sqrt(2)) / 2
    else:
        a = z * torch.sigmoid(2 * math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))
    torch.testing.assert_close(a, functional.gelu(z, approximate=approximate), rtol=1e-14, atol=1e-14)
    return a


ACTIVATIONS: dict[str, Callable[..., torch.Tensor]] = {
    "identity": lambda z: z * 1,
    "step": lambda z: torch.heaviside(z, torch.ones_like(z)),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda z, epsilon=0.01: functional.leaky_relu(z, epsilon),
    "prelu": prelu,
    "elu": lambda z, alpha=1.0: functional.elu(z, alpha),
    "selu": functional.selu,
    "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),  # functional.softplus is cut short from 20 on
    "softmax": lambda z: functional.softmax(z, dim=-1),
    "silu": functional.silu,
    "gelu": gelu,
}


def per_sample(terms: torch.Tensor) -> torch.Tensor:
    return terms.mean(dim=1)


LOSS_TERMS: dict[str, Callable[..., torch.Tensor]] = {
    "mse": lambda p, y, half=False: per_sample(functional.mse_loss(p, y, reduction="none")) / (2 if half else 1),
    "rmse": lambda p, y: per_sample(functional.mse_loss(p, y, reduction="none")),
    "mae": lambda p, y: per_sample(functional.l1_loss(p, y, reduction="none")),
    "binary_cross_entropy": lambda p, y: per_sample(functional.binary_cross_entropy(p, y, reduction="none")),
    "cross_entropy": lambda p, y: (
        functional.nll_loss(torch.log(p), y, reduction="none") if y.ndim == 1 else -(y * torch.log(p)).sum(dim=1)
    ),
}
"""The loss of each sample, from predictions."""
LOGIT_TERMS: dict[str, Callable[..., torch.Tensor]] = {
    "binary_cross_entropy": lambda z, y: per_sample(
        functional.binary_cross_entropy_with_logits(z, y, reduction="none")
    ),
    "cross_entropy": lambda z, y: functional.cross_entropy(z, y, reduction="none"),
}
"""The loss of each sample, from logits."""

optim = torch.optim
OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {
    "sgd": lambda p, learning_rate=0.01, momentum=0.0, weight_decay=0.0: optim.SGD(
        p, learning_rate, momentum, weight_decay=weight_decay
    ),
    "nesterov": lambda p, learning_rate=0.01, momentum=0.9, weight_decay=0.0: optim.SGD(
        p, learning_rate, momentum, weight_decay=weight_decay, nesterov=True
    ),
    "adagrad": lambda p, learning_rate=0.01, epsilon=1e-10: optim.Adagrad(p, learning_rate, eps=epsilon),
    "adadelta": lambda p, learning_rate=1.0, rho=0.9, epsilon=1e-6: optim.Adadelta(p, learning_rate, rho, epsilon),
    "rmsprop": lambda p, learning_rate=0.01, rho=0.99, epsilon=1e-8: optim.RMSprop(p, learning_rate, rho, epsilon),
    "adam": lambda p, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8: optim.Adam(
        p, learning_rate, (beta_1, beta_2), epsilon
    ),
    "adamw": lambda p, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8, weight_decay=0.01: optim.AdamW(
        p, learning_rate, (beta_1, beta_2), epsilon, weight_decay
    ),
    "nadam": lambda p, learning_rate=2e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8: optim.NAdam(
        p, learning_rate, (beta_1, beta_2), epsilon
    ),
}
schedulers = optim.lr_scheduler


def stepped(learning_rate: float, steps: int, scheduler: Callable[[optim.Optimizer], Any]) -> list[float]:
    """Return the rates that one of torch's schedulers gives for the first steps."""
    optimizer = optim.SGD([torch.zeros(1)], learning_rate)
    scheduler = scheduler(optimizer)
    found = []
    for _ in range(steps):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return found


def warm_up(schedule: float | Choice, steps: int) -> list[float]:
    after = rates(schedule) if isinstance(schedule, Choice) else [schedule] * STEPS
    first = stepped(after[0], steps, lambda o: schedulers.LinearLR(o, 1 / steps, total_iters=steps - 1))
    return first + after


SCHEDULES: dict[str, Callable[..., list[float]]] = {
    "constant": lambda learning_rate: [learning_rate] * STEPS,
    "step": lambda learning_rate, every, factor: stepped(
        learning_rate, STEPS, lambda o: schedulers.StepLR(o, every, factor)
    ),
    "cosine": lambda learning_rate, steps, minimum=0.0: (
        stepped(learning_rate, steps, lambda o: schedulers.CosineAnnealingLR(o, steps, minimum)) + [minimum] * STEPS
    ),  # torch's would rise again
    "warm_up": warm_up,
}
"""The rates of each schedule, at least `STEPS` of them."""


def rates(case: Choice) -> list[float]:
    return SCHEDULES[case.name](**case.settings)


@contextmanager
def double_precision() -> Iterator[None]:
    """Let torch compute in float64; NAdam keeps its running product in the default dtype."""
    kept = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(kept)


def activation(case: Choice) -> Results:
    z = torch.tensor(GRID, requires_grad=True)
    a = ACTIVATIONS[case.name](z, **case.settings)
    results = {"outputs": a.detach().numpy()}
    if case.name != "step":  # torch has no derivative of heaviside
        a.backward(torch.tensor(numbers(0, *GRID.shape)))
        results["gradient"] = z.grad.numpy()
    return results


def mean(name: str, terms: torch.Tensor, weights: np.ndarray | None) -> torch.Tensor:
    """Return the loss of the samples' losses."""
    value = terms.mean() if weights is None else functional.normalize(torch.tensor(weights), p=1, dim=0) @ terms
    return torch.sqrt(value) if name == "rmse" else value


def loss(case: LossCase) -> Results:
    y, weights = case.arrays()
    results = {}
    name, settings = case.loss.name, case.loss.settings
    logits = torch.tensor(case.logits(), requires_grad=True)
    if name in LOGIT_TERMS:
        value = mean(name, LOGIT_TERMS[name](logits, torch.tensor(y)), weights)
        value.backward()
        results |= {"loss of logits": value.item(), "gradient of logits": logits.grad.numpy()}
    if not case.extreme:
        p = ACTIVATIONS[OUTPUTS.get(name, "identity")](logits.detach()).requires_grad_()
        value = mean(name, LOSS_TERMS[name](p, torch.tensor(y), **settings), weights)
        value.backward()
        results |= {"loss": value.item(), "gradient": p.grad.numpy()}
    return results


def schedule(case: Choice) -> Results:
    return {"rates": np.array(rates(case)[:STEPS])}


class Steps:
    """An optimizer of torch, with the rates of a schedule."""

    def __init__(self, case: Choice, parameters: list[torch.Tensor]) -> None:
        settings = dict(case.settings)
        self.rates = None
        if isinstance(settings.get("learning_rate"), Choice):
            self.rates = iter(rates(settings.pop("learning_rate")))
        self.optimizer = OPTIMIZERS[case.name](parameters, **settings)

    def step(self) -> None:
        if self.rates is not None:
            self.optimizer.param_groups[0]["lr"] = next(self.rates)
        self.optimizer.step()


def trajectory(case: Choice) -> Results:
    """Return the parameters after some steps of an optimizer, with given gradients."""
    w = torch.tensor(numbers(3, 13), requires_grad=True)
    steps = Steps(case, [w])
    kept = []
    for step in range(STEPS):
        w.grad = torch.tensor(gradient(step))
        steps.step()
        if step + 1 in KEPT_STEPS:
            kept.append(w.detach().numpy().copy())
    return {"parameters": np.array(kept)}


def clip(case: Choice, tensors: list[torch.Tensor]) -> None:
    """Clip gradients; the scale makes nothing of the 1e-6 that torch adds to the norm."""
    scale = 2.0**60
    limit = case.settings["limit"]
    if case.name == "norm":
        for tensor in tensors:
            tensor.grad *= scale
        torch.nn.utils.clip_grad_norm_(tensors, limit * scale)
        for tensor in tensors:
            tensor.grad /= scale
    else:
        torch.nn.utils.clip_grad_value_(tensors, limit)


def clipping(case: Choice) -> Results:
    tensors = [torch.zeros(13) for _ in range(4)]
    for step, tensor in enumerate(tensors):
        tensor.grad = torch.tensor(gradient(step))
    clip(case, tensors)
    return {"gradients": np.array([tensor.grad.numpy() for tensor in tensors])}


PENALTIES: dict[str, Callable[..., torch.Tensor]] = {
    "l1": lambda w, strength=0.01: strength * torch.linalg.vector_norm(w, 1),
    "l2": lambda w, strength=0.01: strength * (w * w).sum(),
}


def penalty(case: Choice | None, values: torch.Tensor) -> torch.Tensor | float:
    return 0.0 if case is None else PENALTIES[case.name](values, **case.settings)


class Layer:
    """A layer of a network, its parameters and buffers."""

    def __init__(
        self, case: LayerCase, values: dict[str, np.ndarray], masks: np.random.Generator, order: int = 1
    ) -> None:
        self.case = case
        self.order = order
        self.settings = dict(case.settings)
        self.parameters = {name: torch.tensor(array, requires_grad=True) for name, array in values.items()}
        self.mean, self.var = torch.zeros(case.n_in), torch.ones(case.n_in)
        self.masks = masks

    def weights(self) -> torch.Tensor:
        own = self.parameters
        return own["W"] if "W" in own else functional.normalize(own["V"], dim=0) * own["g"]

    def affine(self, X: torch.Tensor) -> torch.Tensor:
        return functional.linear(X, self.weights().T, self.parameters["b"])

    def activate(self, Z: torch.Tensor) -> torch.Tensor:
        learned = {"slope": self.parameters["slope"]} if "slope" in self.parameters else {}
        return ACTIVATIONS[self.case.activation.name](Z, **self.case.activation.settings, **learned)

    def forward(self, X: torch.Tensor, training: bool) -> torch.Tensor:
        own, settings = self.parameters, self.settings
        epsilon = settings.get("epsilon", 1e-5)
        if self.case.kind == "batch_norm":
            return functional.batch_norm(
                X, self.mean, self.var, own["gamma"], own["beta"], training, settings.get("momentum", 0.1), epsilon
            )
        if self.case.kind == "layer_norm":
            return functional.layer_norm(X, (self.case.n_in,), own["gamma"], own["beta"], epsilon)
        if self.case.kind == "dropout":
            rate = settings.get("rate", 0.5)
            if not training:
                return X
            kept = self.masks.random(X.shape, dtype=np.float32)[:: self.order] >= rate
            return torch.where(torch.tensor(kept), X / (1 - rate), 0.0)
        return self.activate(self.affine(X))

    def penalties(self, A: torch.Tensor) -> torch.Tensor | float:
        weights = penalty(self.case.weight_penalty, self.weights()) if self.case.weight_penalty else 0.0
        return weights + penalty(self.case.activity_penalty, A) / len(A)


def layer(case: LayerCase) -> Results:
    """Return what a single layer makes of some batches, forward and back, and what is left in its buffers."""
    own = Layer(case, case.first_values([LAYER_SEED]), np.random.default_rng(LAYER_SEED))
    results: dict[str, list[np.ndarray]] = {}
    for i, training in enumerate(PASSES):
        inputs, gradient = layer_pass(case, i)
        X = torch.tensor(inputs, requires_grad=True)
        for tensor in own.parameters.values():
            tensor.grad = None
        Y = own.forward(X, training)
        Y.backward(torch.tensor(gradient))
        found = {"outputs": Y.detach(), "input gradient": X.grad}
        found |= {f"gradient of {name}": tensor.grad for name, tensor in own.parameters.items()}
        if case.kind == "batch_norm":
            found |= {"running_mean": own.mean.clone(), "running_var": own.var.clone()}
        for what, values in found.items():
            results.setdefault(what, []).append(values.numpy())
    return {what: np.array(values) for what, values in results.items()}


def network(case: Network, first_values: list[dict[str, np.ndarray]] | None = None, order: int = 1) -> Results:
    """Train a network and return what became of it.

    Parameters
    ----------
    case : Network
        The network.
    first_values : list of dict, optional
        Its first parameters; those of the case if not given.
    order : int, default 1
        -1 to have the samples of each batch in reverse, which changes nothing but the order of additions.
    """
    values = case.first_values() if first_values is None else first_values
    layers = [
        Layer(layer, own, case.mask_generator(i), order)
        for i, (layer, own) in enumerate(zip(case.layers, values, strict=True))
    ]
    tensors = [tensor for layer in layers for tensor in layer.parameters.values()]
    optimizers = [
        Steps(layer.case.optimizer, list(layer.parameters.values())) for layer in layers if layer.case.optimizer
    ]
    others = [tensor for layer in layers if not layer.case.optimizer for tensor in layer.parameters.values()]
    if others:
        optimizers.append(Steps(case.optimizer, others))
    losses = []
    first_gradient = None
    for step in range(case.steps):
        for tensor in tensors:
            tensor.grad = None
        batch = (values if values is None else values[::order].copy() for values in case.batch(step))
        value = training_loss(case, layers, *batch)
        value.backward()
        losses.append(value.item())
        if first_gradient is None:
            first_gradient = projected([tensor.grad.numpy() for tensor in tensors])
        if case.clipping:
            clip(case.clipping, tensors)
        for optimizer in optimizers:
            optimizer.step()
    with torch.no_grad():
        A = torch.tensor(case.new_inputs())
        for layer in layers:
            A = layer.forward(A, training=False)
    return {
        "losses": np.array(losses),
        "first gradient": first_gradient,
        "parameters": projected([tensor.detach().numpy() for tensor in tensors]),
        "predictions": A.numpy(),
    }


def training_loss(
    case: Network, layers: list[Layer], X: np.ndarray, y: np.ndarray, weights: np.ndarray | None
) -> torch.Tensor:
    """Return the loss of a batch with all penalties, from logits where the loss has them."""
    A, extra = torch.tensor(X), 0.0
    for layer in layers[:-1]:
        A = layer.forward(A, training=True)
        extra = extra + layer.penalties(A)
    last, targets = layers[-1], torch.tensor(y)
    Z = last.affine(A)
    extra = extra + last.penalties(last.activate(Z))
    name = case.loss.name
    of_logits = OUTPUTS.get(name) == last.case.activation.name
    terms = LOGIT_TERMS[name](Z, targets) if of_logits else LOSS_TERMS[name](last.activate(Z), targets)
    return mean(name, terms, weights) + extra


KINDS: dict[str, Callable[[Any], Results]] = {
    "activations": activation,
    "losses": loss,
    "schedules": schedule,
    "optimizers": trajectory,
    "clippings": clipping,
    "layers": layer,
    "networks": network,
    "random networks": network,
}
"""What computes each kind of case."""
