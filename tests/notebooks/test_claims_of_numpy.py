"""What the chapter on arrays states without a cell that computes it."""

import warnings

import numpy as np
import pytest

from mlpkit import Dataset
from mlpkit.viz.arrays import TABLE

RIDES = np.array([[1.0, 10.0, 2.0], [2.0, 0.0, 1.0], [3.0, 40.0, 1.0], [6.0, 30.0, 4.0]])


def test_sums_of_pixels_wrap_around_and_only_single_entries_warn():
    pixels = np.array([200, 100, 7], dtype=np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (pixels + pixels)[0] == 400 - 256 == 144
        assert (pixels[0:1] + pixels[1:2]).tolist() == [300 - 256] == [44]
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert pixels[0] + pixels[1] == 44


def test_what_is_a_view_and_what_is_a_new_array():
    X = RIDES.copy()
    for view in (X[0], X[1:3], X.reshape(3, -1), X.T):
        assert np.shares_memory(view, X)
    for new in (X + 1, X[X[:, 0] > 2], X[np.array([2, 0])], X[0].copy(), X.astype(float)):
        assert not np.shares_memory(new, X)
    assert X[1:3].shape == (2, 3)
    assert X[1:3].tolist() == [RIDES[1].tolist(), RIDES[2].tolist()]


def test_the_worked_reduction_and_its_table():
    assert TABLE[:, 0].tolist() == [1, 2, 6]
    assert TABLE[0].tolist() == [1, 5, 3, 3]
    assert TABLE.sum(axis=0)[0] == 9
    assert TABLE.sum(axis=1)[0] == 12
    for axis in (0, 1):  # so that a reader sees which sum belongs to which row or column
        sums = TABLE.sum(axis=axis)
        assert len(set(sums.tolist())) == len(sums)


def test_the_shapes_that_the_text_adds():
    for left, right, total in (((3, 4), (4,), (3, 4)), ((3, 4), (3, 1), (3, 4)), ((3, 1), (4,), (3, 4))):
        assert np.broadcast_shapes(left, right) == total
    with pytest.raises(ValueError, match="shape mismatch"):
        np.broadcast_shapes((3, 4), (3,))
    assert np.broadcast_shapes((5, 1, 3), (4, 3)) == (5, 4, 3)
    assert np.broadcast_shapes((50,), (50, 1)) == (50, 50)


def test_the_worked_centring_and_shares():
    assert (RIDES - RIDES.mean(axis=0))[:, 0].tolist() == [-2, -1, 0, 3]
    X = np.array([[1, 3], [1, 1]])
    assert X.sum(axis=1).tolist() == [4, 2]
    assert (X / X.sum(axis=1, keepdims=True)).tolist() == [[0.25, 0.75], [0.5, 0.5]]
    assert (X / X.sum(axis=1)).tolist() == [[0.25, 1.5], [0.25, 0.5]]


def test_the_worked_stopwatch_and_area():
    seconds = np.array([5, 4, 9])
    assert (seconds.min(), seconds.mean()) == (4, 6)
    assert 2 * (1**2 + 3**2) == 20
    middles = 4 * (np.arange(10_000) + 0.5) / 10_000
    assert (middles**2).mean() * 4 == pytest.approx(64 / 3)
    assert round(64 / 3, 1) == 21.3


def test_the_couriers():
    bicycle, van = np.array([4, 0.1, 2]), np.array([2, 0, 5])
    assert (RIDES[0] @ bicycle, RIDES[0] @ van) == (9, 12)


def test_the_mean_and_the_variance_of_a_die():
    pips = np.arange(1, 7)
    assert pips.mean() == 3.5
    assert pips.var() == pytest.approx(35 / 12)
    assert (round(35 / 12, 1), round(10 * 35 / 12, 1)) == (2.9, 29.2)


def test_the_nearest_centre_and_the_trick_that_finds_it():
    x, C = np.array([4, 0]), np.array([[1, 0], [4, 4]])
    assert ((x - C) ** 2).sum(axis=1).tolist() == [9, 16]
    rng = np.random.default_rng(0)
    X, C = rng.normal(size=(50, 5)), rng.normal(size=(4, 5))
    squares = ((X[:, None, :] - C) ** 2).sum(axis=2)
    assert np.array_equal(squares.argmin(axis=1), (X @ C.T - 0.5 * (C**2).sum(axis=1)).argmax(axis=1))


def test_the_digits():
    digits = Dataset("digits", train_size=1000, test_size=797)
    assert digits.X_train.shape == (1000, 64)
    assert digits.X_test.shape == (797, 64)
    assert (digits.X_train.min(), digits.X_train.max()) == (-1, 1)
    corner = digits.X_train[:, [0, 7, 56, 63]].mean()  # where nobody writes
    assert corner < -0.9
