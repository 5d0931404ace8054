import math
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from mlpkit import (
    MLP,
    SGD,
    Adam,
    BatchNorm,
    Callback,
    Checkpoint,
    CosineSchedule,
    Dense,
    DivergenceError,
    Dropout,
    EarlyStopping,
    LambdaCallback,
    LearningRate,
    Optimizer,
    StepSchedule,
    TensorBoard,
    load,
)
from mlpkit.callbacks import Watcher

X = np.random.default_rng(0).uniform(-1, 1, (40, 1))
Y = 2 * X


def line(**settings):
    return MLP([Dense(1, 1, "identity", rng=0)], **settings)


class Diary(Callback):
    def __init__(self):
        self.moments = []

    def on_train_begin(self, run):
        self.moments.append("begin")

    def on_epoch_begin(self, run):
        self.moments.append(f"epoch {run.epoch}")

    def on_batch_end(self, run):
        assert np.isfinite(run.batch_loss)
        self.moments.append(f"batch {run.step}")

    def on_epoch_end(self, run):
        self.moments.append(f"end {run.history.n_epochs}")

    def on_train_end(self, run):
        self.moments.append("over")


MOMENTS = ["begin", "epoch 0", "batch 0", "batch 1", "end 1", "epoch 1", "batch 2", "batch 3", "end 2", "over"]


def test_the_moments_of_a_run():
    diary = Diary()
    line().train((X, Y), "mse", epochs=2, batch_size=20, callbacks=[diary])
    assert diary.moments == MOMENTS


def test_lambdas_have_the_same_moments_and_come_by_name_too():
    told, diary = [], Diary()
    functions = {name: (lambda run, name=name: told.append(name)) for name in vars(Callback) if name.startswith("on_")}
    callbacks = {"diary": diary, "mine": LambdaCallback(**functions)}
    line().train((X, Y), "mse", epochs=2, batch_size=20, callbacks=callbacks)
    assert len(told) == len(diary.moments)
    assert told[:3] == ["on_train_begin", "on_epoch_begin", "on_batch_end"]
    with pytest.raises(TypeError):
        LambdaCallback(on_something=print)


def test_early_stopping_brings_the_best_parameters_back():
    norm = BatchNorm(1)
    model = MLP([norm, Dense(1, 1, "identity", rng=0)], optimizer=SGD(0.1))
    states = []

    def spoil(run):
        states.append([array.copy() for array in run.model.state()])
        run.history["validation_loss"][-1] = [5.0, 3.0, 4.0, 3.5, 1.0][run.epoch]

    stop = EarlyStopping(patience=2)
    history = model.train(
        (X, Y), "mse", epochs=5, validation_split=0.2, callbacks=[LambdaCallback(on_epoch_end=spoil), stop], rng=0
    )
    assert history.n_epochs == 4
    assert history.stopped == "validation_loss has not improved since epoch 2"
    assert (stop.best_epoch, stop.best_value) == (1, 3.0)
    for ours, best in zip(model.state(), states[1], strict=True):
        np.testing.assert_array_equal(ours, best)
    assert norm.buffers["running_mean"].any()


def test_accuracies_improve_upwards():
    values = [0.5, 0.8, 0.7, 0.8]

    def pretend(run):
        run.history["train_accuracy"][-1] = values[run.epoch]

    stop = EarlyStopping("train_accuracy", patience=2)
    model = MLP([Dense(1, 1, rng=0)])
    history = model.train(
        (X, (X > 0).astype(int)), "binary_cross_entropy", 10, callbacks=[LambdaCallback(on_epoch_end=pretend), stop]
    )
    assert stop.best_epoch == 1
    assert history.n_epochs == 4


def test_the_best_parameters_come_back_after_divergence_too():
    model = line(optimizer=SGD(0.1))

    def explode(run):
        if run.epoch == 2:
            run.model.optimizer.learning_rate = 1e30

    stop = EarlyStopping("train_loss", patience=9)
    with pytest.raises(DivergenceError):
        model.train((X, Y), "mse", 9, callbacks=[LambdaCallback(on_epoch_begin=explode), stop], rng=0)
    assert np.isfinite(model.parameters).all()


def test_what_is_watched_must_be_computed():
    with pytest.raises(ValueError, match=r"EarlyStopping watches 'validation_loss', .* validation_split=0.1"):
        line().train((X, Y), "mse", callbacks=[EarlyStopping()])
    with pytest.raises(ValueError, match=r"Checkpoint watches 'train_r2', .* metrics=\[..., 'train_r2'\]"):
        line().train((X, Y), "mse", callbacks=[Checkpoint("x", "train_r2")])
    with pytest.raises(ValueError, match="patience of at least 1"):
        EarlyStopping(patience=0)


