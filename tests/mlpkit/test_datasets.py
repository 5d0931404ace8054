"""Datasets: their shapes, what the generated ones teach, their batches."""

import os

import numpy as np
import pytest

from mlpkit import MLP, Adam, Dense
from mlpkit.datasets import DATASETS, Dataset, one_hot
from mlpkit.datasets.mnist import DATA_DIR, IMAGE_SETS
from mlpkit.datasets.toy import TOY_SETS

OFFLINE = [name for name in DATASETS if name not in IMAGE_SETS]


@pytest.mark.parametrize("name", OFFLINE)
def test_shapes_and_dtypes(name):
    dataset = Dataset(name, batch_size=7)
    n, k = dataset.n_features, dataset.n_classes
    assert dataset.X_train.shape == (len(dataset.y_train), n)
    assert dataset.X_test.shape == (len(dataset.y_test), n)
    assert dataset.X_train.dtype == dataset.X_test.dtype == np.float32
    assert dataset.X_train.flags.c_contiguous
    if k is None:
        assert dataset.y_train.shape == (len(dataset.X_train), 1)
        assert dataset.y_train.dtype == dataset.y_test.dtype == np.float32
        assert dataset.class_names is None
    else:
        assert dataset.y_train.shape == (len(dataset.X_train),)
        assert dataset.y_train.dtype == dataset.y_test.dtype == np.int64
        assert set(dataset.y_train) == set(range(k)) == set(range(len(dataset.class_names)))
        np.testing.assert_array_equal(dataset.one_hot(dataset.y_test).argmax(axis=1), dataset.y_test)


@pytest.mark.parametrize("name", OFFLINE)
def test_sizes_can_be_chosen(name):
    dataset = Dataset(name, train_size=50, test_size=20)
    assert len(dataset.X_train) == len(dataset.y_train) == 50
    assert len(dataset.X_test) == len(dataset.y_test) == 20


