"""What the text of the chapter on design says about its experiments."""

import re

import numpy as np
import pytest
from demonstrations import cells, column, played, words

from mlpkit import MLP, SGD, Dense

QUIET = {"rng": 0, "progress": False}


@pytest.fixture(scope="module")
def chapter():
    """The names that the demonstrations leave behind, and the words that each of them prints."""
    with played("05_design", without={"cost"}) as (names, printed):
        yield names, words(printed)


def test_the_digits(chapter):
    names, _ = chapter
    digits = names["digits"]
    assert digits.X_train.shape == (1198, 64)
    assert digits.X_test.shape == (599, 64)
    assert (len(names["train"][1]), len(names["validation"][1])) == (800, 398)
    assert names["images"].shape == (1797, 8, 8)


def test_without_scaling_the_network_guesses(chapter):
    accuracies = column(chapter[1], "scaling-experiment", after="accuracy")
    assert accuracies[0] < 0.15 < 0.9 < accuracies[1] < accuracies[2]
    assert column(chapter[1], "scaling-experiment", after="loss")[0] == pytest.approx(np.log(10), abs=0.01)
    assert chapter[1]["scaling-experiment"][0][-5:-2] == ["[32,", "32,", "32]"]
    scatter = column(chapter[1], "scaling-experiment", after="±")
    assert accuracies[2] - accuracies[1] > 3 * max(scatter[1:])  # "several times the scatter"


def test_the_luckiest_of_fifty(chapter):
    validation, test = (float(line[-1]) for line in chapter[1]["luck"])
    assert validation >= 0.17
    assert test <= 0.13


def test_only_the_identity_reaches_the_curve(chapter):
    identity, *others = column(chapter[1], "output-experiment", after="error")
    assert identity < 0.03 < 0.3 < min(others)


def test_accuracy_is_a_staircase(chapter):
    names, _ = chapter
    assert np.mean(np.diff(names["mistakes"]) == 0) == pytest.approx(4 / 5, abs=0.05)
    assert np.mean(np.diff(names["losses"]) == 0) == 0


def test_bins_find_the_branches_and_numbers_the_middle(chapter):
    number, bins = column(chapter[1], "inverse-data", after="truth:")
    assert 0.06 < number < 0.14
    assert bins > 3 * number
    said = chapter[0]["answers"]["a number"]
    assert 0.45 < said.min() <= said.max() < 0.6  # whatever x is
    number, bins = column(chapter[1], "inverse-data", after="RMSE")
    assert bins > number


def test_gradients_by_layer(chapter):
    lines = chapter[1]["gradients-by-layer"]
    _, relu, large = (np.array(line[-10:], dtype=float) for line in lines[1:4])
    sigmoid_ratios, relu_ratios, _ = ([float(v) for v in line[-3:]] for line in lines[5:])
    assert all(2e5 < ratio < 1e6 for ratio in sigmoid_ratios)  # several hundred thousand times
    assert all(1.5 < ratio < 6 for ratio in relu_ratios)
    assert max(relu) / min(relu) < 6
    assert min(large / relu) > 200
    assert pytest.approx(4e-6, rel=0.05) == 0.25**9


def test_a_network_whose_gradients_vanish_learns_nothing(chapter):
    sigmoid, relu = column(chapter[1], "gradients-training", after="by")
    assert sigmoid < 1e-3 < 0.1 < relu
    sigmoid, relu = column(chapter[1], "gradients-training", after="accuracy")
    assert sigmoid < 0.15
    assert 0.7 < relu < 0.85  # "about three quarters"


def test_high_rates_kill_neurons(chapter):
    lines = [" ".join(line) for line in chapter[1]["dying"]]
    dead = [np.array(re.findall(r"\( *(\d+), *(\d+)\)", line), dtype=int) for line in lines]
    assert {pairs.shape for pairs in dead} == {(3, 2)}
    assert max(dead[0].max(), dead[1].max()) <= 3
    assert dead[2][:, 0].min() < 6  # "a few"
    assert dead[2][:, 0].max() > 13  # "more than a dozen"
    assert dead[3].min() > 30  # "most of both layers"
    accuracies = column(chapter[1], "dying", after="accuracy")
    assert min(accuracies[:3]) > 0.95
    assert accuracies[3] < 0.15


def test_selu_keeps_its_variance(chapter):
    selu, relu = ([float(v) for v in line[-3:]] for line in chapter[1]["selu"])
    assert selu == pytest.approx([1, 1, 1], abs=0.2)
    assert max(relu) < 1e-8


def test_constants_leave_one_neuron(chapter):
    lines = chapter[1]["symmetry"]
    equal = ["".join(line[line.index("neurons:") + 1 :][:3]) for line in lines]
    assert equal == ["[16,16,16]", "[16,16,16]", "[1,1,1]"]


