"""mlpkit: multilayer perceptrons in numpy, short enough to read in an evening.

The formulas and the network load at once; the rest loads when a name is first used, so that importing stays cheap.
"""

import importlib
from typing import TYPE_CHECKING, Any

from mlpkit.activations import (
    ACTIVATIONS,
    ELU,
    SELU,
    Activation,
    Identity,
    LeakyReLU,
    PReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Step,
    Tanh,
)
from mlpkit.clipping import ClipNorm, Clipping, ClipValue
from mlpkit.initializers import (
    INITIALIZERS,
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Initializer,
    LecunNormal,
    LecunUniform,
    Normal,
    Orthogonal,
    Uniform,
    Zeros,
)
from mlpkit.layers import ActivationLayer, Dense, Layer
from mlpkit.losses import LOSSES, MAE, MSE, RMSE, BinaryCrossEntropy, CrossEntropy, LogitLoss, Loss
from mlpkit.network import MLP
from mlpkit.optimizers import OPTIMIZERS, SGD, AdaDelta, AdaGrad, Adam, AdamW, Nadam, Nesterov, Optimizer, RMSProp
from mlpkit.regularizers import L1, L2, REGULARIZERS, Regularizer
from mlpkit.schedules import (
    SCHEDULES,
    ConstantSchedule,
    CosineSchedule,
    Schedule,
    StepSchedule,
    WarmUpSchedule,
)

if TYPE_CHECKING:
    from mlpkit.datasets import DATASETS, Dataset, one_hot
    from mlpkit.gradcheck import (
        GradientCheck,
        check_activation,
        check_layer,
        check_loss,
        check_network,
        gradient_check,
    )

LOADED_WHEN_USED = {
    "DATASETS": "mlpkit.datasets",
    "Dataset": "mlpkit.datasets",
    "GradientCheck": "mlpkit.gradcheck",
    "check_activation": "mlpkit.gradcheck",
    "check_layer": "mlpkit.gradcheck",
    "check_loss": "mlpkit.gradcheck",
    "check_network": "mlpkit.gradcheck",
    "gradient_check": "mlpkit.gradcheck",
    "one_hot": "mlpkit.datasets",
}
"""The module of each public name that is not loaded with the package."""

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "ELU",
    "INITIALIZERS",
    "L1",
    "L2",
    "LOSSES",
    "MAE",
    "MLP",
    "MSE",
    "OPTIMIZERS",
    "REGULARIZERS",
    "RMSE",
    "SCHEDULES",
    "SELU",
    "SGD",
    "Activation",
    "ActivationLayer",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "BinaryCrossEntropy",
    "ClipNorm",
    "ClipValue",
    "Clipping",
    "Constant",
    "ConstantSchedule",
    "CosineSchedule",
    "CrossEntropy",
    "Dataset",
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
    "LecunNormal",
    "LecunUniform",
    "LogitLoss",
    "Loss",
    "Nadam",
    "Nesterov",
    "Normal",
    "Optimizer",
    "Orthogonal",
    "PReLU",
    "RMSProp",
    "ReLU",
    "Regularizer",
    "Schedule",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Step",
    "StepSchedule",
    "Tanh",
    "Uniform",
    "WarmUpSchedule",
    "Zeros",
    "check_activation",
    "check_layer",
    "check_loss",
    "check_network",
    "gradient_check",
    "one_hot",
]


def __getattr__(name: str) -> Any:
    if name not in LOADED_WHEN_USED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(LOADED_WHEN_USED[name]), name)
    globals()[name] = value  # the next use finds it at once
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