@pytest.mark.parametrize("name", OFFLINE)
def test_the_same_seed_gives_the_same_samples(name):
    one, two = Dataset(name, 50, rng=3), Dataset(name, 50, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(one.X_train, two.X_train)
    np.testing.assert_array_equal(one.y_test, two.y_test)
    noise = {} if name == "digits" else {"noise": 0.1}
    other = Dataset(name, 50, rng=4, **noise)
    assert not np.array_equal(Dataset(name, 50, rng=3, **noise).X_train, other.X_train)


@pytest.mark.parametrize("size", [50, 333])
def test_digits_are_split_without_overlap(size):
    dataset = Dataset("digits", train_size=size)
    assert len(dataset.X_test) == 1797 // 3
    rows = np.concatenate([dataset.X_train, dataset.X_test])
    assert len(np.unique(rows, axis=0)) == len(rows)  # no two of the 1797 images are equal
    np.testing.assert_array_equal(dataset.X_test, Dataset("digits").X_test)  # whatever the training set
    assert rows.min() == -1
    assert rows.max() == 1


def test_digits_are_given_whole():
    from sklearn.datasets import load_digits

    dataset = Dataset("digits")
    assert (len(dataset.X_train), len(dataset.X_test)) == (1198, 599)
    ours = np.concatenate([dataset.X_train, dataset.X_test])
    theirs = load_digits().data / 8 - 1
    np.testing.assert_array_equal(np.unique(ours, axis=0), np.unique(theirs, axis=0))


def test_all_digits_to_train_with_leave_none_to_test():
    with pytest.raises(ValueError, match="1797 samples at most, got 1798"):
        Dataset("digits", train_size=1797)


@pytest.mark.parametrize(("name", "answers"), [("xor", [0, 1, 1, 0]), ("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1])])
def test_truth_tables(name, answers):
    dataset = Dataset(name)
    assert dataset.X_train.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert dataset.y_train.tolist() == dataset.y_test.tolist() == answers
    noisy = Dataset(name, train_size=400, noise=0.1)
    np.testing.assert_array_equal(noisy.X_train.round().astype(int), np.tile(dataset.X_train.astype(int), (100, 1)))
    np.testing.assert_array_equal(noisy.y_train, np.tile(answers, 100))


def test_the_flu_of_the_lecture():
    dataset = Dataset("flu")
    table = {tuple(x): y for x, y in zip(dataset.X_train.astype(int).tolist(), dataset.y_train.tolist(), strict=True)}
    assert len(table) == 8
    assert table[1, 0, 1] == 0  # -1 + 3 = 2, below the threshold 5
    assert table[0, 1, 1] == 1  # 3 + 3 = 6


def test_the_line_has_the_slope_and_the_noise_it_should():
    dataset = Dataset("line", train_size=2000)
    x, y = dataset.X_train.ravel(), dataset.y_train.ravel()
    (slope, intercept), residuals, *_ = np.polyfit(x, y, 1, full=True)
    assert slope == pytest.approx(2, abs=0.05)
    assert intercept == pytest.approx(1, abs=0.05)
    assert (residuals[0] / len(x)) ** 0.5 == pytest.approx(TOY_SETS["line"].noise, rel=0.1)


@pytest.mark.parametrize("name", ["circles", "moons", "spirals", "blobs", "xor"])
def test_neighbours_tell_the_class_and_a_straight_line_does_not(name):
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    dataset = Dataset(name, 400, 400, noise=0.1 if name == "xor" else None)
    arrays = dataset.X_train, dataset.y_train
    assert KNeighborsClassifier(5).fit(*arrays).score(dataset.X_test, dataset.y_test) > 0.97
    straight = LogisticRegression().fit(*arrays).score(dataset.X_test, dataset.y_test)
    assert straight > 0.97 if name == "blobs" else straight < 0.92


@pytest.mark.parametrize("name", ["digits", "line"])
def test_batches_hold_every_sample_once_with_its_target(name):
    dataset = Dataset(name, train_size=100, batch_size=32)
    batches = list(dataset.batches(np.random.default_rng(0)))
    assert [len(X) for X, _ in batches] == [len(y) for _, y in batches] == [32, 32, 32, 4]
    place = {x.tobytes(): i for i, x in enumerate(dataset.X_train)}
    order = [place[x.tobytes()] for X, _ in batches for x in X]
    assert sorted(order) == list(range(100))
    assert order != list(range(100))
    np.testing.assert_array_equal(np.concatenate([y for _, y in batches]), dataset.y_train[order])


def test_batches_are_copies_in_an_order_that_the_rng_decides():
    dataset = Dataset("moons")
    kept = dataset.X_train.copy()
    rng = np.random.default_rng(0)
    first, second, again = (next(iter(dataset.batches(r)))[0] for r in (rng, rng, 0))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, second)
    first[...] = 9
    np.testing.assert_array_equal(dataset.X_train, kept)


def test_pixels_can_have_another_range():
    usual, unit = Dataset("digits"), Dataset("digits", pixel_range=(0, 1))
    assert (usual.X_train.min(), usual.X_train.max()) == (-1, 1)
    assert (unit.X_train.min(), unit.X_train.max()) == (0, 1)
    assert unit.X_train.dtype == np.float32
    np.testing.assert_array_equal(unit.X_test, (usual.X_test + 1) / 2)


@pytest.mark.parametrize(
    ("name", "pixel_range", "message"),
    [("moons", (0, 1), "for images only"), ("digits", (1, 1), "low < high"), ("digits", (0, np.inf), "low < high")],
)
def test_pixel_ranges_that_cannot_be(name, pixel_range, message):
    with pytest.raises(ValueError, match=message):
        Dataset(name, pixel_range=pixel_range)


def test_own_arrays():
    dataset = Dataset.from_arrays(np.ones((5, 3)), [0, 2, 1, 0, 0], np.zeros((2, 3)), [1, 3], batch_size=2, name="mine")
    assert repr(dataset) == "Dataset('mine', train_size=5, test_size=2, batch_size=2)  # 3 features, 4 classes"
    assert dataset.X_train.dtype == np.float32
    regression = Dataset.from_arrays([[1.0], [2.0]], [[1, 2], [3, 4]])
    assert regression.n_classes is None
    assert regression.y_train.dtype == np.float32
    assert regression.X_test.shape == (0, 1)
    assert regression.y_test.shape == (0, 2)
    assert Dataset.from_arrays([[1.0], [2.0]], [False, True]).n_classes == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0]], [0], [[1.0]]), "X_test and y_test together"),
        (([1.0, 2.0], [0, 1]), r"X_train of shape \(m, n_features\), got \(2,\); .* X.reshape"),
        (([], []), "X_train of shape"),
        (([[1.0], [2.0]], [0]), r"y_train of shape \(2,\) or \(2, k\).*got \(1,\)"),
        (([[1.0], [2.0]], [-1, 1]), "numbered from 0, got -1"),
        (([[1.0]], [0], [[1.0, 2.0]], [0]), "X_test like X_train"),
        (([[1.0]], [0], [[1.0]], [0.5]), "y_test like y_train"),
    ],
)
def test_own_arrays_that_do_not_fit(arguments, message):
    with pytest.raises(ValueError, match=message):
        Dataset.from_arrays(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "iris"}, "one of the names digits, mnist, .*got 'iris'; choose one"),
        ({"batch_size": 0}, "batch_size to be a positive integer, got 0"),
        ({"train_size": 2.5}, "train_size to be a positive integer, got 2.5"),
        ({"test_size": True}, "test_size to be a positive integer, got True"),
        ({"train_size": 1700, "test_size": 200}, "1797 samples at most, got 1900"),
        ({"noise": 0.1}, "noise for generated sets only"),
        ({"name": "xor", "noise": -1}, "at least 0; got -1"),
        ({"name": "xor", "noise": float("nan")}, "at least 0; got nan"),
    ],
)
def test_what_cannot_be(arguments, message):
    with pytest.raises(ValueError, match=message):
        Dataset(**arguments)


