import copy
import struct
from typing import ClassVar

import numpy as np
import pytest
from networks import network
from peers import peer

from mlpkit import (
    MLP,
    MSE,
    SGD,
    ActivationLayer,
    Adam,
    BatchNorm,
    ClipNorm,
    CrossEntropy,
    Dataset,
    Dense,
    DivergenceError,
    Dropout,
    EarlyStopping,
    History,
    LayerNorm,
    ReLU,
    Softmax,
    StepSchedule,
)

XOR = Dataset("xor", batch_size=2)
RNG = np.random.default_rng(0)
LINE_X = RNG.uniform(-1, 1, (60, 1)).astype(np.float32)
LINE_Y = 2 * LINE_X + 1


def classifier(seed=0, **settings):
    rng = np.random.default_rng(seed)
    return MLP([Dense(2, 8, "tanh", rng=rng), Dense(8, 2, "softmax", rng=rng)], **settings)


def line(**settings):
    return MLP([Dense(1, 1, "identity", rng=0)], **settings)


def test_the_call_of_the_source_document():
    dataset = Dataset(name="digits", train_size=300, test_size=100, batch_size=50)
    optimizer = Adam(learning_rate=0.01)
    model = MLP()
    model.add(Dense(8 * 8, 100, activation=ReLU(), optimizer=optimizer, rng=0))
    model.add(Dense(100, 50, activation=ReLU(), optimizer=optimizer, rng=1))
    model.add(Dense(50, 10, activation=Softmax(), optimizer=optimizer, rng=2))
    names = ["train_loss", "test_loss", "train_accuracy", "test_accuracy"]
    history = model.train(dataset, loss=CrossEntropy(), epochs=5, metrics=names, tensorboard=False, callbacks={}, rng=0)
    assert list(history) == names
    assert history["test_accuracy"][-1] > 0.8


def test_xor_is_learned_from_class_numbers():
    history = classifier(optimizer=Adam(0.05)).train(XOR, CrossEntropy(), epochs=200, rng=0)
    assert history["train_loss"][0] > 0.5
    assert history["train_loss"][-1] < 0.05
    assert history["train_accuracy"][-1] == 1.0
    assert history.n_epochs == 200
    assert len(history.seconds) == 200


@pytest.mark.parametrize(("output", "width", "loss"), [("sigmoid", 1, "binary_cross_entropy"), ("sigmoid", 2, "mse")])
def test_class_numbers_fit_other_losses_too(output, width, loss):
    rng = np.random.default_rng(1)
    model = MLP([Dense(2, 8, "tanh", rng=rng), Dense(8, width, output, rng=rng)], optimizer=Adam(0.05))
    assert model.train(XOR, loss, epochs=300, rng=0)["train_accuracy"][-1] == 1.0


def test_a_pair_of_arrays():
    history = line(optimizer=SGD(0.5)).train((LINE_X, LINE_Y), "mse", epochs=30, batch_size=10, rng=0)
    assert list(history) == ["train_loss"]
    assert history["train_loss"][-1] < 1e-6
    flat = line(optimizer=SGD(0.5)).train((LINE_X, LINE_Y.ravel()), "mse", epochs=30, batch_size=10, rng=0)
    assert flat == history


def test_one_seed_gives_one_run():
    runs = [classifier().train(Dataset("moons"), "cross_entropy", epochs=3, rng=7) for _ in range(2)]
    assert dict(runs[0]) == dict(runs[1])


def test_training_is_what_train_batch_does():
    whole, by_hand = classifier(), classifier()
    data = Dataset("moons", 40, 10, batch_size=16)
    history = whole.train(data, "cross_entropy", epochs=2, metrics=["train_loss"], rng=3)
    rng, losses = np.random.default_rng(3), []
    for _ in range(2):
        batches = list(data.batches(rng))
        values = [by_hand.train_batch(X, y, "cross_entropy") * len(X) for X, y in batches]
        losses.append(sum(values) / 40)
    np.testing.assert_array_equal(whole.parameters, by_hand.parameters)
    assert history["train_loss"] == pytest.approx(losses, rel=1e-14)


