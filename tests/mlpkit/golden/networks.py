"""Whole networks as cases: a few for each kind of layer, and as many random ones as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from golden import cases
from golden.cases import (
    ACTIVATIONS,
    CLIPPINGS,
    KINDS_OF_TARGETS,
    OPTIMIZER_SETTINGS,
    OPTIMIZERS,
    OUTPUTS,
    STEPS,
    Choice,
    by_name,
    choice,
    numbers,
    some_targets,
    some_weights,
)

N_PROJECTIONS = 8
"""How many numbers stand for the parameters of a network in the store."""


@dataclass(frozen=True)
class LayerCase:
    """A layer: ``dense``, ``weight_norm``, ``batch_norm``, ``layer_norm`` or ``dropout``."""

    kind: str
    n_in: int
    n_out: int
    activation: Choice | None = None
    optimizer: Choice | None = None
    weight_penalty: Choice | None = None
    activity_penalty: Choice | None = None
    settings: tuple[tuple[str, float], ...] = ()

    def __str__(self) -> str:
        activation = "" if self.activation is None else f", {self.activation}"
        settings = "".join(f", {name}={value}" for name, value in self.settings)
        return f"{self.kind}({self.n_in}, {self.n_out}{activation}{settings})"

    def first_values(self, seed: list[int]) -> dict[str, np.ndarray]:
        """Return the parameters before the training, by name, in the order of their names."""
        n, m = self.n_in, self.n_out
        shapes = {
            "dense": {"W": (n, m), "b": (m,)},
            "weight_norm": {"V": (n, m), "b": (m,), "g": (m,)},
            "batch_norm": {"beta": (n,), "gamma": (n,)},
            "layer_norm": {"beta": (n,), "gamma": (n,)},
            "dropout": {},
        }[self.kind]
        values = {name: numbers([*seed, i], *shape) for i, (name, shape) in enumerate(shapes.items())}
        for name in values.keys() & {"W", "V"}:
            values[name] /= np.sqrt(n)
        for name in values.keys() & {"b", "beta"}:
            values[name] *= 0.3
        for name in values.keys() & {"g", "gamma"}:
            values[name] = 1 + 0.3 * values[name]
        if self.activation and self.activation.name == "prelu":
            values["slope"] = np.full(m, self.activation.settings.get("initial", 0.25))
        return values


@dataclass(frozen=True)
class Network:
    """A network, its data, and how it is trained."""

    name: str
    layers: tuple[LayerCase, ...]
    loss: Choice
    targets: str
    optimizer: Choice
    clipping: Choice | None = None
    weighted: bool = False
    batch_size: int = 20
    steps: int = STEPS
    seed: int = 0

    def __str__(self) -> str:
        return self.name

    def first_values(self) -> list[dict[str, np.ndarray]]:
        return [layer.first_values([5, self.seed, i]) for i, layer in enumerate(self.layers)]

    def batch(self, step: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return the inputs, the targets and the weights of a step, counted from 0."""
        X = numbers([6, self.seed, step], self.batch_size, self.layers[0].n_in)
        y = some_targets(self.targets, self.batch_size, self.layers[-1].n_out, [7, self.seed, step])
        return X, y, some_weights(self.batch_size, [8, self.seed, step]) if self.weighted else None

    def new_inputs(self) -> np.ndarray:
        """Return inputs for predictions after the training, of shape (4, n_in)."""
        return numbers([6, self.seed, self.steps], 4, self.layers[0].n_in)

    def mask_generator(self, layer: int) -> np.random.Generator:
        """Return the generator from which a dropout layer draws: an entry whose number is below the rate is dropped."""
        return np.random.default_rng([9, self.seed, layer])


def projected(parameters: list[np.ndarray]) -> np.ndarray:
    """Return `N_PROJECTIONS` weighted means of all parameters, so that a change of any changes them all."""
    flat = np.concatenate([values.ravel() for values in parameters])
    return numbers(10, N_PROJECTIONS, flat.size) @ flat / np.sqrt(flat.size)


# Single layers.

SLOPED = [activation for activation in ACTIVATIONS.values() if activation.name != "step"]
"""The activations with a derivative."""
BETWEEN = [
    LayerCase("batch_norm", 4, 4),
    LayerCase("batch_norm", 4, 4, settings=(("momentum", 0.3), ("epsilon", 0.01))),
    LayerCase("layer_norm", 4, 4),
    LayerCase("layer_norm", 4, 4, settings=(("epsilon", 0.01),)),
    LayerCase("dropout", 4, 4),
    LayerCase("dropout", 4, 4, settings=(("rate", 0.3),)),
]
"""The layers that stand between others."""
LAYERS = by_name(
    [*BETWEEN, *(LayerCase(kind, 4, 3, activation) for kind in ("dense", "weight_norm") for activation in SLOPED)]
)
PASSES = (True, True, True, False, False, True)
"""Whether each forward pass through a single layer is one of training."""


