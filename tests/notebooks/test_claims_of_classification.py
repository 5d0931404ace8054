"""What the chapter on classification says of its experiments, measured again."""

import linecache
import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import confusion_matrix, f1_score, precision_score, recall_score, roc_auc_score

from mlpkit import MLP, SGD, Adam, Dataset, Dense, ReLU, viz
from mlpkit.activations import Sigmoid

BOOK = Path(__file__).resolve().parents[2] / "solutions/04_classification/04_classification.ipynb"


def right(told):
    """The share of right answers that a figure tells, in percent."""
    return float(re.findall(r"([\d.]+) percent", told)[0])


def test_other_thresholds_trade_missed_tumours_for_false_alarms():
    """On tumours that were held out, over twenty splits; those of the training data would flatter."""
    data = load_breast_cancer()
    cells, y = data.data[:, [20, 21]], 1 - data.target
    missed, alarms, flattered = [], [], []
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(569)
        known, new = order[:379], order[379:]
        X = (cells - cells[known].mean(axis=0)) / cells[known].std(axis=0)
        inputs, theta = np.column_stack([X, np.ones(569)]), np.zeros(3)
        for _ in range(300):
            theta = theta - inputs[known].T @ (Sigmoid()(inputs[known] @ theta) - y[known]) / 379
        p = Sigmoid()(inputs @ theta)
        missed.append([np.mean(p[new][y[new] == 1] < t) for t in (0.5, 0.1)])
        alarms.append([np.mean(p[new][y[new] == 0] >= t) for t in (0.5, 0.1)])
        flattered.append(np.mean(p[known][y[known] == 1] < 0.5))
    assert np.mean(missed, axis=0) == pytest.approx([0.128, 0.025], abs=0.002)
    assert np.mean(alarms, axis=0) == pytest.approx([0.024, 0.2], abs=0.002)
    assert np.mean(flattered) == pytest.approx(0.108, abs=0.002)


def scored_tumours(seed):
    """Truth and probabilities of the 190 tumours held out, by the neuron of section 3."""
    data = load_breast_cancer()
    order = np.random.default_rng(seed).permutation(569)
    known, new = order[:379], order[379:]
    cells, y = data.data[:, [20, 21]], 1 - data.target
    inputs = np.column_stack([(cells - cells[known].mean(axis=0)) / cells[known].std(axis=0), np.ones(569)])
    theta = np.zeros(3)
    for _ in range(300):
        theta = theta - inputs[known].T @ (Sigmoid()(inputs[known] @ theta) - y[known]) / 379
    return y[new], Sigmoid()(inputs[new] @ theta)


def test_precision_recall_and_f1_of_the_tumours():
    y, p = scored_tumours(0)
    found = {}
    for threshold, counts in ((0.5, [[114, 2], [14, 60]]), (0.1, [[96, 20], [1, 73]])):
        said = (p >= threshold).astype(int)
        assert confusion_matrix(y, said).tolist() == counts
        found[threshold] = precision_score(y, said), recall_score(y, said), f1_score(y, said)
    assert found[0.5] == pytest.approx((0.97, 0.81, 0.88), abs=5e-3)
    assert found[0.1] == pytest.approx((0.78, 0.99, 0.87), abs=5e-3)
    everybody = precision_score(y, np.ones(190)), f1_score(y, np.ones(190))
    assert everybody == pytest.approx((0.39, 0.56), abs=5e-3)
    assert (1 + everybody[0]) / 2 == pytest.approx(0.69, abs=5e-3)


def test_the_area_under_the_curve_is_that_of_scikit_learn():
    """By the answer of the exercise, on the tumours, on scores with ties and on the five people of the text."""
    names = {"np": np}
    exec(next(cell.source for cell in nbformat.read(BOOK, as_version=4).cells if cell.id == "area_under_roc"), names)
    areas = []
    for seed in range(20):
        y, p = scored_tumours(seed)
        areas.append(names["area_under_roc"](p, y))
        assert areas[-1] == pytest.approx(roc_auc_score(y, p))
        assert names["area_under_roc"](p.round(1), y) == pytest.approx(roc_auc_score(y, p.round(1)))
    assert (areas[0], np.mean(areas), np.std(areas)) == pytest.approx((0.982, 0.981, 0.005), abs=5e-4)
    assert names["area_under_roc"](np.array([0.9, 0.8, 0.6, 0.4, 0.2]), np.array([1, 0, 1, 1, 0])) == 4 / 6