def test_checkpoints(tmp_path):
    model, copies = line(optimizer=Adam(0.1)), []
    keep = LambdaCallback(on_epoch_end=lambda run: copies.append(run.model.parameters.copy()))
    model.train((X, Y), "mse", 3, callbacks=[keep, Checkpoint(tmp_path / "model-{epoch}.safetensors")], rng=0)
    for epoch in (1, 2, 3):
        np.testing.assert_array_equal(load(tmp_path / f"model-{epoch}.safetensors").parameters, copies[epoch - 1])


def test_a_checkpoint_of_the_best(tmp_path):
    model, values = line(optimizer=Adam(0.1)), [2.0, 1.0, 3.0]

    def pretend(run):
        run.history["train_loss"][-1] = values[run.epoch]
        kept.append(run.model.parameters.copy())

    kept = []
    path = tmp_path / "best.safetensors"
    callbacks = [LambdaCallback(on_epoch_end=pretend), Checkpoint(path, monitor="train_loss")]
    model.train((X, Y), "mse", 3, callbacks=callbacks, rng=0)
    np.testing.assert_array_equal(load(path).parameters, kept[1])


def test_learning_rates_by_epoch():
    own, rates = SGD(0.5), []
    model = MLP([Dense(1, 2, "identity", own, rng=0), Dense(2, 1, "identity", rng=1)], optimizer=SGD(0.5))
    keep = LambdaCallback(on_batch_end=lambda run: rates.append((own.learning_rate, model.optimizer.learning_rate)))
    model.train((X, Y), "mse", 3, batch_size=40, callbacks=[LearningRate(CosineSchedule(0.1, 2)), keep])
    assert rates == [(pytest.approx(rate),) * 2 for rate in (0.1, 0.05, 0.0)]
    model.train((X, Y), "mse", 1, batch_size=40, callbacks=[LearningRate(lambda epoch: 0.3, own)])
    assert (own.learning_rate, model.optimizer.learning_rate) == (0.3, pytest.approx(0.0))


def test_the_last_learning_rate_stays():
    model = line(optimizer=SGD(StepSchedule(0.5, every=1, factor=0.1)))
    model.train((X, Y), "mse", 3, batch_size=40, callbacks=[LearningRate(lambda epoch: 0.1 / (epoch + 1))])
    assert model.optimizer.learning_rate == 0.1 / 3
    with pytest.raises(ValueError, match="SGD expected learning_rate to be finite and at least 0, got None"):
        model.train((X, Y), "mse", 1, callbacks=[LearningRate(lambda epoch: None)])


def pretending(values, metric="train_loss"):
    """Return a callback that gives a metric these values, one after the other, also in several calls of `train`."""
    values = iter(values)
    return LambdaCallback(on_epoch_end=lambda run: run.history[metric].__setitem__(-1, next(values)))


def test_early_stopping_keeps_its_best_over_calls_of_train():
    model, stop, states = line(optimizer=SGD(0.1)), EarlyStopping("train_loss", patience=2), []
    pretend = pretending([3.0, 1.0, 2.0, 2.0, 2.0, 2.0, 0.5, 0.7])
    keep = LambdaCallback(on_epoch_end=lambda run: states.append(run.model.parameters.copy()))
    lengths = []
    for epochs in (3, 9, 2):
        history = model.train((X, Y), "mse", epochs, callbacks=[pretend, keep, stop], rng=0)
        lengths.append(history.n_epochs)
        np.testing.assert_array_equal(model.parameters, states[stop.best_epoch])
        if epochs == 9:
            assert history.stopped == "train_loss has not improved since epoch 2"
            assert (stop.best_epoch, stop.best_value, stop.n_epochs) == (1, 1.0, 5)
    assert lengths == [3, 2, 2]  # the second waits from its own beginning
    assert (stop.best_epoch, stop.best_value, stop.n_epochs) == (6, 0.5, 7)


def test_the_best_epoch_over_calls_may_be_the_very_first():
    model, stop, states = line(optimizer=SGD(0.1)), EarlyStopping("train_loss", patience=9), []
    callbacks = [
        pretending([1.0, 2.0, 3.0]),
        LambdaCallback(on_epoch_end=lambda run: states.append(run.model.parameters.copy())),
        stop,
    ]
    model.train((X, Y), "mse", 2, callbacks=callbacks, rng=0)
    model.train((X, Y), "mse", 1, callbacks=callbacks, rng=0)
    np.testing.assert_array_equal(model.parameters, states[0])


