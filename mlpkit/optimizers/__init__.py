"""Optimizers: the formulas that make a step from a gradient."""

from mlpkit.optimizers.adam import Adam, AdamW, Nadam
from mlpkit.optimizers.adaptive import AdaDelta, AdaGrad, RMSProp
from mlpkit.optimizers.base import BLOCK_SIZE, Optimizer, OptimizerState, Updates
from mlpkit.optimizers.gradient_descent import SGD, Nesterov

__all__ = [
    "BLOCK_SIZE",
    "OPTIMIZERS",
    "SGD",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Nadam",
    "Nesterov",
    "Optimizer",
    "OptimizerState",
    "RMSProp",
    "Updates",
]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "adadelta": AdaDelta,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
    "nadam": Nadam,
}
"""The optimizers that have a name."""
