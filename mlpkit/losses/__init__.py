"""Losses: one number for how wrong the predictions are, and its gradient."""

from mlpkit.losses.base import LogitLoss, Loss
from mlpkit.losses.cross_entropy import BinaryCrossEntropy, CrossEntropy
from mlpkit.losses.regression import MAE, MSE, RMSE

__all__ = ["LOSSES", "MAE", "MSE", "RMSE", "BinaryCrossEntropy", "CrossEntropy", "LogitLoss", "Loss"]

LOSSES: dict[str, type[Loss]] = {
    "mse": MSE,
    "rmse": RMSE,
    "mae": MAE,
    "binary_cross_entropy": BinaryCrossEntropy,
    "cross_entropy": CrossEntropy,
}
"""The losses that have a name."""
