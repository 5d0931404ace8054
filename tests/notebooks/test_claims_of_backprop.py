"""What the chapter on backpropagation states without a cell that computes it."""

from pathlib import Path

import nbformat
import numpy as np
import pytest
from scipy.ndimage import label

from mlpkit.gradcheck import gradient_check
from mlpkit.viz.backprop import BUGS, FUNCTIONS, STEPS, _errors
from mlpkit.viz.xor import _learned_xor

BOOK = Path(__file__).resolve().parents[2] / "solutions/03_backprop/03_backprop.ipynb"


def test_a_check_finds_a_gradient_that_was_not_divided_but_no_loss_that_was_not():
    rng = np.random.default_rng(0)
    X, y, W = rng.normal(size=(5, 3)), rng.normal(size=(5, 1)), rng.normal(size=(3, 1))
    undivided = X.T @ (2 * (X @ W - y))
    meant = gradient_check(lambda: float(np.mean((X @ W - y) ** 2)), {"W": W}, {"W": undivided})
    forgot = gradient_check(lambda: float(np.sum((X @ W - y) ** 2)), {"W": W}, {"W": undivided})
    assert meant.relative_error == pytest.approx(0.8)
    assert forgot.relative_error < 1e-7


def test_each_bug_leaves_the_trace_of_its_answer():
    wrong = {version: {name for name, error in _errors(version).items() if error.max() > 1e-7} for version in BUGS}
    assert wrong == {"A": set(), "B": {"W1", "b1", "W2", "b2"}, "C": {"W1", "b1"}, "D": {"b1"}, "E": {"W2"}}
    assert np.concatenate([*_errors("B").values(), _errors("D")["b1"]]) == pytest.approx(0.8)


@pytest.mark.parametrize(("precision", "step", "lowest"), [("float64", 1e-5, 1e-11), ("float32", 4e-3, 3e-6)])
def test_where_the_v_ends(precision, step, lowest):
    sine, slope, _ = FUNCTIONS["sine"]
    number = np.dtype(precision).type
    steps = STEPS[abs(np.log10(STEPS / step)) < 0.35]
    above, below = sine(number(1) + steps.astype(number)), sine(number(1) - steps.astype(number))
    errors = abs((above - below).astype(float) / (2 * steps) - slope(1)) / slope(1)
    assert 10 ** np.mean(np.log10(errors)) == pytest.approx(lowest, rel=1)


def test_one_region_becomes_two_between_the_steps_20_and_30_and_then_the_loss_falls_fastest():
    learned = _learned_xor()
    regions = {step: label(map_ > 0.5)[1] for step, (_, map_, _) in learned.items()}
    assert [step for step, count in regions.items() if count == 1] == [0, 10, 20]
    assert set(regions.values()) == {1, 2}
    losses = {step: loss for step, (_, _, loss) in learned.items()}
    assert [losses[step] for step in (0, 20, 30, 70)] == pytest.approx([0.671, 0.599, 0.544, 0.244], abs=5e-4)
    drops = {step: losses[step] - losses[step + 10] for step in range(0, 100, 10)}
    assert max(drops, key=drops.get) in range(30, 70)


def test_wide_networks_are_stuck_less_often(capsys):
    cells = {cell.id: cell.source for cell in nbformat.read(BOOK, as_version=4).cells}
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    exec(cells["stuck-width"], {"np": np, "X": X, "y": np.array([[0.0], [1.0], [1.0], [0.0]])})
    two, three, *wide = (int(line.split(":")[1].split()[0]) for line in capsys.readouterr().out.splitlines())
    assert two > 25 > three > 0
    assert wide == [0, 0]
