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
from mlpkit.layers import ActivationLayer, BatchNorm, Dense, Dropout, Layer, LayerNorm, WeightNormDense
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
    from mlpkit.callbacks import Callback, Checkpoint, EarlyStopping, LambdaCallback, LearningRate, TensorBoard
    from mlpkit.datasets import DATASETS, Dataset, one_hot
    from mlpkit.divergence import DivergenceError
    from mlpkit.estimators import MLPClassifier, MLPRegressor
    from mlpkit.gradcheck import (
        GradientCheck,
        check_activation,
        check_layer,
        check_loss,
        check_network,
        gradient_check,
    )
    from mlpkit.graph import Value
    from mlpkit.history import History
    from mlpkit.metrics import METRICS, R2, Accuracy, Metric
    from mlpkit.serialization import load, save
    from mlpkit.training import TrainingRun

LOADED_WHEN_USED = {
    "TrainingRun": "mlpkit.training",
    "Metric": "mlpkit.metrics",
    "Accuracy": "mlpkit.metrics",
    "R2": "mlpkit.metrics",
    "METRICS": "mlpkit.metrics",
    "History": "mlpkit.history",
    "DivergenceError": "mlpkit.divergence",
    "TensorBoard": "mlpkit.callbacks",
    "LearningRate": "mlpkit.callbacks",
    "LambdaCallback": "mlpkit.callbacks",
    "EarlyStopping": "mlpkit.callbacks",
    "Checkpoint": "mlpkit.callbacks",
    "Callback": "mlpkit.callbacks",
    "DATASETS": "mlpkit.datasets",
    "Dataset": "mlpkit.datasets",
    "GradientCheck": "mlpkit.gradcheck",
    "MLPClassifier": "mlpkit.estimators",
    "MLPRegressor": "mlpkit.estimators",
    "Value": "mlpkit.graph",
    "check_activation": "mlpkit.gradcheck",
    "check_layer": "mlpkit.gradcheck",
    "check_loss": "mlpkit.gradcheck",
    "check_network": "mlpkit.gradcheck",
    "gradient_check": "mlpkit.gradcheck",
    "load": "mlpkit.serialization",
    "one_hot": "mlpkit.datasets",
    "save": "mlpkit.serialization",
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
    "METRICS",
    "MLP",
    "MSE",
    "OPTIMIZERS",
    "R2",
    "REGULARIZERS",
    "RMSE",
    "SCHEDULES",
    "SELU",
    "SGD",
    "Accuracy",
    "Activation",
    "ActivationLayer",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "BatchNorm",
    "BinaryCrossEntropy",
    "Callback",
    "Checkpoint",
    "ClipNorm",
    "ClipValue",
    "Clipping",
    "Constant",
    "ConstantSchedule",
    "CosineSchedule",
    "CrossEntropy",
    "Dataset",
    "Dense",
    "DivergenceError",
    "Dropout",
    "EarlyStopping",
    "GlorotNormal",
    "GlorotUniform",
    "GradientCheck",
    "HeNormal",
    "HeUniform",
    "History",
    "Identity",
    "Initializer",
    "LambdaCallback",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "LearningRate",
    "LecunNormal",
    "LecunUniform",
    "LogitLoss",
    "Loss",
    "MLPClassifier",
    "MLPRegressor",
    "Metric",
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
    "TensorBoard",
    "TrainingRun",
    "Uniform",
    "Value",
    "WarmUpSchedule",
    "WeightNormDense",
    "Zeros",
    "check_activation",
    "check_layer",
    "check_loss",
    "check_network",
    "gradient_check",
    "load",
    "one_hot",
    "save",
]


def __getattr__(name: str) -> Any:
    if name not in LOADED_WHEN_USED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(LOADED_WHEN_USED[name]), name)
    globals()[name] = value  # the next use finds it at once
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
