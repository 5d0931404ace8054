import math
import re

import numpy as np
import pytest

from mlpkit import MLP, Dataset, Dense
from mlpkit.minibatches import TrainingSet, as_arrays, training_sets

X = np.arange(20.0).reshape(10, 2)
Y = np.arange(10)


def sets(data, dtype=np.float32, batch_size=None, validation_split=0.0, sample_weights=None, rng=0):
    return training_sets(data, dtype, batch_size, validation_split, None, sample_weights, np.random.default_rng(rng))


def refused(message):
    """Expect a ValueError with exactly this message."""
    return pytest.raises(ValueError, match=f"^{re.escape(message)}$")


def moons(**settings):
    return Dataset("moons", 40, 10, batch_size=16, **settings)


def test_a_pair_becomes_a_training_set_of_the_networks_dtype():
    training, held_out = sets((X.tolist(), Y.tolist()))
    assert isinstance(training, TrainingSet)
    assert training.X_train.dtype == np.float32
    assert training.y_train.dtype == Y.dtype
    assert (training.batch_size, training.weights_train, held_out) == (32, None, {})
    np.testing.assert_array_equal(training.X_train, X)
    np.testing.assert_array_equal(training.y_train, Y)


def test_a_list_of_two_arrays_is_a_pair_too():
    np.testing.assert_array_equal(sets([X, Y])[0].X_train, X)


def test_a_dataset_with_nothing_to_change_is_used_itself():
    data = moons()
    for batch_size in (None, 16):
        training, held_out = sets(data, batch_size=batch_size)
        assert training is data
        assert list(held_out) == ["test"]
        assert held_out["test"][0] is data.X_test
        assert held_out["test"][1] is data.y_test


def test_a_dataset_without_a_test_set_holds_nothing_out():
    data = moons()
    data.X_test, data.y_test = data.X_test[:0], data.y_test[:0]
    assert sets(data)[1] == {}
    data.X_test, data.y_test = data.X_train[:1], data.y_train[:1]
    assert list(sets(data)[1]) == ["test"]


def test_a_changed_dataset_is_a_copy_and_the_given_one_stays_as_it_is():
    data = moons()
    before = dict(vars(data))
    training, held_out = sets(data, np.float32, 8, 0.25, np.arange(40))
    assert type(training) is Dataset
    assert (training.batch_size, len(training.X_train), len(training.y_train), len(training.weights_train)) == (
        8,
        30,
        30,
        30,
    )
    assert [(name, len(inputs), len(targets)) for name, (inputs, targets, *_) in held_out.items()] == [
        ("test", 10, 10),
        ("validation", 10, 10),
    ]
    assert vars(data).keys() == before.keys()
    assert all(vars(data)[name] is value for name, value in before.items())


@pytest.mark.parametrize("batch_size", [1, 3, 10, 11])
def test_the_batch_size_asked_for_is_that_of_the_batches(batch_size):
    training, _ = sets((X, Y), batch_size=batch_size)
    sizes = [len(inputs) for inputs, _ in training.batches(0)]
    full, rest = divmod(10, batch_size)
    assert sizes == [batch_size] * full + [rest] * (rest > 0)


def test_without_a_seed_the_order_is_drawn_anew():
    training, _ = sets((np.zeros((200, 1)), np.arange(200)), batch_size=200)
    orders = {tuple(y) for _ in range(2) for _, y in training.batches()}
    assert len(orders) == 2


@pytest.mark.parametrize(("share", "n_held_out"), [(0, 0), (0.06, 1), (0.1, 1), (0.25, 2), (0.5, 5), (0.94, 9)])
def test_the_share_that_is_held_out_is_rounded_and_no_sample_is_in_both(share, n_held_out):
    training, held_out = sets((X, Y), validation_split=share, sample_weights=Y * 3)
    inside, outside = training.X_train, held_out["validation"][0] if n_held_out else X[:0]
    assert (len(inside), len(outside)) == (10 - n_held_out, n_held_out)
    rows = np.concatenate([inside, outside])
    np.testing.assert_array_equal(rows[np.argsort(rows[:, 0])], X)
    np.testing.assert_array_equal(training.y_train * 2, inside[:, 0])
    np.testing.assert_array_equal(training.weights_train, training.y_train * 3)
    if n_held_out:
        np.testing.assert_array_equal(held_out["validation"][1] * 2, outside[:, 0])


def test_a_datasets_own_weights_are_split_with_its_samples_unless_others_are_given():
    data = moons()
    data.X_train, data.y_train, data.weights_train = X, Y, Y * 3.0
    training, held_out = sets(data, validation_split=0.3)
    for _, targets, weights in (held_out["validation"], (0, training.y_train, training.weights_train)):
        np.testing.assert_array_equal(weights, targets * 3)
    np.testing.assert_array_equal(sets(data, sample_weights=Y + 1)[0].weights_train, Y + 1)


