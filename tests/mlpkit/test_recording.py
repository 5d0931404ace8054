"""Which metrics are computed, in which direction they improve, and which losses fit which outputs."""

import copy
import functools
import math

import numpy as np
import pytest
from peers import peer

from mlpkit import (
    ACTIVATIONS,
    LOSSES,
    METRICS,
    MLP,
    MSE,
    R2,
    SGD,
    Accuracy,
    BinaryAccuracy,
    Checkpoint,
    Dataset,
    Dense,
    EarlyStopping,
    History,
    LambdaCallback,
    Metric,
    Softmax,
    load,
)
from mlpkit.history import shown
from mlpkit.progress import ProgressBar

X = np.random.default_rng(0).normal(size=(40, 3))
LABELS = (X > 0).astype(int)
NUMBERS = (500 + 50 * X[:, 0]).astype(int)


class Hits(Metric):
    """A metric of one's own, larger is better."""

    def __call__(self, outputs, targets):
        return np.mean((np.asarray(outputs) >= 0.5) == (np.asarray(targets) >= 0.5))


class LargestError(Metric):
    larger_is_better = False

    def __call__(self, outputs, targets):
        return np.abs(outputs - targets).max()


def bias(outputs, targets):
    return np.mean(outputs - targets)


def line(n_out=1, activation="identity"):
    return MLP([Dense(3, n_out, activation, rng=0)], optimizer=SGD(0.0))


# what accuracy means


def test_accuracy_of_several_labels_counts_each_label():
    model = line(3, "sigmoid")
    model.layers[0].W = 50 * np.eye(3)
    assert model.evaluate((X, LABELS), "binary_cross_entropy")["accuracy"] == 1.0
    history = model.train((X, LABELS), "binary_cross_entropy", 1, validation_split=0.25, rng=0)
    assert history["train_accuracy"] == history["validation_accuracy"] == [1.0]
    wrong = LABELS.copy()
    wrong[:10, 0] = 1 - wrong[:10, 0]  # 10 of 120 labels, in 10 of 40 samples
    assert model.evaluate((X, wrong), "binary_cross_entropy", ["accuracy"])["accuracy"] == pytest.approx(110 / 120)


def test_accuracies_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    P, Y = rng.random((50, 4)), rng.integers(0, 2, (50, 4))
    assert BinaryAccuracy()(P, Y) == pytest.approx(1 - sklearn.hamming_loss(Y, P >= 0.5), rel=1e-14)
    labels = rng.integers(0, 4, 50)
    for targets in (labels, np.eye(4)[labels]):
        assert Accuracy()(P, targets) == sklearn.accuracy_score(labels, P.argmax(axis=1))


def test_accuracies_of_pytorch():
    torch = peer("torch")
    rng = np.random.default_rng(1)
    P, Y = rng.random((50, 4)), rng.integers(0, 2, (50, 4))
    right = (torch.tensor(P) >= 0.5) == torch.tensor(Y).bool()
    assert BinaryAccuracy()(P, Y) == pytest.approx(right.double().mean().item(), rel=1e-14)


@pytest.mark.parametrize("loss", ["mse", "rmse", "mae"])
@pytest.mark.parametrize("targets", [NUMBERS, NUMBERS[:, None], np.stack([NUMBERS, NUMBERS], axis=1), LABELS[:, 0]])
@pytest.mark.parametrize("dtype", [np.int64, np.uint16, np.float32])
def test_numbers_to_predict_have_no_accuracy_whatever_their_dtype(loss, targets, dtype):
    model = line(targets.shape[1] if targets.ndim == 2 else 1)
    targets = targets.astype(dtype)
    assert list(model.evaluate((X, targets), loss)) == ["loss"]
    assert list(model.train((X, targets), loss, 1, rng=0)) == ["train_loss"]


@pytest.mark.parametrize("loss", ["mse", "binary_cross_entropy", "cross_entropy"])
@pytest.mark.parametrize("dtype", [np.int64, np.uint8])
def test_class_numbers_for_several_outputs_are_classes(loss, dtype):
    model, classes = line(3, "softmax"), X.argmax(axis=1)
    expected = np.mean(model.predict(X).argmax(axis=1) == classes)
    assert model.evaluate((X, classes.astype(dtype)), loss)["accuracy"] == expected
    history = model.train((X, classes.astype(dtype)), loss, 1, batch_size=40, rng=0)
    assert history["train_accuracy"] == [pytest.approx(expected, rel=1e-14)]


