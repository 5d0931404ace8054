"""Activation functions: what a neuron does with its weighted sum."""

from mlpkit.activations.base import Activation
from mlpkit.activations.exponential import ELU, SELU, Softplus
from mlpkit.activations.rectifiers import LeakyReLU, PReLU, ReLU
from mlpkit.activations.sigmoidal import Identity, Sigmoid, Step, Tanh
from mlpkit.activations.softmax import Softmax

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
