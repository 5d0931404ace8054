import re

import numpy as np
import pytest
from networks import Doubling, network

from mlpkit import MLP, MSE, Dense, Dropout
from mlpkit.metrics import R2, Accuracy, BinaryAccuracy, evaluate


def test_r2_of_two_columns_by_hand():
    """Squared errors 1 + 4, squared distances from the columns' means (2 and 20): 2 + 200."""
    outputs, targets = [[1.0, 10.0], [3.0, 20.0], [3.0, 32.0]], [[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]
    assert R2()(outputs, targets) == pytest.approx(1 - 5 / 202, rel=1e-14)


def test_r2_is_1_for_the_targets_0_for_their_mean_and_negative_for_worse():
    targets = np.array([[1.0], [2.0], [6.0]])
    assert R2()(targets, targets) == 1.0
    assert R2()(np.full((3, 1), 3.0), targets) == 0.0
    assert R2()(np.full((3, 1), 5.0), targets) == pytest.approx(1 - 26 / 14, rel=1e-14)


def test_r2_of_targets_that_do_not_vary_is_0():
    assert R2()([[1.0], [2.0]], [[2.0], [2.0]]) == 0.0


def test_r2_takes_flat_targets_and_small_differences_of_float32():
    flat = 4096 + np.array([0, 1, 2, 4], np.float32) / 1024
    outputs = flat[[1, 1, 2, 3]].reshape(-1, 1)
    expected = 1 - 1 / np.sum((np.array([0, 1, 2, 4]) - 1.75) ** 2)
    assert R2()(outputs, flat) == pytest.approx(expected, rel=1e-9)


def test_r2_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    P, Y = rng.normal(size=(2, 20, 1))
    assert R2()(P, Y) == pytest.approx(sklearn.r2_score(Y, P), rel=1e-12)


@pytest.mark.parametrize("targets", [[1, 0, 0], [[1], [0], [0]], [[0.5], [0.49], [0.2]]])
def test_with_one_output_the_class_is_1_from_a_half_on(targets):
    assert Accuracy()([[0.5], [0.75], [0.25]], targets) == pytest.approx(2 / 3)


@pytest.mark.parametrize("targets", [[2, 0, 1, 1], np.eye(3)[[2, 0, 1, 1]]])
def test_with_several_outputs_the_class_is_the_largest(targets):
    outputs = [[0.1, 0.2, 0.7], [0.9, 0.0, 0.1], [0.3, 0.6, 0.1], [0.8, 0.1, 0.1]]
    assert Accuracy()(outputs, targets) == 0.75


def test_accuracy_of_two_columns_of_one_hot_rows_is_that_of_the_rows():
    assert Accuracy()([[0.6, 0.4], [0.3, 0.7]], [[0, 1], [0, 1]]) == 0.5


@pytest.mark.parametrize("width", [1, 2])
def test_accuracy_of_one_sample(width):
    assert Accuracy()(np.zeros((1, width)), [0]) == 1.0
    assert Accuracy()(np.zeros((1, width)), [1]) == 0.0


def test_accuracy_of_nothing_is_0():
    assert Accuracy()(np.zeros((0, 3)), np.zeros(0, int)) == 0.0


class Sizes(Doubling):
    """A layer that keeps how many samples came at a time, and how."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, X, training=False):
        self.seen.append((len(X), training))
        return super().forward(X, training)


@pytest.mark.parametrize(
    ("n_samples", "sizes"), [(1023, [1023]), (1024, [1024]), (1025, [1024, 1]), (2100, [1024, 1024, 52]), (1, [1])]
)
def test_a_set_is_evaluated_1024_samples_at_a_time_as_outside_of_training(n_samples, sizes):
    watch = Sizes()
    X = np.arange(float(n_samples)).reshape(-1, 1)
    MLP([watch, Dense(1, 1, rng=0)]).evaluate((X, X), "mse", ["loss"])
    assert watch.seen == [(size, False) for size in sizes]


@pytest.mark.parametrize(("n_samples", "sizes"), [(0, [0]), (1, [1]), (2, [1, 1]), (3, [1, 1, 1])])
def test_samples_one_at_a_time(n_samples, sizes):
    watch = Sizes()
    X = np.ones((n_samples, 3))
    evaluate(MLP([watch, Dense(3, 2, "softmax", rng=0)]), X, np.zeros(n_samples, int), MSE(), {}, batch_size=1)
    assert watch.seen == [(size, False) for size in sizes]


def test_dropout_leaves_nothing_out_in_evaluate():
    X = np.ones((50, 4))
    model = MLP([Dropout(0.5, rng=0), Dense(4, 1, "identity", rng=1)])
    assert model.evaluate((X, X @ model.layers[1].W), "mse", ["loss"])["loss"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("output", "loss"), [("softmax", "cross_entropy"), ("sigmoid", "mse")])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_loss_of_batches_of_unequal_size_is_that_of_the_set(output, loss, weighted):
    """The penalty on the outputs differs from batch to batch, and the last batch is small."""
    rng = np.random.default_rng(0)
    layers = [Dense(2, 3, "relu", activity_regularizer="l2", weight_regularizer="l1", dtype=np.float64, rng=0)]
    model = MLP([*layers, Dense(3, 3, output, dtype=np.float64, rng=1)])
    X = np.linspace(-5, 20, 2 * 1100).reshape(-1, 2)
    y = rng.integers(0, 3, 1100)
    targets = y if loss == "cross_entropy" else np.eye(3)[y]
    weights = np.linspace(0, 2, 1100) if weighted else None
    expected = model.loss(X, targets, loss, sample_weights=weights)
    assert model.evaluate((X, targets), loss, ["loss"], sample_weights=weights)["loss"] == pytest.approx(
        expected, rel=1e-12
    )
    assert model.penalty() > 0


def test_the_loss_of_a_network_that_is_sure_and_wrong_is_taken_from_the_logits():
    """The probability of the right class, exp(-200), is 0 in float32; its logarithm is not."""
    model = MLP([Dense(1, 2, "softmax", weight_initializer="zeros", rng=0)])
    model.layers[0].b[...] = [200, 0]
    found = model.evaluate((np.ones((3, 1)), np.array([1, 1, 1])), "cross_entropy")
    assert found == {"loss": pytest.approx(200, rel=1e-6), "accuracy": 0.0}


def test_all_metrics_in_the_order_asked_for():
    model = network(2, 3, 1, output="identity", dtype=np.float64)
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(30, 2)), rng.random((30, 1))
    P = model.predict(X)
    found = model.evaluate((X, Y), "mse", ["r2", "loss", "accuracy"])
    assert list(found) == ["r2", "loss", "accuracy"]
    assert found["loss"] == pytest.approx(np.mean((P - Y) ** 2), rel=1e-12)
    assert found["r2"] == pytest.approx(1 - np.sum((P - Y) ** 2) / np.sum((Y - Y.mean()) ** 2), rel=1e-12)
    assert found["accuracy"] == np.mean((P >= 0.5) == (Y >= 0.5))


def test_an_empty_set_is_refused():
    with pytest.raises(ValueError, match="at least one sample, got none"):
        network(2, 2).evaluate((np.zeros((0, 2)), np.zeros(0, int)), "mse")


def test_an_unknown_metric_is_named():
    with pytest.raises(ValueError, match=r"Metric expected .*accuracy, r2.*got 'recall'"):
        network(1, 1).evaluate((np.zeros((2, 1)), np.zeros((2, 1))), "mse", ["recall"])


def test_a_network_that_has_diverged_says_so_in_numbers():
    model = network(1, 1, output="identity")
    model.parameters[...] = 3e38
    with np.errstate(all="raise"):
        assert model.evaluate((np.full((2, 1), 1e3), np.zeros((2, 1))), "mse", ["loss"]) == {"loss": np.inf}


@pytest.mark.parametrize(
    ("metric", "targets", "n_out"),
    [
        (Accuracy(), [0, 1], 1),
        (Accuracy(), [0, 2, 1], 3),
        (Accuracy(), [[0.2, 0.8005], [1, 0]], 2),
        (BinaryAccuracy(), [0, 1], 1),
        (BinaryAccuracy(), [[0, 1], [1, 1]], 2),
        (BinaryAccuracy(), np.zeros((0, 1)), 1),
        (R2(), [3, 4], 1),
        (R2(), [[3.5, 4]], 2),
    ],
)
def test_targets_that_a_metric_is_for(metric, targets, n_out):
    metric.check_targets(np.asarray(targets), n_out)


ROWS = (
    "Accuracy expected class numbers, or rows of targets that add up to 1, got other rows; for several labels a sample "
    "use BinaryAccuracy(), for regression R2()"
)


@pytest.mark.parametrize(
    ("metric", "targets", "n_out", "message"),
    [
        (Accuracy(), [[1, 1, 0]], 3, ROWS),
        (Accuracy(), [[0.5, 0.502]], 2, ROWS),
        (Accuracy(), [[1, 0], [0, 0]], 2, ROWS),
        (
            BinaryAccuracy(),
            [0, 1],
            2,
            "BinaryAccuracy expected targets of shape (m, 2), one answer for each output, got class numbers of shape "
            "(2,); for classes that exclude each other use Accuracy()",
        ),
        (
            BinaryAccuracy(),
            [[-0.5], [0.25]],
            1,
            "Accuracy expected yes-or-no answers, targets between 0 and 1, got values from -0.5 to 0.25; for "
            "regression use R2()",
        ),
        (
            Accuracy(),
            [[0], [2]],
            1,
            "Accuracy expected yes-or-no answers, targets between 0 and 1, got values from 0 to 2; for regression use "
            "R2()",
        ),
        (
            R2(),
            [0, 1],
            2,
            "R2 expected numbers to predict, of shape (m, 2), got class numbers of shape (2,); for classes use "
            "Accuracy()",
        ),
    ],
)
def test_targets_that_a_metric_is_not_for(metric, targets, n_out, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        metric.check_targets(np.asarray(targets), n_out)


def test_the_penalty_of_one_sample_counts_once():
    model = MLP([Dense(1, 1, "identity", weight_regularizer="l2", dtype=np.float64, rng=0)])
    X, Y = np.ones((1, 1)), np.ones((1, 1))
    assert model.evaluate((X, Y), "mse", ["loss"])["loss"] == pytest.approx(model.loss(X, Y, "mse"), rel=1e-14)
