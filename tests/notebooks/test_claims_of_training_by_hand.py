"""Numbers in the text of the chapter on training that none of its cells prints."""

import os
from pathlib import Path

import nbformat
import numpy as np
import pytest

from mlpkit import MLP, SGD, Adam, Dataset, Dense
from mlpkit.viz.optimizers import CURVES, RATES, optimizer_path

CHAPTER = Path(__file__).resolve().parents[2] / "solutions/06_training/06_training.ipynb"
QUIET = {"rng": 0, "progress": False}

needs_mnist = pytest.mark.skipif(
    not (Path(os.environ.get("MLPKIT_DATA_DIR", "nowhere")) / "mnist").is_dir(),
    reason="the folder MLPKIT_DATA_DIR with the image sets is not here",
)


@pytest.mark.parametrize("name", RATES)
def test_which_optimizers_bear_ten_times_the_rate(name):
    runs_away = np.abs(optimizer_path(name, 10 * RATES[name])[-1]).max() > 1e3
    assert runs_away == (name in ("SGD", "momentum", "Nesterov"))


def test_the_answer_to_the_four_curves():
    names: dict = {}
    cells = nbformat.read(CHAPTER, as_version=4).cells
    exec(next(cell.source for cell in cells if cell.id == "read_curves"), names)
    for letter, rate in names["read_curves"]().items():
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


def test_numbers_worked_by_hand():
    assert 1025 * 64 + 65 * 12 == 66_380
    assert 50 * 944 * 4 == 188_800
    assert pytest.approx(3.16, abs=0.01) == 0.4 / 0.016**0.5
    assert -(-1400 // 32) == 44
    assert np.log(12) == pytest.approx(2.48, abs=0.01)
    assert pytest.approx(0.044, abs=0.0005) == (2 / 1024) ** 0.5
