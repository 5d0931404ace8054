"""Numbers in the text of the chapter on design that none of its cells prints."""

import os
from pathlib import Path

import numpy as np
import pytest

from mlpkit.activations import SiLU
from mlpkit.datasets.mnist import load_images
from mlpkit.viz.signals import signals

needs_mnist = pytest.mark.skipif(
    not (Path(os.environ.get("MLPKIT_DATA_DIR", "nowhere")) / "fashion_mnist").is_dir(),
    reason="the folder MLPKIT_DATA_DIR with the image sets is not here",
)


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