def test_every_sample_is_used_once_an_epoch():
    seen = []

    class Watching(MSE):
        def forward(self, predictions, targets, weights=None):
            seen.append(np.ravel(targets))
            return super().forward(predictions, targets, weights)

    y = np.arange(10.0)
    line().train((np.zeros((10, 1)), y), Watching(), epochs=2, batch_size=4, rng=0)
    assert [len(batch) for batch in seen] == [4, 4, 2] * 2
    first, second = np.concatenate(seen[:3]), np.concatenate(seen[3:])
    assert sorted(first) == sorted(second) == sorted(y)
    assert list(first) != list(second)


def test_validation_is_held_out_and_never_left_out():
    model = line(optimizer=SGD(0.5))
    history = model.train((LINE_X, LINE_Y), "mse", epochs=20, metrics=["train_r2"], validation_split=0.25, rng=0)
    assert list(history) == ["train_r2", "validation_loss", "validation_r2"]
    assert history["validation_r2"][-1] > 0.99
    assert history["train_r2"][-1] > 0.99


def test_metrics_equal_those_of_evaluate():
    model, data = classifier(), Dataset("moons")
    history = model.train(data, "cross_entropy", epochs=2, rng=0)
    found = model.evaluate(data, "cross_entropy")
    assert found == {"loss": history["test_loss"][-1], "accuracy": history["test_accuracy"][-1]}
    P = model.predict(data.X_test)
    assert found["loss"] == pytest.approx(CrossEntropy()(P, data.y_test), rel=1e-5)
    assert found["accuracy"] == np.mean(P.argmax(axis=1) == data.y_test)
    assert model.evaluate((data.X_test, data.y_test), "cross_entropy") == found


def test_the_loss_of_a_set_includes_penalties_once():
    layer = Dense(1, 1, "identity", weight_regularizer="l2", activity_regularizer="l1", dtype=np.float64, rng=0)
    model = MLP([layer])
    X = np.linspace(-1, 1, 3000).reshape(-1, 1)  # three batches
    assert model.evaluate((X, X), "mse", ["loss"])["loss"] == pytest.approx(model.loss(X, X, "mse"), rel=1e-12)


def test_sample_weights():
    X, y = np.array([[1.0], [1.0]]), np.array([[0.0], [10.0]])
    model = line(optimizer=SGD(0.2))
    model.train((X, y), "mse", epochs=100, sample_weights=[0.0, 2.0], batch_size=2, rng=0)
    assert model.predict([[1.0]])[0, 0] == pytest.approx(10, abs=1e-4)
    with pytest.raises(ValueError, match=r"one weight for each of 2 samples, got shape \(3,\)"):
        model.train((X, y), "mse", sample_weights=[1, 2, 3])


def test_dropout_and_batch_norm_behave_as_in_training():
    rng = np.random.default_rng(0)
    norm = BatchNorm(8)
    model = MLP([Dense(2, 8, "relu", rng=rng), norm, Dropout(0.2, rng=rng), Dense(8, 2, "softmax", rng=rng)])
    history = model.train(Dataset("moons"), "cross_entropy", epochs=30, rng=0)
    assert norm.buffers["running_mean"].any()
    assert history["test_accuracy"][-1] > 0.8


def test_the_dtype_of_the_network_decides():
    model = network(1, 1, output="identity", dtype=np.float64)
    model.train((LINE_X, LINE_Y), "mse", epochs=1, rng=0)
    assert model.parameters.dtype == model.predict(LINE_X).dtype == np.float64


def test_divergence_names_the_layer():
    model = MLP([Dense(1, 4, "identity", rng=0), Dense(4, 1, "identity", rng=1)], optimizer=SGD(1e6))
    with pytest.raises(DivergenceError) as caught:
        model.train((LINE_X, LINE_Y), "mse", epochs=50, rng=0)
    message = str(caught.value)
    assert "diverged in epoch" in message
    assert "of layer 1, Dense(1, 4" in message or "of layer 2, Dense(4, 1" in message
    assert "smaller learning rate (SGD(learning_rate=1000000.0" in message


def test_inputs_that_are_not_finite_are_named():
    with pytest.raises(ValueError, match="the inputs of the training set, got 1 that are infinite or nan"):
        line().train(([[np.nan]], [[1.0]]), "mse", epochs=1)