@pytest.mark.parametrize(
    ("targets", "loss", "n_out", "metric", "message"),
    [
        (NUMBERS, "mse", 1, "accuracy", "yes-or-no answers, targets between 0 and 1, got values from 0 to .* use R2"),
        (NUMBERS, "mse", 1, Accuracy(), "yes-or-no answers"),
        (X, "mse", 3, "accuracy", r"rows of targets that add up to 1, .* use BinaryAccuracy\(\), for regression R2"),
        (LABELS, "binary_cross_entropy", 3, Accuracy(), r"for several labels a sample use BinaryAccuracy\(\)"),
        (X.argmax(axis=1), "cross_entropy", 3, "r2", r"^R2 expected numbers .* got class numbers of shape \(40,\)"),
        (X.argmax(axis=1), "cross_entropy", 3, BinaryAccuracy(), r"^BinaryAccuracy .* got class numbers"),
    ],
)
def test_a_metric_refuses_targets_that_it_does_not_apply_to(targets, loss, n_out, metric, message):
    model = line(n_out, "softmax" if loss == "cross_entropy" else "sigmoid" if "bin" in loss else "identity")
    with pytest.raises(ValueError, match=message):
        model.evaluate((X, targets), loss, [metric])
    with pytest.raises(ValueError, match=message):
        model.train((X, targets), loss, 1, [f"train_{metric}" if isinstance(metric, str) else metric])


# metrics of one's own


def test_a_metric_and_a_function_have_their_names_in_the_history():
    model, y = line(), X[:, :1]
    found = model.evaluate((X, y), "mse", ["loss", R2(), LargestError(), bias])
    assert list(found) == ["loss", "r2", "largest_error", "bias"]
    P = model.predict(X)
    assert found["bias"] == pytest.approx(np.mean(P - y), abs=1e-6)
    history = model.train((X, y), "mse", 2, ["train_loss", LargestError(), bias], validation_split=0.25, rng=0)
    assert list(history) == [
        "train_loss",
        "train_largest_error",
        "validation_largest_error",
        "train_bias",
        "validation_bias",
        "validation_loss",
    ]
    assert all(type(value) is float for values in history.values() for value in values)


def test_a_metric_that_says_nothing_of_batches_is_computed_over_the_whole_set():
    history = line().train((X, X[:, :1]), "mse", 1, [LargestError()], batch_size=3, rng=0)
    assert history["train_largest_error"] == [pytest.approx(np.abs(line().predict(X) - X[:, :1]).max(), rel=1e-6)]


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ("loss", r"^MLP.evaluate expected a list of metrics, got 'loss' alone; write metrics=\['loss'\]$"),
        (R2(), r"got R2\(\) alone; write metrics=\[R2\(\)\]$"),
        (bias, r"got bias alone; write metrics=\[bias\]$"),
        ([R2], r"got the class R2; create an instance: R2\(\)"),
        ([3], "Metric expected an instance or one of the names .*; got 3"),
        (["recall"], "got 'recall'"),
        ([lambda P, Y: 0.0], "a function with a name, .* define one with def"),
        ([functools.partial(bias)], "a function with a name"),
        ([bias, lambda P, Y: 0.0], "a function with a name"),
        ([lambda P, Y: P], "a function with a name"),
    ],
)
def test_what_is_no_list_of_metrics(metrics, message):
    with pytest.raises(ValueError, match=message):
        line().evaluate((X, X[:, :1]), "mse", metrics)


def test_metrics_of_one_name_and_results_that_are_no_numbers():
    def r2(outputs, targets):
        return 0.0

    def each(outputs, targets):
        return outputs - targets

    assert list(line().evaluate((X, X[:, :1]), "mse", ["r2", R2(), "loss", "loss"])) == ["r2", "loss"]
    for use, names in ((line().evaluate, ["r2", r2]), (line().train, ["train_r2", r2])):
        with pytest.raises(ValueError, match=r"two metrics are called '(train_)?r2', R2\(\) and .*another name"):
            use((X, X[:, :1]), "mse", metrics=names)
    with pytest.raises(ValueError, match="the metric each should return one number, got array"):
        line().evaluate((X, X[:, :1]), "mse", [each])


# directions


