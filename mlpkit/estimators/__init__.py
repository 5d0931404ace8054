"""Networks with scikit-learn's interface: `fit` and `predict`, for its pipelines, searches and cross-validation.

Only this package imports scikit-learn as it loads, and only who asks for an estimator loads it.
"""

from mlpkit.optional import require

require("sklearn", "an estimator")

from mlpkit.estimators.classifier import MLPClassifier
from mlpkit.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