def test_clipping_prevents_divergence():
    model = MLP([Dense(1, 4, "identity", rng=0), Dense(4, 1, "identity", rng=1)], optimizer=SGD(10.0))
    with pytest.raises(DivergenceError):
        model.train((LINE_X, LINE_Y), "mse", epochs=50, rng=0)
    model = MLP(
        [Dense(1, 4, "identity", rng=0), Dense(4, 1, "identity", rng=1)],
        optimizer=SGD(StepSchedule(1.0, every=10, factor=0.7)),
        clipping=ClipNorm(0.1),
    )
    assert model.train((LINE_X, LINE_Y), "mse", epochs=50, rng=0)["train_loss"][-1] < 0.1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dataset": "mnist"}, r"expected a dataset or a pair \(X, y\) of arrays, got str"),
        ({"dataset": (LINE_X, LINE_Y, LINE_Y)}, r"a pair \(X, y\), got 3 things"),
        ({"dataset": (LINE_X.ravel(), LINE_Y)}, r"X of shape \(m, n_in\) .* got \(60,\) and \(60, 1\)"),
        ({"dataset": (LINE_X[:0], LINE_Y[:0])}, "at least one sample"),
        ({"dataset": (np.zeros((3, 1)), [[1.0, 2.0]] * 3)}, "targets of the shape of the predictions"),
        ({"epochs": -1}, "epochs to be an integer of at least 0, got -1"),
        ({"batch_size": 0}, "batch_size to be a positive integer, got 0"),
        ({"validation_split": 1.0}, "validation_split of at least 0 and below 1"),
        (
            {"metrics": ["test_loss"]},
            "the kinds loss, accuracy, binary_accuracy, r2, got 'test_loss'",
        ),
        ({"metrics": ["accuracy"]}, "got 'accuracy'; a test set comes with a dataset, validation with"),
        ({"loss": "l2"}, "Loss expected"),
    ],
)
def test_arguments_that_do_not_fit(arguments, message):
    with pytest.raises(ValueError, match=message):
        line().train(**{"dataset": (LINE_X, LINE_Y), "loss": "mse", "epochs": 1} | arguments)


def test_classes_need_an_output_each():
    with pytest.raises(ValueError, match=r"classes from 0 to 1 of shape \(m,\), got int64 .* one output for each"):
        MLP([Dense(1, 2)]).train((np.zeros((3, 1)), np.array([0, 1, 2])), "mse")


def test_no_epochs_change_nothing():
    model = line()
    before = model.parameters.copy()
    assert model.train((LINE_X, LINE_Y), "mse", epochs=0).n_epochs == 0
    np.testing.assert_array_equal(model.parameters, before)


def test_history_knows_its_best():
    history = History()
    for loss, accuracy in ((3.0, 0.1), (1.0, 0.9), (2.0, 0.5)):
        history.append({"train_loss": loss, "test_accuracy": accuracy}, seconds=0.0)
    assert history.best("train_loss") == (1, 1.0)
    assert history.best("test_accuracy") == (1, 0.9)
    assert repr(history) == "History(3 epochs of train_loss, test_accuracy)"
    with pytest.raises(ValueError, match="one of the metrics train_loss, test_accuracy, got 'loss'"):
        history.best("loss")


def events(folder):
    """Return (step, tag, value) of the scalars in an event file, after checking the checksums of its records."""
    from tensorboardX.crc32c import crc32c
    from tensorboardX.proto.event_pb2 import Event

    def masked(data):
        crc = crc32c(data)
        return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF

    (path,) = folder.glob("events.out.tfevents.*")
    data, found = path.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert struct.unpack("<I", data[8:12])[0] == masked(data[:8])
        record = data[12 : 12 + length]
        assert struct.unpack("<I", data[12 + length : 16 + length])[0] == masked(record)
        event = Event.FromString(record)
        found += [(event.step, value.tag, value.simple_value) for value in event.summary.value]
        data = data[16 + length :]
    return found


