"""mlpkit: multilayer perceptrons in numpy, short enough to read in an evening."""

from mlpkit.activations import ACTIVATIONS, Activation, Identity, LeakyReLU, ReLU, Sigmoid, Step, Tanh
from mlpkit.gradcheck import (
    GradientCheck,
    check_activation,
    check_layer,
    check_loss,
    check_network,
    gradient_check,
)
from mlpkit.initializers import (
    INITIALIZERS,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Initializer,
    Normal,
    Uniform,
    Zeros,
)
from mlpkit.layers import Dense, Layer
from mlpkit.losses import LOSSES, MSE, BinaryCrossEntropy, LogitLoss, Loss
from mlpkit.network import MLP
from mlpkit.optimizers import OPTIMIZERS, SGD, Adam, Nesterov, Optimizer

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "LOSSES",
    "MLP",
    "MSE",
    "OPTIMIZERS",
    "SGD",
    "Activation",
    "Adam",
    "BinaryCrossEntropy",
    "Dense",
    "GlorotNormal",
    "GlorotUniform",
    "GradientCheck",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "Layer",
    "LeakyReLU",
    "LogitLoss",
    "Loss",
    "Nesterov",
    "Normal",
    "Optimizer",
    "ReLU",
    "Sigmoid",
    "Step",
    "Tanh",
    "Uniform",
    "Zeros",
    "check_activation",
    "check_layer",
    "check_loss",
    "check_network",
    "gradient_check",
]
