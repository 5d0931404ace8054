"""What an epoch does and reports, and who is told when."""

import math
import re
import sys
import time

import numpy as np
import pytest

from mlpkit import (
    MLP,
    MSE,
    SGD,
    ActivationLayer,
    Adam,
    Callback,
    Dataset,
    Dense,
    DivergenceError,
    LambdaCallback,
)

X = np.linspace(-1, 1, 10).reshape(-1, 1)
Y = 2 * X + 1
CLASSES = (X.ravel() > 0.3).astype(int)


def line(rate=0.1, **settings):
    return MLP([Dense(1, 1, "identity", dtype=np.float64, rng=0)], optimizer=SGD(rate), **settings)


def frozen(n_out=2, output="softmax"):
    """Return a network whose weights no training changes."""
    return MLP([Dense(1, n_out, output, dtype=np.float64, rng=3)], optimizer=SGD(0.0))


def refused(message):
    """Expect a ValueError with exactly this message."""
    return pytest.raises(ValueError, match=f"^{re.escape(message)}$")


def moons():
    return Dataset("moons", 40, 10, batch_size=16)


# metrics


@pytest.mark.parametrize("batch_size", [1, 4, 10])
def test_means_over_unequal_batches_count_every_sample_alike(batch_size):
    model = frozen()
    P = model.predict(X)
    history = model.train((X, CLASSES), "cross_entropy", 2, batch_size=batch_size, rng=0)
    loss, accuracy = -np.mean(np.log(P[np.arange(10), CLASSES])), np.mean(P.argmax(axis=1) == CLASSES)
    assert 0 < accuracy < 1
    assert history["train_loss"] == [pytest.approx(loss, rel=1e-12)] * 2
    assert history["train_accuracy"] == [pytest.approx(accuracy, rel=1e-12)] * 2


def test_means_are_those_before_the_updates_and_others_those_at_the_end_of_the_epoch():
    model = line()
    before, values = model.predict(X), []
    keep = LambdaCallback(on_epoch_end=lambda run: values.append(model.predict(X)))
    history = model.train((X, Y), "mse", 1, ["train_loss", "train_r2"], callbacks=[keep], batch_size=10)
    assert history["train_loss"] == [pytest.approx(np.mean((before - Y) ** 2), rel=1e-12)]
    r2 = 1 - np.sum((values[0] - Y) ** 2) / np.sum((Y - Y.mean()) ** 2)
    assert history["train_r2"] == [pytest.approx(r2, rel=1e-12)]


def test_sets_that_are_held_out_are_evaluated_after_the_updates():
    data, model = moons(), MLP([Dense(2, 2, "softmax", rng=0)], optimizer=Adam(0.1))
    found = []
    keep = LambdaCallback(on_epoch_end=lambda run: found.append(model.evaluate(data, "cross_entropy")))
    history = model.train(data, "cross_entropy", 3, callbacks=[keep], rng=0)
    assert history["test_loss"] == [one["loss"] for one in found]
    assert history["test_accuracy"] == [one["accuracy"] for one in found]


@pytest.mark.parametrize(
    ("targets", "loss", "settings", "names"),
    [
        (Y, "mse", {}, ["train_loss"]),
        (Y, "mse", {"validation_split": 0.2}, ["train_loss", "validation_loss"]),
        (CLASSES, "mse", {}, ["train_loss"]),  # whole numbers may be numbers to predict
        (CLASSES.astype(bool), "rmse", {}, ["train_loss"]),
        (CLASSES.astype(np.uint8), "mae", {}, ["train_loss"]),
        (CLASSES.astype(float), "mse", {}, ["train_loss"]),
        (CLASSES, "mse", {"metrics": ["train_accuracy"]}, ["train_accuracy"]),
        (CLASSES.astype(float), "binary_cross_entropy", {}, ["train_loss", "train_accuracy"]),
        (
            CLASSES,
            "binary_cross_entropy",
            {"validation_split": 0.2},
            ["train_loss", "validation_loss", "train_accuracy", "validation_accuracy"],
        ),
        (Y, "mse", {"metrics": []}, []),
        (Y, "mse", {"metrics": [], "validation_split": 0.2}, ["validation_loss"]),
        (Y, "mse", {"metrics": ["train_r2", "train_loss", "train_r2"]}, ["train_r2", "train_loss"]),
        (
            CLASSES,
            "mse",
            {"metrics": ["train_r2", "validation_r2", "train_accuracy"], "validation_split": 0.2},
            ["train_r2", "validation_r2", "train_accuracy", "validation_loss", "validation_accuracy"],
        ),
    ],
)
def test_the_metrics_that_are_recorded(targets, loss, settings, names):
    output = "sigmoid" if loss == "binary_cross_entropy" else "identity"
    model = MLP([Dense(1, 1, output, dtype=np.float64, rng=0)])
    history = model.train((X, targets), loss, 2, rng=0, **settings)
    assert list(history) == names
    assert all(len(values) == 2 for values in history.values())
    assert history.n_epochs == 2


