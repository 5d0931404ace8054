"""The regressor."""

from __future__ import annotations

from typing import Any

from sklearn.base import RegressorMixin

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.estimators.base import Estimator
from mlpkit.losses import MSE

__all__ = ["MLPRegressor"]


class MLPRegressor(RegressorMixin, Estimator):  # type: ignore[misc]
    """A multilayer perceptron for numbers, with scikit-learn's interface.

    Hidden layers as told, then the identity, trained by half the mean squared error. Parameters and attributes are
    those of `MLPClassifier`, but for `classes_`.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> regressor = MLPRegressor((16,), "tanh", learning_rate=0.02, random_state=0).fit(X, np.sin(3 * X.ravel()))
    >>> regressor.score(X, np.sin(3 * X.ravel())) > 0.95
    True
    """

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MLPRegressor:
        """Train a network; all is as for `MLPClassifier.fit`, with numbers `y`, (m,) or (m, n_targets)."""
        return self._fit(X, y, sample_weight, goes_on=self.warm_start)

    def partial_fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MLPRegressor:
        """Go on with one epoch of these samples, as `MLPClassifier.partial_fit` does."""
        self._check_partial()
        return self._fit(X, y, sample_weight, goes_on=True, epochs=1)

    def _fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, *, goes_on: bool, epochs: int | None = None
    ) -> MLPRegressor:
        inputs, numbers, weights = self._checked(X, y, sample_weight, goes_on, y_numeric=True)
        targets = numbers.reshape(len(numbers), -1).astype(inputs.dtype)
        self._check_width(targets.shape[1], goes_on)
        self._flat_targets = numbers.ndim == 1
        self._train(
            inputs, targets, weights, targets.shape[1], "identity", MSE(half=True), goes_on=goes_on, epochs=epochs
        )
        return self

    def predict(self, X: ArrayLike) -> FloatArray:
        """Return the predictions, of the shape of the targets: (m,) or (m, n_targets)."""
        outputs = self._outputs(X)
        return outputs.ravel() if self._flat_targets else outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