def pretending(metric, values):
    """Return a callback that writes values into the history, before others look at it."""

    def pretend(run):
        run.history[metric][-1] = values[run.epoch]

    return LambdaCallback(on_epoch_end=pretend)


RISING, FALLING = [0.5, 0.75, 1.0, 0.875], [4.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("metric", "mode", "values", "best"),
    [
        (Hits(), "auto", RISING, 2),
        (LargestError(), "auto", FALLING, 1),
        (bias, "min", FALLING, 1),
        (bias, "max", RISING, 2),
        (Hits(), "min", FALLING, 1),
        (LargestError(), "max", RISING, 2),
        (Hits(), "auto", [math.nan, 0.5, math.nan, 0.25], 1),
        (LargestError(), "auto", [math.nan, 0.5, math.nan, 0.25], 3),
    ],
)
def test_the_best_is_that_of_the_direction_of_the_metric(metric, mode, values, best, tmp_path):
    name = f"train_{getattr(metric, 'name', 'bias')}"
    model, kept = MLP([Dense(3, 1, "identity", rng=0)], optimizer=SGD(0.01)), []
    keep = LambdaCallback(on_epoch_end=lambda run: kept.append(run.model.parameters.copy()))
    stop, save = EarlyStopping(name, mode=mode), Checkpoint(tmp_path / "best.safetensors", name, mode)
    callbacks = [pretending(name, values), keep, stop, save]
    history = model.train((X, X[:, :1]), "mse", 4, [metric], callbacks=callbacks, rng=0)
    assert history.best(name, mode) == (best, values[best])
    assert (stop.best_epoch, stop.best_value) == (best, values[best])
    np.testing.assert_array_equal(model.parameters, kept[best])
    np.testing.assert_array_equal(load(tmp_path / "best.safetensors").parameters, kept[best])


def test_a_function_tells_its_direction_by_an_attribute():
    def recall(outputs, targets):
        return 1.0

    recall.larger_is_better = True
    history = line().train((X, X[:, :1]), "mse", 1, [recall], callbacks=[EarlyStopping("train_recall")], rng=0)
    assert history.best("train_recall") == (0, 1.0)


def test_the_direction_of_a_function_is_not_guessed(tmp_path):
    for callback in (EarlyStopping("train_bias"), Checkpoint(tmp_path / "x", "train_bias")):
        with pytest.raises(ValueError, match=r"whether a larger or a smaller train_bias is better.*give mode='max' or"):
            line().train((X, X[:, :1]), "mse", 1, [bias], callbacks=[callback])
    history = line().train((X, X[:, :1]), "mse", 1, [bias], rng=0)
    with pytest.raises(ValueError, match=r"give mode='max' or mode='min'"):
        history.best("train_bias")
    for wrong in (lambda: history.best("train_bias", "largest"), lambda: EarlyStopping(mode="largest")):
        with pytest.raises(ValueError, match="expected a mode of auto, min, max, got 'largest'"):
            wrong()


def test_a_metric_entered_under_a_name_keeps_its_direction(monkeypatch):
    monkeypatch.setitem(METRICS, "worst", LargestError)
    monkeypatch.setitem(METRICS, "hits_loss", Hits)
    names = ["train_worst", "train_hits_loss", "train_loss"]
    history = line().train((X, X[:, :1]), "mse", 1, names, rng=0)
    monkeypatch.undo()
    assert [history.rises(name) for name in names] == [False, True, False]
    assert copy.deepcopy(history).rises("train_hits_loss")


def test_nan_is_never_the_best_and_the_first_of_several_is():
    history = History()
    for value in (math.nan, 0.5, 0.25, 0.5, math.inf, 0.25):
        history.append({"train_loss": value, "test_accuracy": -value, "test_r2": math.nan}, seconds=0.0)
    assert history.best("train_loss") == (2, 0.25)
    assert history.best("test_accuracy") == (2, -0.25)
    assert history.best("train_loss", "max") == (4, math.inf)
    with pytest.raises(ValueError, match="got nan in every epoch"):
        history.best("test_r2")


# outputs that fit the loss