def test_a_watcher_asks_the_metric_for_its_direction_and_knows_two_others():
    assert Watcher("train_loss").mode == "auto"
    with pytest.raises(ValueError, match=r"^EarlyStopping expected a mode of auto, min, max, got 'up'$"):
        EarlyStopping(mode="up")


def test_a_network_that_has_grown_is_another_one():
    model, stop = MLP([Dense(1, 2, rng=0)]), EarlyStopping("train_loss")
    model.train((X, np.ones((40, 2))), "mse", 2, callbacks=[pretending([0.0, 0.0]), stop])
    model.add(Dense(2, 1, rng=1))
    model.train((X, Y), "mse", 1, callbacks=[stop])
    assert (stop.best_epoch, stop.n_epochs) == (0, 1)
    assert stop.best_value > 0


@pytest.mark.parametrize(
    ("values", "best", "n_epochs"),
    [
        ([math.nan, 3.0, 2.0, math.nan, math.nan], 2, 5),
        ([math.nan, math.nan, 3.0], -1, 2),
        ([math.inf, math.nan, math.nan], 0, 3),
    ],
)
def test_nan_is_never_the_best(values, best, n_epochs, tmp_path):
    model, stop = line(optimizer=SGD(0.1)), EarlyStopping("train_loss", patience=2)
    path = tmp_path / "best.safetensors"
    callbacks = [pretending(values), stop, Checkpoint(path, "train_loss")]
    history = model.train((X, Y), "mse", len(values), callbacks=callbacks, rng=0)
    assert (stop.best_epoch, history.n_epochs) == (best, n_epochs)
    assert path.exists() == (best >= 0)
    if best < 0:
        assert history.stopped == "train_loss was never a number"
    else:
        np.testing.assert_array_equal(load(path).parameters, model.parameters)


def test_a_second_call_of_train_does_not_replace_a_better_checkpoint(tmp_path):
    model, path = line(optimizer=Adam(0.1)), tmp_path / "best.safetensors"
    checkpoint, pretend = Checkpoint(path, "train_loss"), pretending([2.0, 1.0, 3.0, 1.5, 0.5, 9.0])
    model.train((X, Y), "mse", 2, callbacks=[pretend, checkpoint], rng=0)
    best = path.read_bytes()
    model.train((X, Y), "mse", 2, callbacks=[pretend, checkpoint], rng=0)
    assert path.read_bytes() == best
    model.train((X, Y), "mse", 1, callbacks=[pretend, checkpoint], rng=0)
    assert path.read_bytes() != best
    other = line(optimizer=Adam(0.2))
    other.train((X, Y), "mse", 1, callbacks=[pretend, checkpoint], rng=0)  # another network has a best of its own
    np.testing.assert_array_equal(load(path).parameters, other.parameters)


def test_the_numbers_of_checkpoints_go_on_over_calls_of_train(tmp_path):
    model, checkpoint = line(), Checkpoint(tmp_path / "m{epoch:03d}-{train_loss:.1f}.st")
    pretend = pretending([2.0, 1.0, 0.5])
    model.train((X, Y), "mse", 2, callbacks=[pretend, checkpoint])
    model.train((X, Y), "mse", 1, callbacks=[pretend, checkpoint])
    assert sorted(os.listdir(tmp_path)) == ["m001-2.0.st", "m002-1.0.st", "m003-0.5.st"]


@pytest.mark.parametrize("path", ["{run}.st", "{}.st", "{0}.st", "m{epoch:03q}.st", "{", "{epoch.a}", "{train_loss:d}"])
def test_placeholders_that_cannot_be_filled(path, tmp_path):
    with pytest.raises(ValueError, match=r"^Checkpoint expected placeholders of epoch, train_loss in its path, got "):
        line().train((X, Y), "mse", 1, callbacks=[Checkpoint(tmp_path / path)])
    assert os.listdir(tmp_path) == []


def test_braces_that_are_no_placeholders(tmp_path):
    line().train((X, Y), "mse", 1, callbacks=[Checkpoint(tmp_path / "{{a}}-{epoch}.st")])
    assert os.listdir(tmp_path) == ["{a}-1.st"]


def watched(values, metric="train_loss", epochs=20, **settings):
    """Return an EarlyStopping and the history of a run whose metric has the given values."""

    def pretend(run):
        run.history[metric][-1] = values[min(run.epoch, len(values) - 1)]

    stop = EarlyStopping(metric, **settings)
    callbacks = [LambdaCallback(on_epoch_end=pretend), stop]
    return stop, line(optimizer=SGD(0.1)).train((X, Y), "mse", epochs, ["train_loss", "train_r2"], callbacks=callbacks)