def test_event_files(tmp_path):
    history = line(optimizer=SGD(StepSchedule(0.5))).train((LINE_X, LINE_Y), "mse", epochs=2, tensorboard=tmp_path)
    found = events(tmp_path)
    assert [(step, tag) for step, tag, _ in found] == [
        (1, "train_loss"),
        (1, "learning_rate"),
        (2, "train_loss"),
        (2, "learning_rate"),
    ]
    assert [value for _, tag, value in found if tag == "train_loss"] == pytest.approx(history["train_loss"], rel=1e-6)
    assert found[1][2] == 0.5


def test_event_files_have_a_usual_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    line().train((LINE_X, LINE_Y), "mse", epochs=1, tensorboard=True)
    (folder,) = (tmp_path / "runs").iterdir()
    assert events(folder)


def test_tensorboards_own_reader_loads_them(tmp_path):
    reader = peer("tensorboard.backend.event_processing.event_accumulator")
    history = line().train((LINE_X, LINE_Y), "mse", epochs=3, tensorboard=tmp_path)
    accumulator = reader.EventAccumulator(str(tmp_path))
    accumulator.Reload()
    values = [event.value for event in accumulator.Scalars("train_loss")]
    assert values == pytest.approx(history["train_loss"], rel=1e-6)


def test_a_progress_bar_is_shown_on_request_only(capsys):
    line().train((LINE_X, LINE_Y), "mse", epochs=2)
    assert capsys.readouterr().err == ""
    line().train((LINE_X, LINE_Y), "mse", epochs=2, progress=True)
    shown = capsys.readouterr().err
    assert "epoch 2/2" in shown
    assert "4/4" in shown  # batches
    assert "train_loss" in shown


def test_summary():
    model = MLP([Dropout(0.1), Dense(784, 100, "relu"), BatchNorm(100), Dense(100, 10, "softmax")])
    text = str(model.summary())
    assert repr(model.summary()) == text
    rows = [line.split() for line in text.splitlines()]
    assert rows[2][-2:] == ["…)", "0"]
    assert [row[-1] for row in rows[3:6]] == ["78,500", "200", "1,010"]
    assert rows[-1][0] == "79,710"
    assert len({len(line) for line in text.splitlines()[:-1]}) == 1


class Bare:
    """A dataset of one's own, with exactly what training needs."""

    def __init__(self, **changes):
        moons = Dataset("moons", 40, 10, batch_size=16)
        self.calls = []
        for name in ("X_train", "y_train", "X_test", "y_test", "n_classes", "batch_size"):
            setattr(self, name, getattr(moons, name))
        vars(self).update(changes)

    def batches(self, rng):
        self.calls.append(len(self.X_train))
        order = rng.permutation(len(self.X_train))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            yield self.X_train[rows], self.y_train[rows]


def test_a_dataset_of_ones_own_trains_like_the_librarys():
    own, librarys = classifier(), classifier()
    data = Bare()
    history = own.train(data, "cross_entropy", epochs=3, rng=0)
    assert history == librarys.train(Dataset("moons", 40, 10, batch_size=16), "cross_entropy", epochs=3, rng=0)
    np.testing.assert_array_equal(own.parameters, librarys.parameters)
    assert data.calls == [40, 40, 40]
    assert own.evaluate(data, "cross_entropy")["loss"] == history["test_loss"][-1]


@pytest.mark.parametrize("name", ["X_train", "y_train", "X_test", "y_test", "n_classes", "batch_size", "batches"])
def test_what_a_dataset_lacks_is_named(name, monkeypatch):
    data = Bare()
    if name == "batches":
        monkeypatch.delattr(Bare, name)
    else:
        delattr(data, name)
    message = f"expected a dataset or a pair .X, y. of arrays, got Bare, which has no {name}; give it"
    for use in (classifier().train, classifier().evaluate):
        with pytest.raises(ValueError, match=message):
            use(data, "cross_entropy")


class Shifted(Dataset):
    """A dataset whose batches are not the rows themselves."""

    seen: ClassVar[list] = []

    def batches(self, rng=None):
        for X, *others in super().batches(rng):
            self.seen.append(X)
            yield X + 100, *others


