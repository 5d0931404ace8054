"""The estimators: scikit-learn's own checks, and its own networks beside ours."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_diabetes, load_digits, load_iris, make_multilabel_classification
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier as TheirClassifier
from sklearn.neural_network import MLPRegressor as TheirRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from mlpkit import MSE, SGD, LeakyReLU, StepSchedule
from mlpkit.divergence import DivergenceError
from mlpkit.estimators import MLPClassifier, MLPRegressor


@parametrize_with_checks([MLPClassifier(), MLPRegressor()])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


SGD_THERE = {"solver": "sgd", "momentum": 0.0, "nesterovs_momentum": False, "learning_rate_init": 0.1}


def pair(kind, X, y, activation):
    """Our estimator and scikit-learn's, with the same first weights, for whole batches of gradient descent."""
    ours = {"classifier": MLPClassifier, "regressor": MLPRegressor}[kind](
        (5, 4), activation, optimizer="sgd", learning_rate=0.1, alpha=0.3, batch_size=len(X), epochs=1, random_state=0
    ).fit(X, y)
    theirs = {"classifier": TheirClassifier, "regressor": TheirRegressor}[kind](
        hidden_layer_sizes=(5, 4), activation=activation, alpha=0.3, batch_size=len(X), random_state=0, **SGD_THERE
    )
    theirs.partial_fit(X, y, **({"classes": np.unique(y)} if kind == "classifier" else {}))
    for layer, W, b in zip(ours.model_.layers, theirs.coefs_, theirs.intercepts_, strict=True):
        W[...], b[...] = layer.W, layer.b
    return ours, theirs


@pytest.mark.parametrize("kind", ["classifier", "regressor"])
@pytest.mark.parametrize("activation", ["identity", "tanh", "relu"])
def test_the_same_steps_as_scikit_learn(kind, activation):
    X, y = load_iris(return_X_y=True) if kind == "classifier" else load_diabetes(return_X_y=True, scaled=True)
    X, y = (X, y) if kind == "classifier" else (X * 10, y / 100)
    ours, theirs = pair(kind, X, y, activation)
    model, loss = ours.model_, "cross_entropy" if kind == "classifier" else MSE(half=True)
    for _ in range(30):
        model.train_batch(X, y if kind == "classifier" else y.reshape(-1, 1), loss)
        theirs.partial_fit(X, y)
    for layer, W, b in zip(model.layers, theirs.coefs_, theirs.intercepts_, strict=True):
        np.testing.assert_allclose(layer.W, W, atol=1e-12)
        np.testing.assert_allclose(layer.b, b, atol=1e-12)
    outputs = theirs.predict_proba(X) if kind == "classifier" else theirs.predict(X)
    np.testing.assert_allclose(ours.predict_proba(X) if kind == "classifier" else ours.predict(X), outputs, atol=1e-12)


def test_digits_as_well_as_scikit_learn():
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X / 8 - 1, y, test_size=1 / 3, random_state=0, stratify=y)
    ours = MLPClassifier((50,), epochs=60, random_state=0).fit(X_train.astype(np.float32), y_train)
    assert ours.model_.parameters.dtype == np.float32
    assert ours.score(X_test, y_test) > 0.96


def test_pipelines_and_searches():
    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    model = make_pipeline(StandardScaler(), MLPClassifier((8,), learning_rate=0.02, epochs=80, random_state=0))
    assert cross_val_score(model, X, names, cv=3).mean() > 0.9
    grid = GridSearchCV(
        MLPClassifier(learning_rate=0.02, epochs=50, random_state=0),
        {"hidden_layer_sizes": [4, (8, 4)], "activation": ["tanh", LeakyReLU(0.1)], "optimizer": ["adam", "nadam"]},
        cv=2,
    ).fit(X, names)
    assert grid.best_score_ > 0.8
    assert set(grid.predict(X)) <= set(names)


def test_early_stopping_goes_back_to_the_best():
    X, y = load_iris(return_X_y=True)
    model = MLPClassifier((64,), learning_rate=0.05, epochs=500, early_stopping=True, patience=5, random_state=0).fit(
        X, y
    )
    assert model.n_iter_ == len(model.loss_curve_) == len(model.validation_curve_) < 500
    assert model.n_iter_ - 1 - int(np.argmin(model.validation_curve_)) == 5
    assert MLPClassifier(epochs=3, random_state=0).fit(X, y).validation_curve_ == []


