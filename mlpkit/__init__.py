"""mlpkit: multilayer perceptrons in numpy, short enough to read in an evening.

A name loads its module when it is first used, so that importing the package costs next to nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0.dev0"

if TYPE_CHECKING:
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
    from mlpkit.callbacks import Callback, Checkpoint, EarlyStopping, LambdaCallback, LearningRate, TensorBoard
    from mlpkit.clipping import ClipNorm, Clipping, ClipValue
    from mlpkit.datasets import DATASETS, Dataset, one_hot
    from mlpkit.divergence import DivergenceError
    from mlpkit.estimators import MLPClassifier, MLPRegressor
    from mlpkit.gradcheck import GradientCheck, check_activation, check_layer, check_loss, check_network, gradient_check
    from mlpkit.graph import Value
    from mlpkit.history import History
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
    from mlpkit.metrics import METRICS, R2, Accuracy, Metric
    from mlpkit.network import MLP
    from mlpkit.optimizers import OPTIMIZERS, SGD, AdaDelta, AdaGrad, Adam, AdamW, Nadam, Nesterov, Optimizer, RMSProp
    from mlpkit.regularizers import L1, L2, REGULARIZERS, Regularizer
    from mlpkit.schedules import SCHEDULES, ConstantSchedule, CosineSchedule, Schedule, StepSchedule, WarmUpSchedule
    from mlpkit.serialization import load, save
    from mlpkit.training import TrainingRun

_NAMES = {
    "activations": "ACTIVATIONS ELU SELU Activation Identity LeakyReLU PReLU ReLU Sigmoid Softmax Softplus Step Tanh",
    "callbacks": "Callback Checkpoint EarlyStopping LambdaCallback LearningRate TensorBoard",
    "clipping": "ClipNorm ClipValue Clipping",
    "datasets": "DATASETS Dataset one_hot",
    "divergence": "DivergenceError",
    "estimators": "MLPClassifier MLPRegressor",
    "gradcheck": "GradientCheck check_activation check_layer check_loss check_network gradient_check",
    "graph": "Value",
    "history": "History",
    "initializers": "INITIALIZERS Constant GlorotNormal GlorotUniform HeNormal HeUniform Initializer LecunNormal "
    "LecunUniform Normal Orthogonal Uniform Zeros",
    "layers": "ActivationLayer BatchNorm Dense Dropout Layer LayerNorm WeightNormDense",
    "losses": "LOSSES MAE MSE RMSE BinaryCrossEntropy CrossEntropy LogitLoss Loss",
    "metrics": "METRICS R2 Accuracy Metric",
    "network": "MLP",
    "optimizers": "OPTIMIZERS SGD AdaDelta AdaGrad Adam AdamW Nadam Nesterov Optimizer RMSProp",
    "regularizers": "L1 L2 REGULARIZERS Regularizer",
    "schedules": "SCHEDULES ConstantSchedule CosineSchedule Schedule StepSchedule WarmUpSchedule",
    "serialization": "load save",
    "training": "TrainingRun",
}
"""The public names of each module of the package."""

_MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}

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
    if name in _MODULES:
        value = getattr(importlib.import_module(f"mlpkit.{_MODULES[name]}"), name)
    elif name in _NAMES:
        value = importlib.import_module(f"mlpkit.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value  # the next use finds it at once
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