@pytest.mark.parametrize(
    ("settings", "sizes"),
    [
        ({}, [16, 16, 8]),
        ({"batch_size": 25}, [25, 15]),
        ({"validation_split": 0.25}, [16, 14]),
        ({"sample_weights": np.ones(40)}, [16, 16, 8]),
    ],
)
def test_the_batches_of_a_subclass_are_used_whatever_else_is_asked_for(settings, sizes, monkeypatch):
    monkeypatch.setattr(Shifted, "seen", [])
    data, inputs = Shifted("moons", 40, 10, batch_size=16), []
    model = classifier()
    propagate = model.propagate
    monkeypatch.setattr(model, "propagate", lambda X, *a, **named: inputs.append(X) or propagate(X, *a, **named))
    model.train(data, "cross_entropy", epochs=1, rng=0, metrics=["train_loss"], **settings)
    assert [len(X) for X in inputs] == sizes
    for given, rows in zip(inputs, Shifted.seen, strict=True):
        np.testing.assert_array_equal(given, rows + 100)
    assert (len(data.X_train), data.batch_size, data.weights_train) == (40, 16, None)  # as it was


def test_weights_that_a_dataset_of_ones_own_leaves_out_are_missed():
    with pytest.raises(ValueError, match=r"batches \(X, y, weights\), .* got \(X, y\) from Bare.batches; let it yield"):
        classifier().train(Bare(), "cross_entropy", epochs=1, sample_weights=np.ones(40))


def test_validation_rows_leave_the_training_set_and_weights_stay_with_their_rows():
    """Seen by value: every row has its own number, and its weight is that number times two."""
    number, batches = np.arange(20.0), []
    model = line()
    propagate = model.propagate
    model.propagate = lambda X, y, loss, weights, **named: (
        batches.append((X, y, weights)) or propagate(X, y, loss, weights, **named)
    )
    evaluated = []

    class Watching(MSE):
        def forward(self, predictions, targets, weights=None):
            evaluated.append(np.ravel(targets))
            return super().forward(predictions, targets, weights)

    model.optimizer = SGD(0.0)
    model.train(
        (number.reshape(-1, 1), number * 3),
        Watching(),
        epochs=1,
        batch_size=4,
        validation_split=0.3,
        sample_weights=number * 2,
        rng=0,
    )
    trained = np.concatenate([X.ravel() for X, _, _ in batches])
    held_out = evaluated[-1] / 3
    assert (len(trained), len(held_out)) == (14, 6)
    assert sorted([*trained, *held_out]) == list(number)
    for X, y, weights in batches:
        np.testing.assert_array_equal(y.ravel(), X.ravel() * 3)
        np.testing.assert_array_equal(weights, X.ravel() * 2)
    assert [len(X) for X, _, _ in batches] == [4, 4, 4, 2]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Dense(2, 1, dtype=np.float16),
        lambda: BatchNorm(2, dtype=np.float16),
        lambda: LayerNorm(2, dtype="f2"),
        lambda: ActivationLayer("prelu", 2, dtype=np.float16),
        lambda: SGD().update(np.zeros(2, np.float16), np.zeros(2, np.float16), SGD().init(np.zeros(2, np.float16))),
    ],
)
def test_half_precision_is_refused_with_the_reason(make):
    with pytest.raises(ValueError, match=r"expected float32 or float64, got float16; .* infinite and the epsilon"):
        make()


@pytest.mark.parametrize("batch_size", [1, 4, 7, 100])
def test_any_batch_size_has_the_same_weighted_optimum(batch_size):
    """Fifty targets 0 of weight 1 and fifty targets 1 of weight 0.01: the mean is 0.5 / 50.5."""
    model = MLP([Dense(1, 1, "identity", rng=0, dtype=np.float64)], optimizer=SGD(0.005))
    weights = np.repeat([1, 0.01], 50)
    pair = np.ones((100, 1)), np.repeat([[0.0], [1.0]], 50, axis=0)
    model.train(pair, "mse", 60 * batch_size, sample_weights=weights, batch_size=batch_size, rng=0)
    assert model.predict([[1]]).item() == pytest.approx(0.5 / 50.5, abs=0.01)


