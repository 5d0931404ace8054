"""The classifier."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.estimators.base import Estimator
from mlpkit.losses import BinaryCrossEntropy, CrossEntropy, Loss

__all__ = ["MLPClassifier"]


class MLPClassifier(ClassifierMixin, Estimator):  # type: ignore[misc]
    """A multilayer perceptron for classes, with scikit-learn's interface.

    Hidden layers as told; then a softmax, trained by cross-entropy. Where a sample may have several labels (`y` of
    zeros and ones, one column a label), sigmoids, trained by binary cross-entropy.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default (100,)
        Neurons in each hidden layer; ``()`` is logistic regression.
    activation : Activation or str, default "relu"
        The function of the hidden layers, or its name in `ACTIVATIONS`.
    optimizer : Optimizer or str, default "adam"
        What trains the network, or its name in `OPTIMIZERS`.
    learning_rate : float or Schedule, optional
        Replaces that of the optimizer; if not given, the optimizer keeps its own.
    alpha : float, default 1e-4
        Strength of the penalty on the weights, ``alpha / 2 sum W^2`` divided by the number of samples in a batch.
    batch_size : int, default 200
        Samples in a mini-batch, at most.
    epochs : int, default 200
        How often training goes through all samples, at most.
    early_stopping : bool, default False
        Whether to hold samples out, to stop when the loss on them does not sink any more, and to go back to where it
        was lowest.
    validation_fraction : float, default 0.1
        Share of the samples that early stopping holds out, with their weights; of each class the same.
    patience : int, default 10
        Epochs without a lower loss after which early stopping stops.
    warm_start : bool, default False
        Whether another call of `fit` goes on with the network that is there.
    random_state : int or numpy.random.RandomState, optional
        A seed for first weights, batches, and the samples held out; without it, each `fit` gives another network.

    Attributes
    ----------
    model_ : MLP
        The network.
    classes_ : ndarray of shape (n_classes,)
        The classes, in the order of the outputs.
    n_iter_ : int
        How many epochs were trained.
    loss_curve_, validation_curve_ : list of float
        The loss after each epoch, with the penalty: the mean over the batches, and that on the samples held out.
    n_features_in_ : int
        Width of the inputs.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if `X` had them.

    See Also
    --------
    MLP : the network itself, with every setting that this interface leaves out.

    References
    ----------
    L. Buitinck et al., "API design for machine learning software: experiences from the scikit-learn project", 2013.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> X, y = make_moons(200, noise=0.1, random_state=0)
    >>> classifier = MLPClassifier((16,), learning_rate=0.02, random_state=0).fit(X, y)
    >>> classifier.score(X, y) > 0.95
    True
    >>> classifier.predict_proba(X[:2]).shape
    (2, 2)
    """

    classes_: NDArray[Any]
    _several_labels: bool

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MLPClassifier:
        """Train a new network, or, with `warm_start`, go on with the one that is there.

        Parameters
        ----------
        X : array_like or sparse matrix of shape (m, n_features)
            Inputs, made dense if they are sparse; float32 makes a network of float32, everything else one of float64.
        y : array_like of shape (m,) or (m, n_labels)
            A class for each sample, of any type; or zeros and ones, for several labels.
        sample_weight : array_like of shape (m,), optional
            How much each sample counts.

        Returns
        -------
        MLPClassifier
            The estimator itself.

        Raises
        ------
        ValueError
            If the arrays do not fit together, a setting is out of its range, or there is one class only.
        DivergenceError
            If the loss stops being finite.
        """
        return self._fit(X, y, sample_weight, None, goes_on=self.warm_start)

    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> MLPClassifier:
        """Go on with one epoch of these samples; the first call makes the network.

        Parameters
        ----------
        X, y, sample_weight
            As for `fit`.
        classes : array_like of shape (n_classes,), optional
            All classes that later calls may bring; for the first call, unless `y` has them all.

        Returns
        -------
        MLPClassifier
            The estimator itself.

        Raises
        ------
        ValueError
            As for `fit`, or if a class is new, or `early_stopping` is set.
        """
        self._check_partial()
        return self._fit(X, y, sample_weight, classes, goes_on=True, epochs=1)

    def _fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        classes: ArrayLike | None,
        *,
        goes_on: bool,
        epochs: int | None = None,
    ) -> MLPClassifier:
        inputs, labels, weights = self._checked(X, y, sample_weight, goes_on)
        check_classification_targets(labels)
        kind = type_of_target(labels)
        if kind == "multiclass-multioutput":
            raise ValueError(
                "MLPClassifier expected one class a sample, or a column of zeros and ones for each of several labels, "
                "got several columns of classes (multiclass-multioutput); give one to each classifier: "
                "sklearn.multioutput.MultiOutputClassifier"
            )
        several_labels = kind == "multilabel-indicator"
        known = self.classes_ if goes_on and hasattr(self, "model_") else None
        if known is not None and several_labels != self._several_labels:
            raise ValueError(
                f"MLPClassifier expected {'several labels' if self._several_labels else 'one class'} a sample, as at "
                "first; for other answers make a new estimator"
            )
        if several_labels:
            targets = labels.astype(inputs.dtype)
            self._check_width(targets.shape[1], goes_on)
            self.classes_, self._several_labels = np.arange(targets.shape[1]), True
            loss: Loss = BinaryCrossEntropy()
            self._train(inputs, targets, weights, targets.shape[1], "sigmoid", loss, goes_on=goes_on, epochs=epochs)
            return self
        found = np.unique(labels)
        all_classes = known if known is not None else found if classes is None else np.unique(np.asarray(classes))
        if unknown := sorted(set(found.tolist()) - set(all_classes.tolist())):
            raise ValueError(
                f"MLPClassifier expected the classes {all_classes.tolist()}, as at first, got {unknown}; name all "
                "classes in the first call: partial_fit(X, y, classes=...)"
            )
        if len(all_classes) < 2:
            raise ValueError(
                f"MLPClassifier expected samples of at least two classes, got one class, {all_classes[0]!r}; "
                "there is nothing to tell apart: look at how the samples were chosen"
            )
        self.classes_, self._several_labels = all_classes, False
        numbers = np.searchsorted(all_classes, labels)
        self._train(
            inputs, numbers, weights, len(all_classes), "softmax", CrossEntropy(), goes_on=goes_on, epochs=epochs
        )
        return self

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return the probability of each class, or of each label, of shape (m, n_classes)."""
        return self._outputs(X)

    def predict_log_proba(self, X: ArrayLike) -> FloatArray:
        """Return the logarithms of `predict_proba`, with the smallest normal number in the place of 0."""
        P = self.predict_proba(X)
        return np.log(np.maximum(P, np.finfo(P.dtype).tiny))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the likeliest class of each sample, (m,), or the labels likelier than not, (m, n_labels)."""
        P = self.predict_proba(X)
        if self._several_labels:
            return (P > 0.5).astype(np.int64)
        return np.asarray(self.classes_[P.argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
