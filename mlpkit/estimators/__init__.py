"""Networks with scikit-learn's interface: `fit` and `predict`, for its pipelines, searches and cross-validation.

This package alone imports scikit-learn as it loads, and is loaded only when an estimator is used.
"""

from mlpkit.optional import needed_by

with needed_by("an estimator"):
    import sklearn  # noqa: F401

from mlpkit.estimators.classifier import MLPClassifier
from mlpkit.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