def test_several_labels_for_one_sample():
    X, Y = make_multilabel_classification(200, 10, n_classes=4, random_state=0)
    model = MLPClassifier((32,), learning_rate=0.01, random_state=0).fit(StandardScaler().fit_transform(X), Y)
    proba = model.predict_proba(StandardScaler().fit_transform(X))
    assert proba.shape == (200, 4)
    assert (model.predict(StandardScaler().fit_transform(X)) == Y).mean() > 0.95
    assert np.isfinite(model.predict_log_proba(1e6 * X)).all()


def test_several_targets():
    X = np.random.default_rng(0).normal(size=(100, 3))
    Y = np.stack([X[:, 0] + X[:, 1], X[:, 2] ** 2], axis=1)
    model = MLPRegressor((32,), "tanh", learning_rate=0.02, random_state=0).fit(X, Y)
    assert model.predict(X).shape == (100, 2)
    assert model.score(X, Y) > 0.95
    assert model.predict(X[:, :]).dtype == np.float64


def test_an_optimizer_of_ones_own_is_used_and_not_touched():
    X, y = load_iris(return_X_y=True)
    sgd = SGD(0.05, momentum=0.9)
    model = MLPClassifier((), optimizer=sgd, epochs=50, random_state=0).fit(X, y)
    assert len(model.model_.layers) == 1
    assert repr(model.model_.optimizer) == repr(sgd)
    assert model.model_.optimizer is not sgd
    other = MLPClassifier((), optimizer=sgd, learning_rate=0.5, epochs=1).fit(X, y)
    assert other.model_.optimizer.learning_rate == 0.5
    assert sgd.learning_rate == 0.05
    assert model.score(X, y) > 0.9


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_size": 0}, "batch_size to be a positive integer, got 0"),
        ({"epochs": 1.5}, "epochs to be a positive integer, got 1.5"),
        ({"patience": -1}, "patience to be"),
        ({"alpha": -1.0}, "alpha to be finite and not negative"),
        ({"validation_fraction": 1.0}, "validation_fraction between 0 and 1, got 1.0"),
        ({"activation": "sine"}, "Activation expected an instance or one of the names"),
        ({"optimizer": "newton"}, "Optimizer expected an instance or one of the names"),
        ({"learning_rate": -1.0}, "learning_rate"),
        ({"hidden_layer_sizes": (0,)}, "n_out to be a positive integer"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**{"epochs": 5, **settings}).fit(X, y)


def test_early_stopping_needs_samples():
    with pytest.raises(ValueError, match="leaves none to train with"):
        MLPRegressor(early_stopping=True).fit([[1.0]], [1.0])


def test_divergence_names_the_layer():
    X, y = load_diabetes(return_X_y=True)
    with pytest.raises(DivergenceError, match=r"training diverged.*Dense\(100, 1"):
        MLPRegressor(optimizer="sgd", learning_rate=1e9, random_state=0).fit(X, y)


ESTIMATORS = [MLPClassifier, MLPRegressor]


@pytest.mark.parametrize("cls", ESTIMATORS)
@pytest.mark.parametrize("optimizer", ["adam", SGD(0.05, momentum=0.9)])
def test_partial_fits_and_warm_starts_make_up_one_fit(cls, optimizer):
    X, y = load_iris(return_X_y=True)
    settings = {"hidden_layer_sizes": (8,), "optimizer": optimizer, "batch_size": 32, "random_state": 0}
    whole = cls(epochs=5, **settings).fit(X, y)
    parts, warm = cls(**settings), cls(epochs=3, warm_start=True, **settings).fit(X, y)
    for _ in range(5):
        parts.partial_fit(X, y)
    warm.set_params(epochs=2).fit(X, y)
    for other in (parts, warm):
        np.testing.assert_array_equal(other.model_.parameters, whole.model_.parameters)
        assert (other.n_iter_, other.loss_curve_) == (5, whole.loss_curve_)
    again = warm.set_params(warm_start=False, epochs=5).fit(X, y)
    np.testing.assert_array_equal(again.model_.parameters, whole.model_.parameters)


def test_partial_fit_learns_a_stream_as_scikit_learns_own_does():
    X, y = load_digits(return_X_y=True)
    X = X / 16
    ours = MLPClassifier((32,), batch_size=32, learning_rate=0.005, random_state=0)
    theirs = TheirClassifier((32,), batch_size=32, learning_rate_init=0.005, random_state=0)
    for _ in range(4):
        for start in range(0, 1500, 100):
            for one in (ours, theirs):
                one.partial_fit(X[start : start + 100], y[start : start + 100], classes=np.arange(10))
    assert ours.score(X[1500:], y[1500:]) > theirs.score(X[1500:], y[1500:]) - 0.03 > 0.8