@pytest.mark.parametrize("y", [[0.0, 1.0], [[0], [1]], [0, 3], [-1, 0]])
def test_one_hot_wants_classes(y):
    with pytest.raises(ValueError, match="one_hot expected"):
        one_hot(y, 3)


def test_one_hot_of_a_regression():
    with pytest.raises(ValueError, match="its targets are numbers already"):
        Dataset("line").one_hot([0, 1])


@pytest.mark.skipif(not os.environ.get(DATA_DIR), reason=f"needs {DATA_DIR}, a folder with the real files")
@pytest.mark.parametrize("name", IMAGE_SETS)
def test_the_published_images(name):
    dataset = Dataset(name, batch_size=50)
    assert dataset.X_train.shape == (60_000, 784)
    assert dataset.X_test.shape == (10_000, 784)
    assert dataset.X_train.min() == dataset.X_test.min() == -1
    assert dataset.X_train.max() == dataset.X_test.max() == 1
    assert dataset.n_classes == 10
    assert np.bincount(dataset.y_test).sum() == 10_000
    first_labels = {"mnist": [5, 0, 4, 1, 9], "fashion_mnist": [9, 0, 0, 3, 0]}[name]
    assert dataset.y_train[:5].tolist() == first_labels
    assert len(Dataset(name, 100, 50).X_train) == 100
    with pytest.raises(ValueError, match="60000 samples at most, got 60001"):
        Dataset(name, 60_001)


def test_a_small_network_learns_the_digits():
    dataset = Dataset("digits", batch_size=32)
    rng = np.random.default_rng(0)
    model = MLP(
        [Dense(64, 64, "relu", weight_initializer="he_uniform", rng=rng), Dense(64, 10, "softmax", rng=rng)],
        optimizer=Adam(3e-3),
    )
    history = model.train(dataset, "cross_entropy", epochs=20, rng=rng)
    assert history["test_accuracy"][-1] > 0.96
