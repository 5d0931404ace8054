"""Activation functions: the function of a neuron's weighted sum."""

from mlpkit.activations.base import Activation
from mlpkit.activations.classic import Identity, ReLU, Sigmoid, Softmax, Step, Tanh
from mlpkit.activations.exponential import ELU, SELU, Softplus
from mlpkit.activations.gated import GELU, SiLU
from mlpkit.activations.leaky import LeakyReLU, PReLU

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "SELU",
    "Activation",
    "Identity",
    "LeakyReLU",
    "PReLU",
    "ReLU",
    "SiLU",
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
    "silu": SiLU,
    "gelu": GELU,
    "softmax": Softmax,
}
"""The activations that have a name."""