def test_metrics_may_come_from_an_iterator():
    model = MLP([Dense(1, 1, "identity", dtype=np.float64, rng=0)])
    assert list(model.train((X, Y), "mse", 2, iter(["train_r2"]), rng=0)) == ["train_r2"]


def test_a_dataset_has_the_metrics_of_both_sets():
    model = MLP([Dense(2, 2, "softmax", rng=0)])
    names = ["train_loss", "validation_loss", "test_loss", "train_accuracy", "validation_accuracy", "test_accuracy"]
    history = model.train(moons(), "cross_entropy", 1, validation_split=0.25)
    assert sorted(history) == sorted(names)


@pytest.mark.parametrize("name", ["accuracy", "train_recall", "loss_train", "validation_loss", "train", "_loss"])
def test_a_metric_that_there_is_not(name):
    with refused(
        "MLP.train expected metrics such as train_loss, of the sets train, test and the kinds loss, accuracy, "
        f"binary_accuracy, r2, got {name!r}; a test set comes with a dataset, validation with validation_split=0.1"
    ):
        MLP([Dense(2, 2, "softmax")]).train(moons(), "cross_entropy", 1, ["train_loss", name])


@pytest.mark.parametrize("epochs", [-1, -5])
def test_there_is_no_negative_number_of_epochs(epochs):
    with refused(f"MLP.train expected epochs to be an integer of at least 0, got {epochs}"):
        line().train((X, Y), "mse", epochs)


def test_a_network_without_a_width_of_its_own_takes_that_of_its_inputs():
    pairs = np.linspace(-1, 1, 12).reshape(6, 2)
    history = MLP([ActivationLayer("tanh")]).train(
        (pairs, 3 * pairs), "mse", 1, ["train_loss", "train_r2", "validation_r2"], batch_size=4, validation_split=0.5
    )
    assert history.n_epochs == 1
    assert history["train_loss"][0] > 0
    assert history["validation_r2"][0] < 1


def test_seconds_are_those_of_the_epoch_without_its_callbacks():
    naps = LambdaCallback(
        on_epoch_begin=lambda run: time.sleep(0.02),
        on_batch_end=lambda run: time.sleep(0.01),
        on_epoch_end=lambda run: time.sleep(0.02),
    )
    start = time.perf_counter()
    history = line().train((X, Y), "mse", 2, batch_size=5, callbacks=[naps])
    elapsed = time.perf_counter() - start
    assert all(seconds >= 0.02 for seconds in history.seconds)  # two batches
    assert sum(history.seconds) <= elapsed - 0.08  # four pauses that do not count


# moments