PROBABILITIES = {"sigmoid", "softmax", "step"}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("n_out", [2, 3, 10])
def test_an_activation_that_does_not_fit_the_loss_is_refused_before_training(loss, activation, n_out):
    fits = {"cross_entropy": {"softmax"}, "binary_cross_entropy": PROBABILITIES}.get(loss, set(ACTIVATIONS))
    model, begun = line(n_out, activation), []
    y = X[:, :1].argsort(axis=0)[:, 0] % n_out
    watch = [LambdaCallback(on_train_begin=begun.append)]
    if activation in fits:
        model.train((X, y), loss, 1, callbacks=watch, rng=0)
        return
    cure = "softmax" if loss == "cross_entropy" else "sigmoid"
    with pytest.raises(ValueError, match=rf"got the outputs of Dense\(3, {n_out},.*last layer activation='{cure}'$"):
        model.train((X, y), loss, 1, callbacks=watch)
    assert not begun


def test_the_forgotten_softmax_of_digits():
    model = MLP([Dense(64, 32, "relu", rng=0), Dense(32, 10, rng=1)])
    cure = r"probabilities that add up to 1 in each row, .* give the last layer activation='softmax'$"
    data = Dataset("digits")
    for use in (model.train, model.evaluate):
        with pytest.raises(ValueError, match=cure):
            use(data, "cross_entropy")
    with pytest.raises(ValueError, match=cure):
        model.train_batch(data.X_train[:5], data.y_train[:5], "cross_entropy")


def test_a_softmax_of_ones_own_fits():
    class Rescaled(Softmax):
        def forward(self, Z):
            return super().forward(2 * Z)

    history = line(3, Rescaled()).train((X, X.argmax(axis=1)), "cross_entropy", 1, rng=0)
    assert history["train_loss"][0] > 0


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "mse"])
def test_a_softmax_of_one_output_says_always_1(loss):
    with pytest.raises(ValueError, match=r"which always gives 1; .* give the last layer activation='sigmoid'$"):
        line(1, "softmax").train((X, LABELS[:, :1]), loss, 1)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softmax", "step"])
@pytest.mark.parametrize("targets", [NUMBERS, -NUMBERS, NUMBERS + 0.5])
def test_targets_far_from_all_outputs_are_refused(activation, targets):
    y = np.stack([targets, targets], axis=1)
    with pytest.raises(ValueError, match=r"^MLP.train expected targets near .* give the last layer activation='iden"):
        line(2, activation).train((X, y), "mse", 1)


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "step"])
def test_targets_that_outputs_reach_but_for_noise_are_taken(activation):
    y = np.linspace(-2, 2, 80).reshape(40, 2)  # half of them are out of reach for a sigmoid, but not their mean
    assert line(2, activation).train((X, y), "mse", 1, rng=0).n_epochs == 1
    if activation not in ("sigmoid", "tanh", "softmax"):
        assert line(2, activation).train((X, 500 * y), "mse", 1, rng=0).n_epochs == 1


def test_small_numbers_keep_their_digits_in_the_table():
    history = History()
    history.append({"train_loss": 3.2e-6, "train_r2": 0.5}, seconds=0.0)
    history.append({"train_loss": 239532.0, "train_r2": math.nan}, seconds=0.0)
    assert str(history).splitlines()[1:] == ["    1   3.200e-06      0.5000", "    2   2.395e+05         nan"]


def test_a_network_without_layers_is_refused_as_ever():
    with pytest.raises(ValueError, match="at least one layer"):
        MLP().train((X, X), MSE(), 1)


def test_the_bar_of_a_saved_notebook_says_what_was_reached(monkeypatch):
    pytest.importorskip("ipywidgets")
    from tqdm.notebook import tqdm

    texts = []

    class Handle:
        def update(self, container):
            texts.append(repr(container))

    def display(container, display_id):
        texts.append(repr(container))
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    bar = ProgressBar()
    bar._tqdm = tqdm
    history = line().train((X, X[:, :1] / 1000), "mse", 2, callbacks=[bar], batch_size=10, rng=0, progress=False)
    assert " 0/8 " in texts[0]
    assert " 8/8 " in texts[1]
    assert f"train_loss={shown(history['train_loss'][-1])}]" in texts[1]


def test_the_bar_shows_small_numbers(capsys):
    pytest.importorskip("tqdm")
    model = MLP([Dense(3, 1, "identity", weight_initializer="zeros", rng=0)], optimizer=SGD(0.0))
    model.train((X, np.full((40, 1), 0.002)), "mse", 1, rng=0, progress=True)
    assert "train_loss=4.000e-06" in capsys.readouterr().err
