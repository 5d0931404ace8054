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
    EarlyStopping,
    LambdaCallback,
    LearningRate,
    load,
)

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