def test_what_a_run_says_at_its_moments():
    seen, model, loss = [], line(), MSE()

    def look(run):
        assert run.model is model
        assert run.loss is loss
        seen.append((run.epoch, run.step, run.n_epochs, run.n_batches, run.metrics))

    model.train((X, Y), loss, 2, batch_size=4, callbacks=[LambdaCallback(on_batch_end=look)])
    assert seen == [(step // 3, step, 2, 3, {"train_loss": None}) for step in range(6)]


@pytest.mark.parametrize(("batch_size", "n_batches"), [(1, 10), (3, 4), (5, 2), (10, 1), (11, 1)])
def test_the_number_of_batches_counts_the_last_small_one(batch_size, n_batches):
    told = []
    callbacks = [LambdaCallback(on_train_begin=lambda run: told.append(run.n_batches))]
    line().train((X, Y), "mse", 0, batch_size=batch_size, callbacks=callbacks)
    assert told == [n_batches]


def test_the_loss_of_a_batch_is_that_before_its_update():
    model, losses = line(), []
    start = model.predict(X)
    keep = LambdaCallback(
        on_train_begin=lambda run: losses.append(run.batch_loss), on_batch_end=lambda run: losses.append(run.batch_loss)
    )
    model.train((X, Y), "mse", 1, batch_size=10, callbacks=[keep])
    assert math.isnan(losses[0])
    assert losses[1:] == [pytest.approx(np.mean((start - Y) ** 2), rel=1e-12)]


@pytest.mark.parametrize("moment", ["on_epoch_begin", "on_batch_end", "on_epoch_end"])
@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_a_run_that_is_stopped_ends_after_the_epoch(moment, epoch):
    stop = LambdaCallback(**{moment: lambda run: run.stop("enough") if run.epoch == epoch else None})
    ends = []
    history = line().train(
        (X, Y), "mse", 5, batch_size=4, callbacks=[stop, LambdaCallback(on_train_end=lambda run: ends.append(run.step))]
    )
    assert history.n_epochs == epoch + 1
    assert history.stopped == "enough"
    assert ends == [3 * (epoch + 1)]


def test_a_run_that_is_not_stopped_says_nothing():
    assert line().train((X, Y), "mse", 2).stopped is None


def test_only_callbacks_that_began_are_told_of_the_end():
    told = []

    def fail(run):
        raise RuntimeError("no")

    callbacks = [
        LambdaCallback(on_train_end=lambda run: told.append("first")),
        LambdaCallback(on_train_begin=fail, on_train_end=lambda run: told.append("second")),
        LambdaCallback(on_train_begin=lambda run: told.append("begin"), on_train_end=lambda run: told.append("third")),
    ]
    with pytest.raises(RuntimeError, match="no"):
        line().train((X, Y), "mse", callbacks=callbacks)
    assert told == ["first"]


def test_the_end_is_told_after_an_error_too():
    told = []

    class Failing(Callback):
        def on_batch_end(self, run):
            raise RuntimeError("no")

        def on_train_end(self, run):
            told.append(run.step)

    with pytest.raises(RuntimeError, match="no"):
        line().train((X, Y), "mse", callbacks=(one for one in [Failing()]))
    assert told == [0]


# divergence


def test_divergence_says_when_and_by_which_learning_rates():
    """A weight is spoiled after the seventh step; there are three steps an epoch."""
    own = Adam(0.25)
    model = MLP([Dense(1, 2, "tanh", own, rng=0), Dense(2, 1, "identity", rng=1)], optimizer=SGD(0.5))
    told = []

    def spoil(run):
        if run.step == 6:
            model.layers[1].W[...] = np.nan

    callbacks = [LambdaCallback(on_batch_end=spoil, on_train_end=lambda run: told.append(run.epoch))]
    with pytest.raises(DivergenceError) as caught:
        model.train((X, Y), "mse", 5, batch_size=4, callbacks=callbacks)
    assert str(caught.value) == (
        "training diverged in epoch 3, step 8: the loss is nan, and the parameter W of layer 2, "
        f"{model.layers[1]}, is not finite; choose a smaller learning rate ({own}, {model.optimizer}), scale the "
        "inputs, or clip the gradients"
    )
    assert told == [2]


def test_the_update_of_a_loss_that_is_not_finite_is_left_out():
    model = line()
    before = model.parameters.copy()
    with pytest.raises(DivergenceError, match="epoch 1, step 1: the loss is inf"):
        model.train((X, np.full((10, 1), 1e300)), "mse", 1)
    np.testing.assert_array_equal(model.parameters, before)


# the progress bar, and TensorBoard


class Stream:
    """A stream for errors that may be a terminal."""

    def __init__(self, terminal):
        self.terminal, self.text = terminal, ""

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.text += text

    def flush(self):
        pass


@pytest.mark.parametrize(
    ("terminal", "notebook", "tqdm", "progress", "shown"),
    [
        (True, False, True, None, True),
        (False, True, True, None, True),
        (False, False, True, None, False),
        (True, True, False, None, False),
        (True, True, True, False, False),
        (False, False, True, True, True),
    ],
)
def test_a_progress_bar_is_shown_in_terminals_and_notebooks(terminal, notebook, tqdm, progress, shown, monkeypatch):
    bars = []

    class Bar(Callback):
        def on_train_begin(self, run):
            bars.append(run)

    monkeypatch.setattr("mlpkit.progress.ProgressBar", Bar)
    monkeypatch.setattr(sys, "stderr", Stream(terminal))
    monkeypatch.delitem(sys.modules, "ipykernel.zmqshell", raising=False)
    if notebook:
        monkeypatch.setitem(sys.modules, "ipykernel.zmqshell", sys)
    if not tqdm:
        monkeypatch.setitem(sys.modules, "tqdm", None)  # cannot be imported
    line().train((X, Y), "mse", 1, progress=progress)
    assert len(bars) == shown


def test_no_progress_bar_without_a_stream_for_errors(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.delitem(sys.modules, "ipykernel.zmqshell", raising=False)
    assert line().train((X, Y), "mse", 1).n_epochs == 1


class Batches:
    """A dataset whose `batches` are what a test says."""

    def __init__(self, *batches):
        self.X_train, self.y_train = np.eye(3), np.arange(3)
        self.X_test, self.y_test = np.zeros((0, 3)), np.zeros(0, int)
        self.n_classes, self.batch_size, self.own = 3, 2, batches

    def batches(self, rng):
        yield from self.own


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([], r"^MLP.train expected Batches.batches to yield at least one batch, got none$"),
        ([(np.eye(3), [0, 1, 3])], r"class numbers from 0 to 2, got values from 0 to 3"),
        ([(np.eye(3), [0, 1, -1])], r"class numbers from 0 to 2, got values from -1 to 1"),
        ([(np.eye(3), [0, 1])], r"got \(3, 3\) and \(2,\)"),
        ([(np.eye(3), [0, 1, 2], np.ones(3), 1)], r"batches of Batches of the form .*, got 4 things$"),
        ([np.eye(3)], r"batches of Batches of the form \(X, y\) or \(X, y, weights\), got ndarray$"),
        ([(np.eye(3) * np.nan, [0, 1, 2])], r"finite numbers in the inputs of batches of Batches"),
        ([(np.zeros((0, 3)), [])], r"batches of Batches with at least one sample, got none$"),
    ],
)
def test_batches_of_ones_own_that_do_not_fit(batches, message):
    model = MLP([Dense(3, 3, "softmax", rng=0)])
    before = model.parameters.copy()
    with pytest.raises(ValueError, match=message):
        model.train(Batches(*batches), "cross_entropy", 1)
    np.testing.assert_array_equal(model.parameters, before)


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_batches_of_ones_own_may_be_lists(loss):
    model, other = (MLP([Dense(3, 3, "softmax", dtype=np.float64, rng=0)]) for _ in range(2))
    model.train(Batches((np.eye(3).tolist(), [0, 1, 2])), loss, 1)
    other.train((np.eye(3), np.arange(3)), loss, 1, batch_size=3)
    np.testing.assert_allclose(model.parameters, other.parameters, rtol=1e-12)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"callbacks": None}, r"^MLP.train expected a list of callbacks, got None; leave them out to have none$"),
        ({"validation_split": "0.1"}, r"^MLP.train expected validation_split of .* below 1, got '0.1'$"),
        ({"sample_weights": ["a"] * 20}, r"^MLP expected sample_weights to be an array of numbers, got <U1 values"),
        ({"validation_data": (X, np.full(len(X), np.nan))}, r"the targets of validation_data"),
    ],
)
def test_arguments_that_are_of_another_kind(settings, message):
    with pytest.raises(ValueError, match=message):
        MLP([Dense(1, 1)]).train((X, Y), "mse", 1, **settings)


def test_nan_targets_are_named_wherever_they_come_in():
    model = MLP([Dense(1, 1, "identity", rng=0)])
    with pytest.raises(ValueError, match="finite numbers in the targets, got 1 that are infinite or nan"):
        model.train_batch([[1.0], [2.0]], [[np.nan], [1.0]], "mse")
    with pytest.raises(ValueError, match="finite numbers in the targets, got 1 that are infinite or nan"):
        model.evaluate(([[1.0], [2.0]], [[np.nan], [1.0]]), "mse")
    with pytest.raises(ValueError, match="finite numbers in the inputs, got 1 that are infinite or nan"):
        model.evaluate(([[1.0], [np.inf]], [[2.0], [1.0]]), "mse")