def test_sums_of_n_scatter_by_the_root_of_n(chapter):
    for (n, variance), deviation in zip(((1, 1), (4, 4), (16, 16)), (1, 2, 4), strict=True):
        line = next(line for line in chapter[1]["scatter-picture"] if line[2] == f"{n}:")
        assert float(line[-4].rstrip(",")) == pytest.approx(variance, rel=0.03)
        assert float(line[-1]) == pytest.approx(deviation, rel=0.03)


def test_the_variance_by_depth(chapter):
    rows = np.array([line[-6:] for line in chapter[1]["init-table"][1:]], dtype=float)
    assert (np.abs(np.log(rows[:, 3:] / rows[:, 3:4])) < np.log(4)).all()  # the other beginnings say the same
    rows = rows[:, :4]
    tanh, relu = rows[:4], rows[4:]
    assert tanh[0, -1] > 0.85
    assert relu[0, -1] > 1e10
    assert max(tanh[1, -1], relu[1, -1]) < 1e-9
    assert 0.02 < tanh[2, -1] < tanh[2, 0]
    assert (relu[2, 0] / relu[2, -1]) ** (1 / 9) == pytest.approx(2, rel=0.15)  # a half in each layer
    assert 0.3 < relu[3, -1] / relu[3, 0] < 3


def test_the_widest_network_is_the_best_on_new_digits(chapter):
    lines = chapter[1]["overfitting-experiment"][1:]
    train, new = ([float(line[place]) for line in lines] for place in (-6, -3))
    assert train[0] < 0.7
    assert train[1] > 0.9
    assert train[2] == train[3] == 1
    assert 0.7 < new[1] < 0.8
    assert new == sorted(new)


def test_batch_normalisation_mends_weights_that_are_too_small(chapter):
    lines = chapter[1]["batchnorm-experiment"][1:]
    curves = [[float(v) for v in line[-8:-2]] for line in lines]
    assert max(curves[0]) < 0.15
    assert curves[1][1] < 0.15 < curves[1][-1]
    assert float(lines[1][-1]) > 0.1  # it depends on the beginning
    assert min(curves[2]) > 0.25
    assert min(curves[2][-1], curves[3][-1]) > 0.8


def test_thirty_layers_learn_as_well_as_ten_with_a_way_around_each(chapter):
    ten, ten_around, thirty, thirty_around = column(chapter[1], "residual-experiment", after="accuracy")
    scatter = column(chapter[1], "residual-experiment", after="±")
    assert thirty < ten - sum(scatter[::2]) < 0.6
    assert min(ten_around, thirty_around) > 0.85
    assert abs(ten_around - thirty_around) < 0.03  # "about as well"
    assert pytest.approx(2.59, abs=0.01) == 1.1**10


def test_weights_of_zero_stay_zero(chapter):
    names, _ = chapter
    zeros = names["Zeros"]()
    layers = [Dense(64, 16, "tanh", weight_initializer=zeros), Dense(16, 10, "softmax", weight_initializer=zeros)]
    model = MLP(layers, optimizer=SGD(0.1))
    names["fit"](model, 1)
    assert not any(layer.W.any() for layer in layers)
    assert not layers[0].b.any()
    assert layers[1].b.all()


def test_behind_a_normalisation_larger_weights_leave_the_loss_alone(chapter):
    assert len(set(column(chapter[1], "normalised-loss", after="loss"))) == 1


def test_the_experiments_come_out_as_their_answers_say(chapter):
    names = dict(chapter[0])
    for cell in cells("05_design"):
        if cell.id in {"signal_size", "gradient_factor", "kept_variance"}:
            exec(cell.source, names)
    sizes = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        weights = rng.normal(0, 0.5 / np.sqrt(200), size=(10, 200, 200))
        sizes.append(names["measured_size"](rng.normal(size=(50, 200)), list(weights)))
    assert np.mean(sizes) == pytest.approx(names["predicted_size"](10, 0.5), rel=0.1)
    w = np.array([1.0, 2.0, 0.5, -1.0])
    near, far = names["measured_lengths"](names["normalised_loss"], w, 4.0)
    assert far / near == pytest.approx(names["predicted_factor"](4.0), rel=1e-4)
    A, slope = np.random.default_rng(0).normal(size=(500, 300)), 0.4
    for W in np.random.default_rng(1).normal(0, names["kept_variance"](slope, 300) ** 0.5, size=(10, 300, 300)):
        A = np.maximum(A @ W, slope * (A @ W))
    assert np.mean(A**2) == pytest.approx(1, rel=0.2)