def test_the_same_point_of_the_curve_is_worth_little_for_a_rare_class():
    assert pytest.approx(0.92, abs=5e-3) == 0.9 * 400 / (0.9 * 400 + 0.05 * 600)
    assert pytest.approx(9 / 509, rel=1e-3) == 0.9 * 10 / (0.9 * 10 + 0.05 * 9990)
    assert 9 / 509 < 0.02


def test_a_visitor_pays_for_a_wrong_belief():
    def crossed(p, q):
        return sum(a * np.log2(1 / b) for a, b in zip(p, q, strict=True) if a)

    town, clouds = (1 / 2, 1 / 4, 1 / 8, 1 / 8), (1 / 8, 1 / 2, 1 / 4, 1 / 8)
    assert (crossed(town, town), crossed(town, clouds)) == (1.75, 2.375)
    assert crossed(clouds, town) - crossed(clouds, clouds) == 0.5
    assert crossed((1, 0), (0.5, 0.5)) - crossed((1, 0), (1, 0)) == 1
    assert (-np.log2(0.9), -np.log2(0.1), np.log2(10)) == pytest.approx((0.15, 3.32, 3.32), abs=5e-3)
    floor = crossed((0.9, 0.1), (0.9, 0.1))
    assert (floor, floor * np.log(2)) == pytest.approx((0.469, 0.325), abs=5e-4)
    assert 1 / np.log(2) == pytest.approx(1.44, abs=5e-3)


def test_the_accuracy_is_a_staircase_and_the_loss_is_not(capsys, monkeypatch):
    cells = {cell.id: cell.source for cell in nbformat.read(BOOK, as_version=4).cells}
    monkeypatch.setattr(viz, "show", lambda figure, alt: plt.close(figure))
    names = {"np": np, "plt": plt, "viz": viz}
    for name in ("tumours-data", "threshold-table", "accuracy-picture"):
        exec(cells[name], names)
    same = re.findall(r"stays the same in (\d+)%", capsys.readouterr().out)
    assert (80 < int(same[0]) < 100, same[1]) == (True, "0")
    assert names["accuracy"].max() - names["accuracy"].min() > 0.01
    assert 0 < names["loss"].argmin() < len(names["loss"]) - 1


def test_what_the_neuron_learns_after_its_first_step_is_how_sure_to_be():
    told = [viz.plot_logistic(step, Figure().subplots()) for step in range(11)]
    right = [int(re.findall(r"right about (\d+)", one)[0]) for one in told]
    losses = [float(re.findall(r"loss ([\d.]+)", one)[0]) for one in told]
    assert (right[1], max(right[1:]) - min(right[1:])) == (170, 3)
    assert (losses[1], losses[10]) == (0.516, 0.276)


def test_more_hidden_neurons_overfit():
    moons = Dataset("moons", train_size=80, test_size=2000, noise=0.3, rng=0)
    known, new = (moons.X_train, moons.y_train[:, None]), (moons.X_test, moons.y_test[:, None])
    found = {}
    for width in (2, 10, 100):
        hidden = Dense(2, width, "tanh", dtype=np.float64, rng=1)
        output = Dense(width, 1, "sigmoid", dtype=np.float64, rng=2)
        model = MLP([hidden, output], optimizer=Adam(0.03))
        for _ in range(2500):
            model.train_batch(*known, "binary_cross_entropy")
        found[width] = [model.evaluate(data, "binary_cross_entropy") for data in (known, new)]
    accuracy = {width: one[0]["accuracy"] for width, one in found.items()}
    assert accuracy == {2: pytest.approx(0.84, abs=0.005), 10: 1.0, 100: 1.0}
    assert all(0.845 < one[1]["accuracy"] < 0.875 for one in found.values())
    losses = [one[1]["loss"] for one in found.values()]
    assert losses == pytest.approx([0.33, 1.38, 2.15], rel=0.02)