@pytest.mark.parametrize(
    ("values", "settings", "best", "n_epochs"),
    [
        ([1.0], {}, 0, 6),  # five epochs without an improvement
        ([1.0], {"patience": 1}, 0, 2),
        ([1.0, 2.0], {"patience": 3}, 0, 4),
        ([3.0, 2.0, 1.0, 1.0], {"patience": 2}, 2, 5),
        ([4.0, 3.5, 3.0, 2.9], {"patience": 3, "min_delta": 0.5}, 2, 6),  # 3.5 is no improvement, 3.0 is one of 1.0
        ([4.0, 3.5], {"patience": 1, "min_delta": 0.25}, 1, 3),
        ([0.5, 0.25], {"patience": 1, "min_delta": 0.25}, 0, 2),  # not more than the least improvement
    ],
)
def test_how_long_early_stopping_waits(values, settings, best, n_epochs):
    stop, history = watched(values, **settings)
    assert (stop.best_epoch, stop.best_value, history.n_epochs) == (best, values[best], n_epochs)
    assert history.stopped == f"train_loss has not improved since epoch {best + 1}"


def test_early_stopping_watches_metrics_that_improve_upwards():
    stop, history = watched([-1.0, 0.5, 0.25], "train_r2", patience=2)
    assert (stop.best_epoch, stop.best_value, history.n_epochs) == (1, 0.5, 4)


def test_early_stopping_watches_the_validation_loss_by_default():
    stop = EarlyStopping()
    line().train((X, Y), "mse", 1, validation_split=0.5, callbacks=[stop])
    assert (stop.monitor, stop.patience, stop.min_delta, stop.best_epoch) == ("validation_loss", 5, 0.0, 0)


@pytest.mark.parametrize("patience", [0, -1])
def test_patience_is_at_least_1(patience):
    with pytest.raises(ValueError, match=rf"^EarlyStopping expected patience of at least 1, got {patience}$"):
        EarlyStopping(patience=patience)


def test_early_stopping_forgets_earlier_runs():
    stop, first, second = EarlyStopping("train_loss", patience=1), line(optimizer=SGD(0.5)), line(optimizer=SGD(0.0))
    first.train((X, Y), "mse", 20, callbacks=[stop], rng=0)
    value, start = stop.best_value, second.parameters.copy()
    second.train((X, Y), "mse", 2, callbacks=[stop], batch_size=40)
    assert stop.best_epoch == 0
    assert stop.best_value > value
    np.testing.assert_array_equal(second.parameters, start)


def test_a_run_that_diverges_in_its_first_epoch_has_no_best_parameters():
    model = line()
    start = model.parameters.copy()
    with pytest.raises(DivergenceError):
        model.train((X, np.full_like(Y, 1e30)), "mse", 3, callbacks=[EarlyStopping("train_loss")], batch_size=40)
    np.testing.assert_array_equal(model.parameters, start)


def test_a_callback_of_ones_own_need_not_have_all_moments():
    for moment in ("on_train_begin", "on_epoch_begin", "on_batch_end", "on_epoch_end", "on_train_end"):
        told = []
        own = type("Own", (Callback,), {moment: lambda self, run, told=told: told.append(run)})
        line().train((X, Y), "mse", 1, batch_size=40, callbacks=[own(), LambdaCallback()])
        assert len(told) == 1


def scalars(monkeypatch, **settings):
    """Return the scalars (name, value, epoch) that a run hands to the writer of event files, and its history."""
    written = []

    class Writer:
        def __init__(self, path):
            written.append(path)

        def add_scalar(self, *scalar):
            written.append(scalar)

        def close(self):
            written.append("closed")

    monkeypatch.setattr("tensorboardX.SummaryWriter", Writer)
    history = line(**settings).train((X, Y), "mse", 3, batch_size=10, callbacks=[TensorBoard("events")], rng=0)
    return written, history


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (0.25, [0.25, 0.25, 0.25]),
        (StepSchedule(0.5, every=4, factor=0.5), [0.5, 0.25, 0.125]),  # of the steps 3, 7 and 11, counted from 0
        (StepSchedule(0.5, every=1, factor=0.5), [0.5 / 2**3, 0.5 / 2**7, 0.5 / 2**11]),
    ],
)
def test_event_files_have_the_metrics_and_the_learning_rate_of_every_epoch(rate, expected, monkeypatch):
    written, history = scalars(monkeypatch, optimizer=SGD(rate))
    losses = [("train_loss", value, epoch) for epoch, value in enumerate(history["train_loss"], start=1)]
    rates = [("learning_rate", value, epoch) for epoch, value in enumerate(expected, start=1)]
    assert written == ["events", *(one for pair in zip(losses, rates, strict=True) for one in pair), "closed"]