@pytest.mark.parametrize("batch_size", [1, 7, 60])
@pytest.mark.parametrize("scale", [1, 3e38, 1e308])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_weighted_loss_of_training_is_that_of_evaluation(batch_size, scale, dtype):
    """Most weights are zero, so that whole batches weigh nothing; the penalty counts once."""
    rng = np.random.default_rng(0)
    pair = rng.normal(size=(60, 3)), rng.normal(size=(60, 1))
    weights = np.r_[np.ones(6), np.zeros(54)] * scale
    layer = Dense(3, 1, "identity", weight_regularizer="l2", rng=0, dtype=dtype)
    model = MLP([layer], optimizer=SGD(0.0))
    history = model.train(pair, "mse", 1, sample_weights=weights, batch_size=batch_size, rng=0)
    assert history["train_loss"][0] == pytest.approx(
        model.evaluate(pair, "mse", ["loss"], sample_weights=weights)["loss"], rel=1e-5
    )


def test_held_out_rows_keep_their_weights():
    """Rows that weigh nothing are answered wrongly, all others rightly."""
    number = np.arange(20.0)
    X, y = np.ones((20, 1)), np.where(number < 10, 0.0, 5.0).reshape(-1, 1)
    model = MLP([Dense(1, 1, "identity", weight_initializer="zeros", rng=0)], optimizer=SGD(0.0))
    history = model.train((X, y), "mse", 1, sample_weights=number < 10, validation_split=0.5, rng=0)
    assert history["validation_loss"] == [0.0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 2.0}, r"epochs to be an integer of at least 0, got 2.0"),
        ({"epochs": True}, r"epochs to be an integer"),
        ({"batch_size": 32.0}, r"batch_size to be a positive integer, got 32.0"),
        ({"metrics": "train_loss"}, r"write metrics=\['train_loss'\]"),
        ({"callbacks": EarlyStopping()}, r"got EarlyStopping alone; write callbacks=\[\.\.\.\]"),
        ({"callbacks": [EarlyStopping]}, r"call it: EarlyStopping\(\.\.\.\)"),
        ({"callbacks": [print]}, r"; a function goes into LambdaCallback\(\.\.\.\)$"),
        ({"callbacks": print}, r"got print alone; write callbacks=\[\.\.\.\]$"),
        ({"validation_split": 0.001}, r"0.001 of 60 samples, which is 0; choose another share"),
        ({"validation_split": 0.2, "validation_data": ([[1.0]], [[1.0]])}, r"got both"),
        ({"validation_data": ([[1.0]],)}, r"the form \(X, y\) or \(X, y, weights\)"),
        ({"validation_data": (np.empty((0, 1)), np.empty((0, 1)))}, r"at least one sample, got none"),
        ({"validation_data": ([[np.nan]], [[1.0]])}, r"the inputs of validation_data"),
        ({"sample_weights": np.zeros(60)}, r"weights that are all zero"),
        ({"sample_weights": np.full(60, np.inf)}, r"finite and not negative"),
    ],
)
def test_settings_are_checked_before_the_first_step(settings, message):
    with pytest.raises(ValueError, match=message):
        line().train((LINE_X, LINE_Y), "mse", **settings)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["X", "y"])
def test_numbers_that_are_not_finite_are_faults_of_the_data(name, value):
    X, y = LINE_X.copy(), LINE_Y.copy()
    {"X": X, "y": y}[name][3] = value
    which = {"X": "inputs", "y": "targets"}[name]
    with pytest.raises(ValueError, match=rf"finite numbers in the {which} of the training set, .* row 3; clean the"):
        line().train((X, y), "mse")


def test_the_sum_of_large_finite_numbers_is_no_fault():
    model = MLP([Dense(1, 1, "identity", weight_initializer="zeros", rng=0)], optimizer=SGD(0.0))
    model.train((np.full((4, 1), 3e38, np.float32), np.zeros((4, 1))), "mse", 1)


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ((np.ma.masked_array([[1.0], [2.0]], [[0], [1]]), [[1.0], [2.0]]), "masked values"),
        (([[1.0], [2.0]], np.ma.masked_array([[1.0], [2.0]], [[0], [1]])), "masked values"),
        (([[1j], [2.0]], [[1.0], [2.0]]), "real numbers"),
        (([[1.0], [2.0]], ["cat", "dog"]), "number the classes"),
        (([[1.0], [2.0]], [["cat"], ["dog"]]), "number the classes"),
        (([[1.0], [2.0, 3.0]], [1, 2]), "different lengths"),
    ],
)
def test_data_that_are_no_numbers_are_refused(pair, message):
    with pytest.raises(ValueError, match=message):
        line().train(pair, "mse")


