"""The base of the estimators: the settings, the network that they make, its training."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse  # type: ignore[import-untyped]
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from mlpkit.activations import Activation
from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.callbacks import EarlyStopping
from mlpkit.layers import Dense
from mlpkit.losses import Loss
from mlpkit.network import MLP
from mlpkit.optimizers import OPTIMIZERS, Optimizer
from mlpkit.registry import check_count, resolve
from mlpkit.regularizers import L2
from mlpkit.schedules import Schedule

__all__ = ["Estimator"]

INPUTS: dict[str, Any] = {"accept_sparse": ("csr", "csc"), "dtype": (np.float64, np.float32)}


class Estimator(BaseEstimator):  # type: ignore[misc]
    """The common part of the classifier and the regressor: the settings, the network, the training."""

    _rng: np.random.Generator
    _built: dict[str, str]

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: Activation | str = "relu",
        *,
        optimizer: Optimizer | str = "adam",
        learning_rate: float | Schedule | None = None,
        alpha: float = 1e-4,
        batch_size: int = 200,
        epochs: int = 200,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        warm_start: bool = False,
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
        self.warm_start = warm_start
        self.random_state = random_state

    def _train(
        self,
        X: FloatArray,
        y: NDArray[Any],
        weights: NDArray[Any] | None,
        n_out: int,
        output: str,
        loss: Loss,
        *,
        goes_on: bool,
        epochs: int | None = None,
    ) -> None:
        """Train the network, a new one unless it `goes_on`; `y` holds classes, (m,), or targets, (m, n_out)."""
        self._check_settings()
        goes_on = goes_on and hasattr(self, "model_")
        built = {name: repr(getattr(self, name)) for name in ("hidden_layer_sizes", "activation", "optimizer", "alpha")}
        if goes_on and built != self._built:
            changed = ", ".join(name for name, shown in built.items() if shown != self._built[name])
            raise ValueError(
                f"{type(self).__name__} expected the settings with which its network was made, got another {changed}; "
                "to make a new network, set warm_start=False and call fit, or make a new estimator"
            )
        rng = self._rng if goes_on else np.random.default_rng(check_random_state(self.random_state).randint(2**31))
        held_out: tuple[Any, ...] | None = None
        mean_weight = 1.0 if weights is None else float(weights.mean())
        if self.early_stopping:
            X, y, weights, held_out = self._split(X, y, weights, rng)
        if not goes_on:
            self._rng, self.loss_curve_, self.validation_curve_, self.n_iter_ = rng, [], [], 0
            self.model_, self._built = self._build(X, n_out, output, len(X), mean_weight, rng), built
        elif self.learning_rate is not None:
            self.model_.optimizer.learning_rate = self.learning_rate
        history = self.model_.train(
            (X, y),
            loss,
            self.epochs if epochs is None else epochs,
            ["train_loss"],
            callbacks=[EarlyStopping(patience=self.patience)] if self.early_stopping else [],
            batch_size=self.batch_size,
            validation_data=held_out,
            sample_weights=weights,
            rng=rng,
            progress=False,
        )
        self.loss_curve_ += history["train_loss"]
        self.validation_curve_ += history.get("validation_loss", [])
        self.n_iter_ += history.n_epochs

    def _split(
        self, X: FloatArray, y: NDArray[Any], weights: NDArray[Any] | None, rng: np.random.Generator
    ) -> tuple[FloatArray, NDArray[Any], NDArray[Any] | None, tuple[Any, ...]]:
        """Return what is left to train with, and what early stopping holds out: of each class its share."""
        n_held_out = max(1, round(self.validation_fraction * len(X)))
        if n_held_out == len(X):
            raise ValueError(f"early_stopping holds samples out, and n_samples={len(X)} leaves none to train with")
        arrays = [X, y] if weights is None else [X, y, weights]
        halves = train_test_split(
            *arrays,
            test_size=n_held_out,
            stratify=y if y.ndim == 1 else None,
            random_state=int(rng.integers(2**31)),
        )
        left, held_out = halves[::2], halves[1::2]
        return left[0], left[1], left[2] if weights is not None else None, tuple(held_out)

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
            check_count(getattr(self, setting), name, setting)
        if not 0 <= self.alpha < math.inf:
            raise ValueError(f"{name} expected alpha to be finite and not negative, got {self.alpha}; 0 is no penalty")
        if not 0 < self.validation_fraction < 1:
            raise ValueError(f"{name} expected validation_fraction between 0 and 1, got {self.validation_fraction}")

    def _check_partial(self) -> None:
        """Raise a ValueError if the settings do not go with `partial_fit`."""
        if self.early_stopping:
            raise ValueError(
                f"{type(self).__name__}.partial_fit makes one epoch, and does not go with early_stopping=True; call "
                "fit, or set early_stopping=False"
            )

    def _check_width(self, n_out: int, goes_on: bool) -> None:
        """Raise a ValueError if a network that goes on has another number of outputs."""
        if goes_on and hasattr(self, "model_") and self.model_.n_out != n_out:
            raise ValueError(
                f"{type(self).__name__} expected {self.model_.n_out} targets a sample, as before, got {n_out}; for "
                "others make a new estimator"
            )

    def _checked(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, goes_on: bool, **settings: Any
    ) -> tuple[FloatArray, NDArray[Any], NDArray[Any] | None]:
        is_new = not (goes_on and hasattr(self, "model_"))
        inputs, targets = validate_data(self, X, y, reset=is_new, multi_output=True, **INPUTS, **settings)
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