def rates_written(model, monkeypatch, epochs=3, callbacks=(), **settings):
    """Return the learning rates that a run hands to the writer of event files, by name."""
    written = {}

    class Writer:
        def __init__(self, path):
            pass

        def add_scalar(self, name, value, epoch):
            if name.startswith("learning_rate"):
                written.setdefault(name, []).append(value)

        def close(self):
            pass

    monkeypatch.setattr("tensorboardX.SummaryWriter", Writer)
    model.train((X, Y), "mse", epochs, callbacks=[*callbacks, TensorBoard("events")], rng=0, **settings)
    return written


def test_the_learning_rates_written_are_those_used_also_in_a_second_call(monkeypatch):
    model, used = line(optimizer=SGD(StepSchedule(1.0, every=2, factor=0.1))), []
    keep = LambdaCallback(on_epoch_end=lambda run: used.append(next(iter(model._flat.states.values()))[1].step))
    for _ in range(2):
        written = rates_written(model, monkeypatch, callbacks=[keep], batch_size=20)
        assert list(written) == ["learning_rate"]
        assert written["learning_rate"] == [model.optimizer.rate(t) for t in used[-3:]]
    assert used == [2, 4, 6, 8, 10, 12]


def test_learning_rates_of_layers_with_optimizers_of_their_own(monkeypatch):
    class Lazy(SGD):
        def rate(self, t):
            return super().rate(t) / t

    own, shared = SGD(StepSchedule(0.5, every=1, factor=0.5)), Lazy(0.25)
    layers = [Dense(1, 2, rng=0), Dense(2, 2, "tanh", own, rng=1), Dropout(0.0), Dense(2, 1, rng=2)]
    model = MLP([*layers[:3], Dense(2, 2, "tanh", Adam(0.125), rng=3), layers[3]], optimizer=shared)
    assert rates_written(model, monkeypatch, batch_size=40) == {
        "learning_rate": [0.25, 0.25 / 2, 0.25 / 3],
        "learning_rate/layer_2": [0.5, 0.25, 0.125],
        "learning_rate/layer_4": [0.125] * 3,
    }


@pytest.mark.parametrize("moment", ["on_batch_end", "on_epoch_end"])
def test_a_rate_that_is_set_for_the_next_epoch_is_not_yet_written(moment, monkeypatch):
    def halve(run):
        run.model.optimizer.learning_rate /= 2

    halving = LambdaCallback(**{moment: halve})
    written = rates_written(line(optimizer=SGD(0.5)), monkeypatch, callbacks=[halving], batch_size=40)
    assert written == {"learning_rate": [0.5, 0.25, 0.125]}


def test_an_optimizer_of_ones_own_may_have_no_learning_rate(monkeypatch):
    class Signs(Optimizer):
        def __init__(self):
            self.length = 0.01

        def update_block(self, w, g, t, *memory):
            w -= self.length * np.sign(g)

    assert rates_written(line(optimizer=Signs()), monkeypatch) == {}


def test_two_runs_that_begin_in_the_same_second_have_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.strftime", lambda form: "now")
    again = TensorBoard()
    for callback in (TensorBoard(), TensorBoard(), again, again):
        line().train((X, Y), "mse", 1, callbacks=[callback])
    assert sorted(os.listdir("runs")) == ["now", "now-2", "now-3", "now-4"]
    assert all(len(os.listdir(f"runs/{name}")) == 1 for name in os.listdir("runs"))
    line().train((X, Y), "mse", 1, tensorboard=True)
    assert again.path == os.path.join("runs", "now-4")
    assert os.path.exists("runs/now-5")


def test_event_files_are_named_for_the_date_and_time():
    now = datetime.now()
    path = Path(TensorBoard().path)
    assert path.parent == Path("runs")
    assert abs(datetime.strptime(path.name, "%Y-%m-%d_%H-%M-%S") - now) < timedelta(minutes=1)


def test_a_path_for_event_files_may_be_any_path_like(tmp_path):
    assert TensorBoard(tmp_path).path == str(tmp_path)


def test_tensorboard_names_the_package_that_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ModuleNotFoundError, match=r"TensorBoard needs .*tensorboardX"):
        line().train((X, Y), "mse", 1, tensorboard="events")