def test_a_masked_array_without_gaps_and_numbers_stored_as_objects_are_taken():
    X = np.ma.masked_array(LINE_X, False)
    assert line().train((X, LINE_Y.astype(object)), "mse", 1, rng=0) == line().train((LINE_X, LINE_Y), "mse", 1, rng=0)


@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
def test_a_column_of_class_numbers_is_refused_with_the_cure(loss):
    model = MLP([Dense(1, 3, "softmax")])
    with pytest.raises(ValueError, match=r"y\.ravel\(\)"):
        model.train(([[0.0], [1.0], [2.0]], [[0], [1], [2]]), loss)


def test_class_numbers_that_are_nan_are_refused():
    with pytest.raises(ValueError, match=r"targets of the training set.*row 1"):
        MLP([Dense(1, 3, "softmax")]).train(([[0.0], [1.0]], [0, np.nan]), "cross_entropy")


def test_evaluation_needs_samples():
    with pytest.raises(ValueError, match="a dataset with a test set"):
        line().evaluate(Dataset.from_arrays(LINE_X, LINE_Y), "mse")
    with pytest.raises(ValueError, match="at least one sample, got none"):
        line().evaluate((LINE_X[:0], LINE_Y[:0]), "mse")


@pytest.mark.parametrize("alone", [ReLU(), Dense(1, 1)], ids=repr)
def test_layers_come_in_a_list(alone):
    with pytest.raises(ValueError, match=r"MLP expected a list of layers, got .* alone; write \[.*\]"):
        MLP(alone)


def test_validation_data_are_evaluated_with_their_weights():
    model = MLP([Dense(1, 1, "identity", weight_initializer="zeros", rng=0)], optimizer=SGD(0.0))
    held_out = np.ones((4, 1)), np.array([[0.0], [0.0], [5.0], [5.0]]), [1, 1, 0, 0]
    history = model.train((LINE_X, LINE_Y), "mse", 1, validation_data=held_out)
    assert history["validation_loss"] == [0.0]
    history = model.train((LINE_X, LINE_Y), "mse", 1, validation_data=held_out[:2])
    assert history["validation_loss"] == [12.5]


@pytest.mark.parametrize("optimizer", [SGD(0.1, momentum=0.9), "adam"])
def test_accumulated_gradients_are_those_of_the_large_batch(optimizer):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(10, 3)), rng.normal(size=(10, 1))
    layers = [Dense(3, 4, "tanh", weight_regularizer="l2", rng=0, dtype=float), Dense(4, 1, rng=1, dtype=float)]
    whole = MLP(layers, optimizer=optimizer)
    parts = copy.deepcopy(whole)
    for _ in range(3):
        whole.train_batch(X, y, "mse")
        total = np.zeros_like(parts.gradients)
        for rows in (slice(0, 7), slice(7, 10)):
            _, gradients = parts.loss_and_gradients(X[rows], y[rows], "mse")
            total += gradients * len(X[rows]) / len(X)
        parts.gradients[:] = total
        parts.update()
    np.testing.assert_allclose(parts.parameters, whole.parameters, rtol=1e-12, atol=1e-15)


NAMES = ["train_accuracy", "train_loss", "validation_accuracy", "validation_loss"]


@pytest.mark.parametrize("metrics", [None, NAMES])
@pytest.mark.parametrize("form", ["class numbers", "one-hot rows"])
def test_accuracy_is_recorded_for_classes_in_either_form(form, metrics):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 3)), rng.integers(0, 3, 30)
    model = MLP([Dense(3, 3, "softmax", rng=rng)])
    targets = y if form == "class numbers" else np.eye(3)[y]
    history = model.train((X, targets), "cross_entropy", epochs=2, validation_data=(X, targets), metrics=metrics, rng=0)
    last = history.last()
    assert sorted(last) == NAMES
    assert last["validation_accuracy"] == pytest.approx((model.forward(X).argmax(axis=1) == y).mean())
