"""Numbers in the text of the chapter on training that none of its cells prints."""

from pathlib import Path

import nbformat
import numpy as np
import pytest
from demonstrations import needs_mnist

from mlpkit import MLP, SGD, Adam, AdamW, Dataset, Dense
from mlpkit.viz.optimizers import CURVES, RATES, optimizer_path
from mlpkit.viz.penalties import lowest_points

CHAPTER = Path(__file__).resolve().parents[2] / "solutions/06_training/06_training.ipynb"
QUIET = {"rng": 0, "progress": False}


def answers(name: str) -> dict:
    """The functions of a reference answer."""
    names: dict = {"np": np}
    exec(next(cell.source for cell in nbformat.read(CHAPTER, as_version=4).cells if cell.id == name), names)
    return names


@pytest.mark.parametrize("name", RATES)
def test_which_optimizers_bear_ten_times_the_rate(name):
    runs_away = np.abs(optimizer_path(name, 10 * RATES[name])[-1]).max() > 1e3
    assert runs_away == (name in ("SGD", "momentum", "Nesterov"))


def test_the_answer_to_the_four_curves():
    for letter, rate in answers("read_curves")["read_curves"]().items():
        rng = np.random.default_rng(0)
        layers = [Dense(64, 32, "relu", weight_initializer="he_normal", rng=rng), Dense(32, 10, "softmax", rng=rng)]
        history = MLP(layers, optimizer=SGD(rate)).train(Dataset("digits"), "cross_entropy", 15, **QUIET)
        np.testing.assert_allclose(history["train_loss"], CURVES[letter], atol=0.05)


def test_the_four_curves_can_be_told_apart_by_the_hints():
    fast, stuck, slow, fastest = (np.array(CURVES[letter]) for letter in "ABCD")
    assert (np.diff(slow) < 0).all()
    assert slow[-1] > 1  # falls evenly, and has not arrived
    assert (fastest < fast).all()
    assert (fast < slow).all()
    np.testing.assert_allclose(stuck[1:], np.log(10), atol=0.1)


@pytest.mark.slow  # it trains on the real images, where they are
@needs_mnist
def test_the_printed_rate_on_mnist():
    real, accuracies = Dataset("mnist", 6000, 1000, 50), []
    for rate in (0.1, 0.001):
        rng = np.random.default_rng(0)
        widths = [(784, 100, "relu"), (100, 50, "relu"), (50, 10, "softmax")]
        model = MLP([Dense(*width, rng=rng) for width in widths], optimizer=Adam(rate))
        accuracies.append(model.train(real, "cross_entropy", epochs=4, **QUIET)["test_accuracy"][-1])
    assert accuracies[0] < 0.2
    assert accuracies[1] > 0.85


def test_a_handful_of_blank_images_is_guessed_by_the_shares_of_the_classes():
    shares = np.unique(Dataset("digits").y_train[:10], return_counts=True)[1] / 10
    assert -shares @ np.log(shares) == pytest.approx(1.17, abs=0.005)


def test_where_prices_bring_the_weights_of_the_picture():
    at_half = [lowest_points(0.5, best) for best in (2, 1, 0.5)]
    assert at_half == [(1.5, 1), (0.5, 0.5), (0, 0.25)]
    assert lowest_points(1, 1)[0] == 0 < lowest_points(100, 1)[1]


def test_numbers_worked_by_hand():
    assert 1025 * 64 + 65 * 12 == 66_380
    assert 50 * (784 + 100 + 50 + 10) * 4 == 50 * 3776 == 188_800
    assert pytest.approx(3.16, abs=0.01) == 0.4 / 0.016**0.5
    assert -(-1400 // 32) == 44
    assert np.log(12) == pytest.approx(2.48, abs=0.01)
    assert pytest.approx(0.044, abs=0.0005) == (2 / 1024) ** 0.5


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.96)])
def test_what_is_predicted_of_an_unlucky_gradient_is_measured(betas):
    names = answers("leap")
    assert names["measured_leap"](1e6, 20_000, *betas) == pytest.approx(names["predicted_leap"](*betas), rel=1e-4)


@pytest.mark.parametrize(("n", "rate"), [(1, 0.5), (4, 0.2), (8, 0.75)])
def test_what_is_predicted_of_dropout_is_measured(n, rate):
    names = answers("mask_noise")
    assert names["measured_noise"](n, rate) == pytest.approx(names["predicted_noise"](n, rate))


def test_where_a_weight_comes_to_rest():
    """From either side, also under the library's AdamW."""
    plain, adamw = answers("resting_places")["resting_places"](3.0, 0.5)
    for begin in (-20.0, 5.0):
        theta, weight, optimizer = begin, np.array([begin]), AdamW(0.05, weight_decay=0.5)
        state = optimizer.init(weight)
        for _ in range(1000):
            theta -= 0.05 * (3.0 + 0.5 * theta)
            optimizer.update(weight, np.array([3.0]), state)
        assert theta == pytest.approx(plain)
        assert weight[0] == pytest.approx(adamw, rel=1e-5)