def test_what_is_held_out_is_drawn_from_the_seed():
    drawn = [tuple(sets((X, Y), validation_split=0.5, rng=seed)[1]["validation"][1]) for seed in (0, 0, 1, 2)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3
    assert all(list(rows) != [0, 1, 2, 3, 4] for rows in drawn)


def test_several_targets_stay_with_their_rows():
    training, held_out = sets((X, np.stack([Y, Y * 7], axis=1)), validation_split=0.3)
    for inputs, targets in ((training.X_train, training.y_train), held_out["validation"][:2]):
        np.testing.assert_array_equal(targets, inputs[:, :1] / 2 * [1, 7])
    for inputs, targets in training.batches(0):
        np.testing.assert_array_equal(targets, inputs[:, :1] / 2 * [1, 7])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_are_float64_whatever_the_network_and_come_with_the_batches(dtype):
    training, _ = sets((X, Y), dtype, 4, sample_weights=list(range(0, 30, 3)))
    assert training.weights_train.dtype == np.float64
    for _, targets, weights in training.batches(0):
        np.testing.assert_array_equal(weights, targets * 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_size": 0}, "MLP.train expected batch_size to be a positive integer, got 0"),
        ({"batch_size": -3}, "MLP.train expected batch_size to be a positive integer, got -3"),
        ({"validation_split": -0.1}, "MLP.train expected validation_split of at least 0 and below 1, got -0.1"),
        ({"validation_split": 1.0}, "MLP.train expected validation_split of at least 0 and below 1, got 1.0"),
        (
            {"validation_split": 0.96},
            "MLP.train expected validation_split to leave samples on both sides, got 0.96 of 10 samples, which is 10; "
            "choose another share, or give validation_data",
        ),
        ({"sample_weights": 1.0}, "MLP expected one weight for each of 10 samples, got shape ()"),
        ({"sample_weights": Y[:9]}, "MLP expected one weight for each of 10 samples, got shape (9,)"),
        ({"sample_weights": X[:, :1]}, "MLP expected one weight for each of 10 samples, got shape (10, 1)"),
    ],
)
def test_settings_out_of_their_range(settings, message):
    with refused(message):
        sets((X, Y), **settings)


def test_the_batch_size_of_a_dataset_is_checked_too_and_named():
    data = moons()
    data.batch_size = 0
    with refused("MLP.train expected batch_size to be a positive integer, got 0"):
        sets(data)
    assert sets(data, batch_size=2)[0].batch_size == 2


@pytest.mark.parametrize(
    ("pair", "shapes"),
    [
        ((X.ravel(), Y), "(20,) and (10,)"),
        ((X[None], Y[:1]), "(1, 10, 2) and (1,)"),
        ((X, Y[:9]), "(10, 2) and (9,)"),
        ((X[:1], np.float64(3)), "(1, 2) and ()"),
        ((X, np.zeros((10, 1, 1))), "(10, 2) and (10, 1, 1)"),
    ],
)
def test_pairs_that_do_not_fit_together(pair, shapes):
    message = f"MLP expected X of shape (m, n_in) and y of shape (m,) or (m, n_out), got {shapes}; rows are samples"
    with refused(message):
        as_arrays(pair, np.float32)


@pytest.mark.parametrize("things", [(X,), (X, Y, Y), [X, Y, Y, Y]])
def test_a_pair_has_two_parts(things):
    with refused(f"MLP expected a pair (X, y), got {len(things)} things; sample_weights have their own name"):
        as_arrays(things, np.float32)


def test_the_arrays_of_a_dataset_are_its_test_set():
    data = moons()
    inputs, targets = as_arrays(data, np.float32)
    assert inputs is data.X_test
    assert targets is data.y_test


def test_all_that_a_dataset_lacks_is_named():
    class Half:
        X_train = y_train = n_classes = None

    message = (
        "MLP.train expected a dataset or a pair (X, y) of arrays, got Half, which has no X_test, y_test, batch_size, "
        "batches; give it a Dataset(...), or model.train((X, y), ...)"
    )
    for use in (sets, lambda data: as_arrays(data, np.float32)):
        with refused(message):
            use(Half())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"sample_weights": [1, -1, 1]},
            "MLP expected sample weights that are finite and not negative, got other ones",
        ),
        (
            {"sample_weights": [1, math.inf, 1]},
            "MLP expected sample weights that are finite and not negative, got other ones",
        ),
        (
            {"validation_data": np.eye(2)},
            "MLP.train expected validation_data of the form (X, y) or (X, y, weights), got ndarray",
        ),
        (
            {"validation_data": (1, 2, 3, 4)},
            "MLP.train expected validation_data of the form (X, y) or (X, y, weights), got 4 things",
        ),
        (
            {"validation_data": (np.zeros((0, 1)), [])},
            "MLP.train expected validation_data with at least one sample, got none",
        ),
    ],
)
def test_what_is_said_of_other_data(settings, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        MLP([Dense(1, 1, rng=0)]).train((np.eye(3)[:, :1], np.zeros(3)), "mse", 1, **settings)


def test_validation_data_have_the_dtype_of_the_network():
    seen = []

    class Seeing(Dense):
        def forward(self, X, training=False):
            seen.append(np.asarray(X).dtype)
            return super().forward(X, training)

    X, y = np.eye(3)[:, :1], np.zeros(3)
    MLP([Seeing(1, 1, rng=0)]).train((X, y), "mse", 1, validation_data=(X, y))
    assert set(seen) == {np.dtype(np.float32)}
