"""The cases: functions, steps and networks, described so that mlpkit and PyTorch can both compute them.

All numbers come from `numpy.random.Generator.random`, whose bits do not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

STEPS = 50
"""Length of the trajectories of optimizers and schedules."""


@dataclass(frozen=True)
class Choice:
    """An entry of a registry, by name, with the settings that differ from its defaults."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        settings = ", ".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.name}({settings})"


def choice(name: str, **settings: Any) -> Choice:
    return Choice(name, settings)


def by_name(cases: Iterable[Any]) -> dict[str, Any]:
    cases = list(cases)
    named = {str(case): case for case in cases}
    assert len(named) == len(cases), "two cases have one name"
    return named


def numbers(seed: int | list[int], *shape: int) -> np.ndarray:
    """Return numbers of mean 0 and variance 1, spread evenly."""
    return (np.random.default_rng(seed).random(shape) - 0.5) * np.sqrt(12.0)


# Activations, on numbers that float32 holds exactly.

GRID = np.concatenate(
    [np.arange(-40, 40) / 16 + 1 / 32, np.arange(-48, 49, 4) * 2.0, [2.0**-40, -(2.0**-40), 300, -300, 745, -745, 0.0]]
).reshape(-1, 4)
"""Inputs of the activations, of shape (28, 4)."""
ACTIVATIONS = by_name(
    [
        *map(choice, ["identity", "step", "sigmoid", "tanh", "relu", "leaky_relu"]),
        *map(choice, ["prelu", "elu", "selu", "softplus", "softmax", "silu", "gelu"]),
        choice("leaky_relu", epsilon=0.2),
        choice("prelu", initial=0.125),
        choice("elu", alpha=0.5),
        choice("gelu", approximate="tanh"),
    ]
)


# Losses.


@dataclass(frozen=True)
class LossCase:
    """A loss of predictions of shape (9, 4), with targets of one kind."""

    loss: Choice
    targets: str = "numbers"
    weighted: bool = False
    extreme: bool = False

    def __str__(self) -> str:
        words = [str(self.loss), self.targets, "weighted" * self.weighted, "extreme" * self.extreme]
        return " ".join(filter(None, words))

    def logits(self) -> np.ndarray:
        return numbers(1, 9, 4) * (250.0 if self.extreme else 2.0)

    def arrays(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the targets and the weights."""
        return some_targets(self.targets, 9, 4, 2), some_weights(9, 3) if self.weighted else None


def some_weights(batch: int, seed: int | list[int]) -> np.ndarray:
    """Return weights of samples, one of them 0."""
    weights = np.random.default_rng(seed).random(batch) * 2
    if batch > 2:
        weights[batch // 2] = 0
    return weights


def some_targets(kind: str, batch: int, n_out: int, seed: int | list[int]) -> np.ndarray:
    """Return targets: numbers, zeros and ones, probabilities, classes, one-hot rows, or rows that add up to 1."""
    drawn = np.random.default_rng(seed).random((batch, n_out))
    classes = (drawn[:, 0] * n_out).astype(int)
    return {
        "numbers": (drawn - 0.5) * 3,
        "zeros and ones": (drawn > 0.5).astype(float),
        "probabilities": drawn,
        "classes": classes,
        "one-hot": np.eye(n_out)[classes],
        "rows": drawn / drawn.sum(axis=1, keepdims=True),
    }[kind]


KINDS_OF_TARGETS = {
    "mse": ["numbers"],
    "rmse": ["numbers"],
    "mae": ["numbers"],
    "binary_cross_entropy": ["zeros and ones", "probabilities"],
    "cross_entropy": ["classes", "one-hot", "rows"],
}
OUTPUTS = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}
"""The activation whose logits a loss takes."""
LOSSES = by_name(
    [
        *(
            LossCase(choice(name), targets, weighted)
            for name, kinds in KINDS_OF_TARGETS.items()
            for targets in kinds
            for weighted in (False, True)
        ),
        *(LossCase(choice(name), targets, extreme=True) for name in OUTPUTS for targets in KINDS_OF_TARGETS[name]),
        LossCase(choice("mse", half=True)),
        LossCase(choice("mse", half=True), weighted=True),
    ]
)


# Schedules, and optimizers on gradients from huge to tiny.

SCHEDULES = by_name(
    [
        choice("constant", learning_rate=0.05),
        choice("step", learning_rate=0.1, every=7, factor=0.3),
        choice("cosine", learning_rate=0.1, steps=30, minimum=0.01),
        choice("cosine", learning_rate=0.1, steps=60),
        choice("warm_up", schedule=0.1, steps=10),
        choice("warm_up", schedule=choice("step", learning_rate=0.1, every=5, factor=0.5), steps=4),
        choice("warm_up", schedule=choice("cosine", learning_rate=0.2, steps=20, minimum=0.02), steps=5),
    ]
)
OPTIMIZER_NAMES = ["sgd", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "nadam"]
OPTIMIZER_SETTINGS = [
    *map(choice, OPTIMIZER_NAMES),
    choice("sgd", learning_rate=0.1, momentum=0.9),
    choice("sgd", learning_rate=0.1, weight_decay=0.02),
    choice("sgd", learning_rate=0.1, momentum=0.8, weight_decay=0.02),
    choice("nesterov", learning_rate=0.1, momentum=0.7),
    choice("nesterov", learning_rate=0.1, momentum=0.7, weight_decay=0.02),
    choice("adagrad", learning_rate=0.05, epsilon=1e-4),
    choice("adadelta", learning_rate=0.5, rho=0.8, epsilon=1e-4),
    choice("rmsprop", learning_rate=0.02, rho=0.9, epsilon=1e-3),
    choice("adam", learning_rate=0.02, beta_1=0.7, beta_2=0.95, epsilon=1e-3),
    choice("adam", beta_1=0.0),
    choice("adamw", learning_rate=0.02, beta_1=0.7, beta_2=0.95, epsilon=1e-3, weight_decay=0.1),
    choice("nadam", learning_rate=0.01, beta_1=0.7, beta_2=0.95, epsilon=1e-3),
]
OPTIMIZERS = by_name(
    [
        *OPTIMIZER_SETTINGS,
        *(
            choice(name, learning_rate=schedule)
            for name in OPTIMIZER_NAMES
            for schedule in (SCHEDULES["step(learning_rate=0.1, every=7, factor=0.3)"], list(SCHEDULES.values())[-1])
        ),
    ]
)
KEPT_STEPS = (1, 2, 3, 10, 25, STEPS)
"""The steps after which the parameters of an optimizer's trajectory are stored."""
CLIPPINGS = by_name([choice("norm", limit=0.5), choice("norm", limit=50.0), choice("value", limit=0.25)])


def gradient(step: int) -> np.ndarray:
    """Return a gradient of 13 entries from 1e-10 to 10; one is 0 in every third step, and the last one always."""
    values = numbers([4, step], 13) * 10.0 ** np.arange(-10, 3)
    values[6] *= step % 3 > 0
    values[-1] = 0
    return values