def layer_pass(layer: LayerCase, i: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the inputs of a pass, (7, n_in), and the gradient of its outputs, (7, n_out)."""
    return numbers([12, i], 7, layer.n_in) * 2 + 1, numbers([13, i], 7, layer.n_out)


LAYER_SEED = 14
"""The seed of a single dropout layer."""


# Small networks: each kind of layer, penalty, loss and optimizer.


def small(
    name: str,
    first: list[LayerCase],
    loss: str = "mse",
    *,
    output: Choice | None = None,
    targets: str | None = None,
    optimizer: Choice | None = None,
    **settings: Any,
) -> Network:
    """Return a network that ends with a dense layer of 3 outputs on layers that have 4."""
    last = LayerCase("dense", 4, 3, output or choice(OUTPUTS.get(loss, "identity")))
    return Network(
        name,
        (*first, last),
        choice(loss),
        targets or KINDS_OF_TARGETS[loss][0],
        optimizer or choice("sgd", learning_rate=0.1),
        **settings,
    )


def dense(activation: str, n_in: int = 5, **settings: Any) -> LayerCase:
    return LayerCase("dense", n_in, 4, choice(activation), **settings)


def small_networks() -> Iterator[Network]:
    for activation in SLOPED:
        yield small(f"dense, {activation}", [LayerCase("dense", 5, 4, activation)])
        yield small(f"weight norm, {activation}", [LayerCase("weight_norm", 5, 4, activation)])
        yield small(f"mse of {activation}", [dense("tanh")], output=activation)
    yield small("binary_cross_entropy of softmax", [dense("tanh")], "binary_cross_entropy", output=choice("softmax"))
    for loss, kinds in KINDS_OF_TARGETS.items():
        for targets in kinds:
            for weighted in (False, True):
                words = f"{loss}, {targets}{', weighted' * weighted}"
                yield small(f"dense, {words}", [dense("tanh")], loss, targets=targets, weighted=weighted)
    for layer in BETWEEN:
        yield small(f"{layer}", [dense("tanh"), layer])
        yield small(f"{layer}, classes", [dense("sigmoid"), layer], "cross_entropy", weighted=True)
    for penalty in (choice("l1"), choice("l1", strength=0.03), choice("l2"), choice("l2", strength=0.03)):
        yield small(f"weights {penalty}", [dense("tanh", weight_penalty=penalty)])
        yield small(f"outputs {penalty}", [dense("tanh", activity_penalty=penalty)])
        weight_norm = LayerCase("weight_norm", 5, 4, choice("tanh"), weight_penalty=penalty)
        yield small(f"weight norm {penalty}", [weight_norm])
    for clipping in (choice("norm", limit=0.05), choice("value", limit=0.01)):
        yield small(f"clipping {clipping}", [dense("tanh")], clipping=clipping)
    yield small("an optimizer of its own", [dense("tanh", optimizer=choice("adam", learning_rate=0.01))])
    yield small("one sample", [dense("tanh"), LayerCase("layer_norm", 4, 4)], batch_size=1)
    for optimizer in OPTIMIZER_SETTINGS:
        for loss in ("mse", "cross_entropy"):
            yield small(f"{optimizer}, {loss}", [dense("tanh"), dense("sigmoid", 4)], loss, optimizer=optimizer)


NETWORKS = by_name(small_networks())
CASES: dict[str, dict[str, Any]] = {
    "activations": cases.ACTIVATIONS,
    "losses": cases.LOSSES,
    "schedules": cases.SCHEDULES,
    "optimizers": cases.OPTIMIZERS,
    "clippings": cases.CLIPPINGS,
    "layers": LAYERS,
    "networks": NETWORKS,
}
"""All cases but the random networks, by kind and name."""


# Random networks.

BATCH_SIZES = [1, 2, 3, 5, 8, 16, 31, 32, 33, 64, 100, 128, 255, 256, 257]
HIDDEN = [activation for activation in SLOPED if activation.name != "softmax"]
RANDOM_STEPS = 30


def random_network(seed: int) -> Network:
    """Return the random network of a number: 1 to 6 layers with weights, and layers of the other kinds among them."""
    rng = np.random.default_rng([11, seed])

    def one_of(values: list[Any]) -> Any:
        return values[int(rng.random() * len(values))]

    def perhaps(probability: float, values: list[Any]) -> Any:
        return one_of(values) if rng.random() < probability else None

    batch_size = one_of(BATCH_SIZES)
    loss = one_of(list(KINDS_OF_TARGETS))
    depth = 1 + int(rng.random() * 6)
    widths = [1 + int(rng.random() * 12) for _ in range(depth)] + [2 + int(rng.random() * 8)]
    layers = []
    for i, (n_in, n_out) in enumerate(pairwise(widths)):
        is_last = i == depth - 1
        layers.append(
            LayerCase(
                perhaps(0.2, ["weight_norm"]) or "dense",
                n_in,
                n_out,
                choice(OUTPUTS.get(loss, "identity")) if is_last else one_of(HIDDEN),
                optimizer=perhaps(0.1, OPTIMIZER_SETTINGS),
                weight_penalty=perhaps(0.15, [choice("l1", strength=0.001), choice("l2", strength=0.003)]),
                activity_penalty=perhaps(0.1, [choice("l2", strength=0.003)]),
            )
        )
        kind = perhaps(0.3, ["layer_norm", "dropout", "batch_norm"])
        fits = kind == "dropout" or (kind == "layer_norm" and n_out > 2) or (kind == "batch_norm" and batch_size > 2)
        if fits and not is_last:
            layers.append(LayerCase(kind, n_out, n_out, settings=(("rate", 0.2),) if kind == "dropout" else ()))
    return Network(
        f"random network {seed}",
        tuple(layers),
        choice(loss),
        one_of(KINDS_OF_TARGETS[loss]),
        one_of(list(OPTIMIZERS.values())),
        perhaps(0.3, list(CLIPPINGS.values())),
        rng.random() < 0.3,
        batch_size,
        RANDOM_STEPS,
        seed,
    )
