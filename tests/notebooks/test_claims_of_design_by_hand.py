"""Numbers in the text of the chapter on design that none of its cells prints."""

import numpy as np
import pytest
from demonstrations import needs_mnist

from mlpkit.activations import SiLU
from mlpkit.datasets.mnist import load_images
from mlpkit.viz.signals import signals


@needs_mnist
@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_the_image_sets(name):
    for part, m in (("train", 60_000), ("t10k", 10_000)):
        images, labels = load_images(name, part)
        assert images.shape == (m, 28, 28)
        assert (images.dtype, images.min(), images.max()) == (np.uint8, 0, 255)
        assert set(labels) == set(range(10))


def test_three_over_root_two_to_the_thirtieth():
    assert pytest.approx(6e9, rel=0.1) == (3 / 2**0.5) ** 30
    forward, _ = signals("relu", 3.0, 30)
    assert (forward[-1] / forward[0]) ** (1 / 29) == pytest.approx(2.1, rel=0.05)


def test_the_scale_at_which_tanh_is_level():
    forward, backward = signals("tanh", 1.3, 10)
    assert backward[0] == pytest.approx(1, abs=0.1)
    assert 2 / 3 < forward[-1] / forward[0] < 0.8
    forward, backward = signals("tanh", 1.0, 10)
    assert 0.2 < min(forward[-1] / forward[0], backward[0]) < 0.5  # both fall slowly


def test_bce_on_a_softmax_of_two_is_twice_the_cce():
    p = np.array([0.3, 0.7])
    assert -np.log(p[1]) - np.log(1 - p[0]) == pytest.approx(-2 * np.log(p[1]))


def test_the_lowest_point_of_silu_lies_left_of_minus_ln_3():
    z = np.linspace(-3, 0, 3001)
    assert -1.4 < z[np.argmin(SiLU()(z))] < -np.log(3)
    assert SiLU()(np.log(3)) == pytest.approx(0.8240, abs=5e-5)
    assert SiLU().derivative(np.log(3)) == pytest.approx(0.9560, abs=5e-5)
    assert SiLU().derivative(-np.log(3)) == pytest.approx(0.0440, abs=5e-5)


def test_numbers_worked_by_hand():
    assert (51 - 127.5) / 127.5 == -0.6
    assert 65 * 32 + 33 * 10 == 2410


def test_what_thirty_layers_of_sigmoids_leave_of_a_gradient():
    assert pytest.approx(0.09, abs=0.005) == 0.25 * 0.05 * 50**0.5
    assert 1e-33 < 0.088**30 < 1e-31
    rng, dA, A = np.random.default_rng(0), np.ones((20, 50)), np.random.default_rng(1).normal(size=(20, 50))
    slopes = []
    for W in rng.normal(0, 0.05, size=(30, 50, 50)):
        A = 1 / (1 + np.exp(-A @ W))
        slopes.append(A * (1 - A))
    assert A.std(axis=0).max() < 1e-12  # every sample looks the same
    sizes = []
    for W, slope in zip(rng.normal(0, 0.05, size=(30, 50, 50)), reversed(slopes), strict=True):
        dA = (dA * slope) @ W.T
        sizes.append(np.sqrt(np.mean(dA**2)))
    np.testing.assert_allclose((sizes[-1] / sizes[0]) ** (1 / 29), 0.088, rtol=0.1)


def test_variances_by_hand():
    five = np.array([1, 3, 4, 5, 7])
    assert (five.mean(), five.var(), five.std()) == (4, 4, 2)
    assert ((3 * five).mean(), (3 * five).var(), (five + 10).var()) == (12, 36, 4)
    assert np.mean(five**2) == five.var() + five.mean() ** 2 == 20
    s, t = np.array([1, 1, -1, -1]), np.array([2, -2, 2, -2])
    assert list(s + t) == [3, -1, 1, -3]
    assert (np.mean(s * t), np.var(s + t)) == (0, np.var(s) + np.var(t))
    assert np.var(s + 2 * s) == 9
    assert np.std(s + t) == pytest.approx(2.24, abs=0.005)


def test_a_hundred_inputs_saturate_a_neuron_with_standard_normal_weights():
    rng, a = np.random.default_rng(0), np.ones(100)
    assert (rng.normal(0, 1, size=(20_000, 100)) @ a).std() == pytest.approx(10, rel=0.02)
    assert (rng.normal(0, 0.1, size=(20_000, 100)) @ a).var() == pytest.approx(1, rel=0.04)


def test_an_inverse_by_hand():
    M, inverse = np.array([[2, 1], [1, 1]]), np.array([[1, -1], [-1, 2]])
    assert (inverse @ M == np.eye(2)).all()
    assert list(inverse @ [5, 3]) == [2, 1]
    assert list(np.array([[1, 2], [2, 4]]) @ [2, -1]) == [0, 0]


def test_the_shortest_of_many_by_hand():
    row, t = np.array([3, 4]), np.linspace(-3, 3, 61)[:, None]
    fits = np.array([6, 8]) + t * np.array([4, -3])
    np.testing.assert_allclose(fits @ row, 50)
    np.testing.assert_allclose(np.sum(fits**2, axis=1), 100 + 25 * t[:, 0] ** 2)
    for known in ([10, 5], [2, 11], [0, 12.5]):
        assert row @ known == 50
    assert np.linalg.norm([10, 5]) == np.linalg.norm([2, 11]) == pytest.approx(11.2, abs=0.05)
    np.testing.assert_allclose(np.linalg.pinv([row]), row[:, None] / 25)
    np.testing.assert_allclose(np.linalg.pinv([[1], [1]]), [[0.5, 0.5]])


@pytest.mark.parametrize(("start", "end"), [([0, 0], [6, 8]), ([4, -3], [10, 5])])
def test_descent_keeps_the_part_at_a_right_angle_to_the_rows(start, end):
    row, w = np.array([3.0, 4.0]), np.array(start, dtype=float)
    for _ in range(200):
        w -= 0.01 * 2 * row * (row @ w - 50)
    np.testing.assert_allclose(w, end)