def test_tents_double_their_pieces():
    height, relu = np.linspace(0, 1, 2**12 + 1), ReLU()
    for depth in range(1, 9):
        height = 2 * relu(height) - 4 * relu(height - 0.5)
        assert 1 + np.sum(np.abs(np.diff(height, n=2)) > 1e-9) == 2**depth


def test_the_network_reads_digits_and_takes_a_1_for_an_8():
    digits = Dataset("digits", rng=0)
    model = MLP([Dense(64, 32, "relu", rng=0), Dense(32, 10, "softmax", rng=1)], optimizer=SGD(0.3))
    model.train(digits, "cross_entropy", epochs=15, rng=0, progress=False)
    said, truth = model.predict(digits.X_test).argmax(axis=1), digits.y_test
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (truth, said), 1)
    assert np.trace(counts) > 0.97 * len(truth)
    off = counts - np.diag(np.diag(counts))
    assert np.unravel_index(off.argmax(), off.shape) == (1, 8)
    assert (counts[1, 1], counts[1].sum()) == (59, 62)
    assert np.argmin(np.diag(counts) / counts.sum(axis=1)) == 1


def test_the_students_own_library_reads_digits(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    cells = {cell.id: cell.source for cell in nbformat.read(BOOK, as_version=4).cells}
    names = {"np": np, "digits": Dataset("digits", rng=0), "__name__": "__main__"}
    for name in ("softmax_rows", "log_sum_exp", "categorical_cross_entropy", "output_gradient", "train_digits"):
        linecache.cache[name] = (1, None, cells[name].splitlines(keepends=True), name)  # as a notebook keeps its cells
        exec(compile(cells[name], name, "exec"), names)
    exec(cells["digits-own"], names)
    told = capsys.readouterr().out
    assert told.count(" - yours") == 5
    assert 96 < float(re.findall(r"reads ([\d.]+)%", told)[0]) < 98.5
    assert (tmp_path / "my_mlp.py").is_file()


def test_with_relu_the_middle_region_lies_where_the_sum_is_small():
    side = np.linspace(-0.5, 1.7, 45)
    total = np.add.outer(side, side).ravel()
    clear = np.minimum(np.abs(total - 0.5), np.abs(total - 1.5)) > 0.11
    a = ReLU()(np.stack([total - 0.5, 1.5 - total]))[:, clear]
    np.testing.assert_array_equal(1.1 - a[0] - a[1] >= 0, (total[clear] > 0.5) & (total[clear] < 1.5))


def test_two_neurons_leave_a_side_of_the_circles_open():
    assert right(viz.plot_width(2, Figure().subplots())) == pytest.approx(83, abs=1)


def test_answers_to_the_questions_on_the_playground():
    def share(*setting):
        return right(viz.plot_playground(*setting, Figure().subplots()))

    for data, two, three in (("moons", 90, 97), ("circles", 82, 98)):
        assert share(data, 1, 2, "tanh", 0.03) == pytest.approx(two, abs=2)
        assert share(data, 1, 3, "tanh", 0.03) == pytest.approx(three, abs=2)
    told = viz.plot_playground("circles", 1, 3, "tanh", 10, Figure().subplots())
    assert right(told) < 65
    assert float(re.findall(r"loss ([\d.]+)", told)[0]) > np.log(2)
    assert share("circles", 1, 3, "tanh", 0.001) == pytest.approx(59, abs=3)


def test_xor_sends_the_perceptron_round_in_circles():
    names = {"np": np}
    exec(next(cell.source for cell in nbformat.read(BOOK, as_version=4).cells if cell.id == "perceptron_rule"), names)
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    *_, mistakes = names["perceptron_rule"](corners, np.array([0, 0, 0, 1]), 8)
    assert (mistakes.sum(), mistakes[-1]) == (11, 0)
    *_, mistakes = names["perceptron_rule"](corners, np.array([0, 1, 1, 0]), 50)
    assert set(mistakes[2:]) == {4}  # wrong about every corner when it is asked
