"""Activation functions: the function of a neuron's weighted sum."""

from mlpkit.activations.base import Activation
from mlpkit.activations.classic import Identity, ReLU, Sigmoid, Softmax, Step, Tanh
from mlpkit.activations.exponential import ELU, SELU, Softplus
from mlpkit.activations.leaky import LeakyReLU, PReLU

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "SELU",
    "Activation",
    "Identity",
    "LeakyReLU",
    "PReLU",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Step",
    "Tanh",
]

ACTIVATIONS: dict[str, type[Activation]] = {
    "identity": Identity,
    "step": Step,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "prelu": PReLU,
    "elu": ELU,
    "selu": SELU,
    "softplus": Softplus,
    "softmax": Softmax,
}
"""The activations that have a name."""