def test_partial_fit_says_what_it_cannot_do():
    X, y = load_iris(return_X_y=True)
    first = MLPClassifier((4,)).partial_fit(X[:100], y[:100], classes=[0, 1])
    with pytest.raises(ValueError, match=r"expected the classes \[0, 1\], as at first, got \[2\]; .*classes="):
        first.partial_fit(X, y)
    with pytest.raises(ValueError, match="does not go with early_stopping=True"):
        MLPClassifier(early_stopping=True).partial_fit(X, y)
    with pytest.raises(ValueError, match="expected 1 targets a sample, as before, got 2"):
        MLPRegressor((4,)).partial_fit(X, y).partial_fit(X, np.stack([y, y], axis=1))
    labels = np.stack([y[:100], 1 - y[:100]], axis=1)
    with pytest.raises(ValueError, match="expected one class a sample, as at first"):
        first.partial_fit(X[:100], labels)
    with pytest.raises(ValueError, match="expected several labels a sample, as at first"):
        MLPClassifier((4,)).partial_fit(X[:100], labels).partial_fit(X, y)
    with pytest.raises(ValueError, match="features"):
        first.partial_fit(X[:100, :2], y[:100])


def test_early_stopping_holds_out_its_share_of_each_class():
    """One class is rare: it is in both parts, or the split is refused, as in scikit-learn."""
    X, y = np.random.default_rng(0).normal(size=(40, 2)), np.r_[np.zeros(36, int), np.ones(4, int)]
    for seed in range(10):
        model = MLPClassifier((4,), epochs=1, early_stopping=True, validation_fraction=0.25, random_state=seed)
        _, left, _, held_out = model._split(X, y, None, np.random.default_rng(seed))
        assert (np.bincount(left).tolist(), np.bincount(held_out[1]).tolist()) == ([27, 3], [9, 1])
    y[37:] = 0
    with pytest.raises(ValueError, match="least populated class"):
        model.fit(X, y)


def test_samples_that_are_held_out_keep_their_weights():
    X, y = np.ones((40, 1)), np.r_[np.zeros(20), np.full(20, 9.0)]
    weights = np.r_[np.ones(20), np.zeros(20)]
    model = MLPRegressor(
        (), optimizer="sgd", learning_rate=0.05, alpha=0.0, epochs=300, early_stopping=True, random_state=0
    ).fit(X, y, weights)
    assert model.validation_curve_[-1] < 1e-3


def test_the_usual_tools_take_the_estimators():
    X, y = load_iris(return_X_y=True)
    network = make_pipeline(StandardScaler(), MLPClassifier((8,), learning_rate=0.02, epochs=30, random_state=0))
    calibrated = CalibratedClassifierCV(network, cv=3).fit(X, y)
    assert calibrated.score(X, y) > 0.9
    grid = {"mlpclassifier__optimizer": ["adam", SGD(0.1)], "mlpclassifier__early_stopping": [False, True]}
    assert GridSearchCV(network, grid, cv=3).fit(X, y).best_score_ > 0.85


@pytest.mark.parametrize("rate", ["constant", np.inf, -0.1, [0.1]])
def test_a_learning_rate_is_a_number_or_a_schedule(rate):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match=r"Adam expected learning_rate to be finite and at least 0, got"):
        MLPClassifier(learning_rate=rate).fit(X, y)
    MLPClassifier((4,), learning_rate=StepSchedule(0.1, every=5, factor=0.5), epochs=1).fit(X, y)


def test_several_columns_of_classes_are_refused():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="MultiOutputClassifier"):
        MLPClassifier().fit(X, np.stack([y, y[::-1]], axis=1))


def test_warm_start_takes_another_learning_rate_and_refuses_another_network():
    X, y = np.random.default_rng(0).normal(size=(40, 2)), np.arange(40) % 2
    classifier = MLPClassifier((4,), epochs=1, warm_start=True, learning_rate=0.1, random_state=0).fit(X, y)
    before = classifier.model_.parameters.copy()
    classifier.set_params(learning_rate=0.0).fit(X, y)
    np.testing.assert_array_equal(classifier.model_.parameters, before)
    classifier.set_params(hidden_layer_sizes=(5,), alpha=0.5)
    with pytest.raises(ValueError, match="got another hidden_layer_sizes, alpha; to make a new network"):
        classifier.fit(X, y)
    with pytest.raises(ValueError, match=r"^MLPClassifier expected the settings with which its network was made"):
        classifier.partial_fit(X, y)
    assert classifier.set_params(warm_start=False).fit(X, y).model_.layers[0].n_out == 5
