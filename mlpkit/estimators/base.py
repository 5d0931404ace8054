"""What the estimators share: the settings, the network that they make, its training."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse  # type: ignore[import-untyped]
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from mlpkit.activations import Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.layers import Dense
from mlpkit.losses import Loss
from mlpkit.network import MLP
from mlpkit.optimizers import OPTIMIZERS, Optimizer
from mlpkit.registry import resolve
from mlpkit.regularizers import L2

__all__ = ["Estimator"]

INPUTS: dict[str, Any] = {"accept_sparse": ("csr", "csc"), "dtype": (np.float64, np.float32)}


class Estimator(BaseEstimator):  # type: ignore[misc]
    """What the classifier and the regressor share: the settings, the network, the training."""

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: Activation | str = "relu",
        *,
        optimizer: Optimizer | str = "adam",
        learning_rate: float | None = None,
        alpha: float = 1e-4,
        batch_size: int = 200,
        epochs: int = 200,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.alpha = alpha
        self.batch_size = batch_size
        self.epochs = epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state

    def _train(
        self, X: FloatArray, y: NDArray[Any], weights: NDArray[Any] | None, n_out: int, output: str, loss: Loss
    ) -> None:
        """Build the network, and train it; `y` holds classes, (m,), or targets, (m, n_out)."""
        self._check_settings()
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31))
        kept, held_out = np.arange(len(X)), np.arange(0)
        if self.early_stopping:
            order = rng.permutation(len(X))
            n_held_out = max(1, round(self.validation_fraction * len(X)))
            kept, held_out = order[n_held_out:], order[:n_held_out]
            if not len(kept):
                raise ValueError(f"early_stopping holds samples out, and n_samples={len(X)} leaves none to train with")
        self.model_ = self._build(X, n_out, output, len(kept), 1.0 if weights is None else weights[kept].mean(), rng)
        self.loss_curve_: list[float] = []
        self.validation_curve_: list[float] = []
        best, best_loss, best_epoch = self.model_.parameters, math.inf, 0
        for epoch in range(self.epochs):
            self.loss_curve_.append(self._epoch(X, y, weights, rng.permutation(kept), loss))
            if self.early_stopping:
                chosen = None if weights is None else weights[held_out]
                value = self.model_.loss(X[held_out], y[held_out], loss, sample_weights=chosen)
                self.validation_curve_.append(value)
                if value < best_loss:
                    best, best_loss, best_epoch = self.model_.parameters.copy(), value, epoch
                elif epoch - best_epoch >= self.patience:
                    break
        self.model_.parameters = best
        self.n_iter_ = len(self.loss_curve_)

    def _epoch(
        self, X: FloatArray, y: NDArray[Any], weights: NDArray[Any] | None, order: NDArray[np.intp], loss: Loss
    ) -> float:
        total = 0.0
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            chosen = None if weights is None else weights[rows]
            total += len(rows) * self.model_.train_batch(X[rows], y[rows], loss, sample_weights=chosen)
        if not math.isfinite(total):
            raise ValueError("the loss is not finite any more; scale the features, or choose a smaller learning_rate")
        return total / len(order)

    def _build(
        self, X: FloatArray, n_out: int, output: str, n_samples: int, mean_weight: float, rng: np.random.Generator
    ) -> MLP:
        sizes = self.hidden_layer_sizes
        hidden = [sizes] if isinstance(sizes, (int, np.integer)) else list(sizes)
        # scikit-learn's penalty is alpha/2 |W|^2, divided by what the samples of a batch weigh in all
        strength = self.alpha / (2 * min(self.batch_size, n_samples) * mean_weight)
        widths = [X.shape[1], *hidden, n_out]
        activations = [self.activation] * len(hidden) + [output]
        model = MLP(optimizer=self._optimizer())
        for n_in, width, activation in zip(widths, widths[1:], activations, strict=False):
            model.add(Dense(n_in, width, activation, weight_regularizer=L2(strength), dtype=X.dtype, rng=rng))
        return model

    def _optimizer(self) -> Optimizer:
        optimizer = copy.deepcopy(resolve(self.optimizer, OPTIMIZERS, Optimizer))
        if self.learning_rate is not None:
            optimizer.learning_rate = self.learning_rate
        return optimizer

    def _check_settings(self) -> None:
        name = type(self).__name__
        for setting in ("batch_size", "epochs", "patience"):
            value = getattr(self, setting)
            if not isinstance(value, Integral) or value < 1:
                raise ValueError(f"{name} expected {setting} to be a positive integer, got {value!r}")
        if not 0 <= self.alpha < math.inf:
            raise ValueError(f"{name} expected alpha to be finite and not negative, got {self.alpha}; 0 is no penalty")
        if not 0 < self.validation_fraction < 1:
            raise ValueError(f"{name} expected validation_fraction between 0 and 1, got {self.validation_fraction}")

    def _checked(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, **settings: Any
    ) -> tuple[FloatArray, NDArray[Any], NDArray[Any] | None]:
        inputs, targets = validate_data(self, X, y, multi_output=True, **INPUTS, **settings)
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(sample_weight, inputs, dtype=inputs.dtype, ensure_non_negative=True)
            if not weights.any():
                raise ValueError(f"{type(self).__name__} expected a sample that counts, got all sample weights zero")
        if targets.ndim == 2 and targets.shape[1] == 1:
            targets = column_or_1d(targets, warn=True)
        return inputs.toarray() if issparse(inputs) else inputs, targets, weights

    def _outputs(self, X: ArrayLike) -> FloatArray:
        check_is_fitted(self)
        inputs = validate_data(self, X, reset=False, **INPUTS)
        return self.model_.predict(inputs.toarray() if issparse(inputs) else inputs)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
