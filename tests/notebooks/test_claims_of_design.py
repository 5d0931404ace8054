"""What the text of the chapter on design says about its experiments."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from mlpkit import MLP, SGD, Dense

CELLS = nbformat.read(Path(__file__).resolve().parents[2] / "solutions/05_design/05_design.ipynb", as_version=4).cells
QUIET = {"rng": 0, "progress": False}


@pytest.fixture(scope="module")
def chapter():
    """The names that the demonstrations leave behind, and what each of them prints."""
    names: dict = {}
    printed = {}
    errors = np.geterr()
    with pytest.MonkeyPatch.context() as patch, mpl.rc_context():
        patch.delenv("MLPKIT_DATA_DIR", raising=False)
        for cell in CELLS:
            shows = "demo" in cell.metadata.get("tags", []) and not cell.source.startswith("viz.")
            if cell.id == "setup" or (shows and cell.id not in ("cost", "tensorboard")):
                with redirect_stdout(io.StringIO()) as out:
                    exec(compile(TransformerManager().transform_cell(cell.source), cell.id, "exec"), names)
                printed[cell.id] = [line.split() for line in out.getvalue().splitlines()]
    yield names, printed
    np.seterr(**errors)


def column(printed, cell, *, after):
    """The numbers that stand behind a word, one from each line that has it."""
    return [float(line[line.index(after) + 1].rstrip(":,;%")) for line in printed[cell] if after in line]


def test_the_digits(chapter):
    names, _ = chapter
    data = names["data"]
    assert data.X_train.shape == (1198, 64)
    assert data.X_test.shape == (599, 64)
    assert len(names["y_new"]) == 598
    assert names["images"].shape == (1797, 8, 8)


def test_without_scaling_the_network_guesses(chapter):
    accuracies = column(chapter[1], "scaling-experiment", after="accuracy")
    assert accuracies[0] < 0.15 < 0.9 < accuracies[1] < accuracies[2]
    assert column(chapter[1], "scaling-experiment", after="loss")[0] == pytest.approx(np.log(10), abs=0.01)
    assert column(chapter[1], "scaling-experiment", after="0:")[0] == 32


def test_the_luckiest_of_fifty(chapter):
    validation, test = (float(line[-1]) for line in chapter[1]["luck"])
    assert validation >= 0.17
    assert test <= 0.13


def test_only_the_identity_reaches_the_curve(chapter):
    identity, *others = column(chapter[1], "output-experiment", after="error")
    assert identity < 0.02 < 0.3 < min(others)


def test_accuracy_is_a_staircase(chapter):
    names, _ = chapter
    assert np.mean(np.diff(names["mistakes"]) == 0) == pytest.approx(4 / 5, abs=0.05)
    assert np.mean(np.diff(names["losses"]) == 0) == 0


def test_bins_find_the_branches_and_numbers_the_middle(chapter):
    number, bins = column(chapter[1], "inverse-data", after="truth:")
    assert 6 < number < 14
    assert bins > 3 * number
    said = chapter[0]["answers"]["a number"]
    assert 0.5 <= said.min() <= said.max() < 0.6  # whatever x is
    number, bins = column(chapter[1], "inverse-data", after="RMSE")
    assert bins > number


def test_gradients_by_layer(chapter):
    sigmoid, relu, large = ([float(v) for v in line[-11:]] for line in chapter[1]["gradients-by-layer"][1:])
    assert 2e5 < sigmoid[-1] < 1e6  # several hundred thousand times
    assert relu[-1] == pytest.approx(5, abs=1)
    assert max(relu[:-1]) / min(relu[:-1]) < 6
    assert min(np.array(large[:-1]) / relu[:-1]) > 200
    assert pytest.approx(4e-6, rel=0.05) == 0.25**9


def test_a_network_whose_gradients_vanish_learns_nothing(chapter):
    sigmoid, relu = column(chapter[1], "gradients-training", after="by")
    assert sigmoid < 1e-3 < 0.1 < relu
    sigmoid, relu = column(chapter[1], "gradients-training", after="accuracy")
    assert sigmoid < 0.15
    assert relu > 0.6


def test_high_rates_kill_neurons(chapter):
    lines = [" ".join(line) for line in chapter[1]["dying"]]
    dead = [[int(n) for n in line.split("[")[1].split("]")[0].split(",")] for line in lines]
    assert max(dead[0] + dead[1]) <= 3
    assert 8 <= dead[2][0] <= 14
    assert min(dead[3]) >= 40
    accuracies = column(chapter[1], "dying", after="accuracy")
    assert min(accuracies[:3]) > 0.95
    assert accuracies[3] < 0.15


def test_selu_keeps_its_variance(chapter):
    selu, relu = column(chapter[1], "selu", after="variance")
    assert selu == pytest.approx(1, abs=0.2)
    assert relu < 1e-8


def test_constants_leave_one_neuron(chapter):
    assert column(chapter[1], "symmetry", after="neurons:") == [1, 1, 16]


def test_the_variance_by_depth(chapter):
    rows = np.array([[float(v) for v in line[-4:]] for line in chapter[1]["init-table"][1:]])
    tanh, relu = rows[:4], rows[4:]
    assert tanh[0, -1] > 0.85
    assert relu[0, -1] > 1e10
    assert max(tanh[1, -1], relu[1, -1]) < 1e-9
    assert 0.02 < tanh[2, -1] < tanh[2, 0]
    assert (relu[2, 0] / relu[2, -1]) ** (1 / 9) == pytest.approx(2, rel=0.15)  # a half in each layer
    assert 0.5 < relu[3, -1] / relu[3, 0] < 2


def test_the_widest_network_is_the_best_on_new_digits(chapter):
    train = column(chapter[1], "overfitting-experiment", after="digits")
    new = column(chapter[1], "overfitting-experiment", after="ones")
    assert train[0] < 0.7
    assert train[1] > 0.9
    assert train[2] == train[3] == 1
    assert 0.75 < new[1] < 0.85
    assert new == sorted(new)


def test_what_regularisers_do(chapter):
    rows = {line[0]: [float(v) for v in line[1:]] for line in chapter[1]["regularisers-table"][1:]}
    train, new, rms, tiny = zip(*(rows[name] for name in ("nothing", "L2", "L1", "dropout")), strict=True)
    assert train[0] == 1 > max(train[1:])
    assert new[0] < min(new[1:])
    assert rms[1] < rms[0] / 3
    assert tiny[2] == pytest.approx(0.5, abs=0.1)
    assert rms[3] == pytest.approx(rms[0], rel=0.2)
    assert 36 / 200 == 0.18
    assert np.sum(chapter[0]["y_noisy"] != chapter[0]["data"].y_train[:200]) == 36


def test_batch_normalisation_mends_weights_that_are_too_small(chapter):
    curves = [[float(v) for v in line[-5:]] for line in chapter[1]["batchnorm-experiment"]]
    assert max(curves[0]) < 0.15
    assert curves[1][1] < 0.15 < curves[1][-1]
    assert min(curves[2]) > 0.3
    assert min(curves[2][-1], curves[3][-1]) > 0.85


def test_plain_descent_is_far_behind(chapter):
    last = {name: losses[-1] for name, losses in chapter[0]["curves"].items()}
    assert last.pop("SGD") > 2.5 * max(last.values())
    assert all(0.05 < loss < 0.3 for loss in last.values())
    for one, other in (("momentum", "Nesterov"), ("Adam", "Nadam")):
        assert last[one] == pytest.approx(last[other], abs=0.03)


def test_weights_of_zero_stay_zero(chapter):
    names, _ = chapter
    zeros = names["Zeros"]()
    layers = [Dense(64, 16, "tanh", weight_initializer=zeros), Dense(16, 10, "softmax", weight_initializer=zeros)]
    model = MLP(layers, optimizer=SGD(0.1))
    model.train(names["data"], "cross_entropy", epochs=1, **QUIET)
    assert not any(layer.W.any() for layer in layers)
    assert not layers[0].b.any()
    assert layers[1].b.all()


def test_the_printed_rate_on_digits(chapter):
    lines = chapter[1]["printed-rate"]
    large, small = (1 - float(line[-1]) for line in lines[1::2])
    assert 3 < large / small < 8
    assert [float(line[line.index("by") + 1]) for line in lines[::2]] == pytest.approx([0.1, 0.001], rel=0.02)
    assert float(lines[0][lines[0].index("weights") + 1].rstrip(",")) == pytest.approx(0.115, abs=0.01)
    dead = [[int(n.strip("[],")) for n in line[-4:-2]] for line in lines[::2]]
    assert sum(dead[0]) > 5 * sum(dead[1])


def test_the_noise_of_a_batch_halves_with_four_times_the_samples(chapter):
    noise = column(chapter[1], "batch-noise", after="noise")
    np.testing.assert_allclose(np.array(noise[1:]) / noise[:-1], 0.5, rtol=0.12)


def test_a_dozen_steps_are_too_few(chapter):
    lines = chapter[1]["batch-training"]
    assert [int(line[line.index("steps,") - 1]) for line in lines] == [4792, 600, 76, 12]
    accuracies = column(chapter[1], "batch-training", after="accuracy")
    assert accuracies[-1] < 0.75 < 0.9 < min(accuracies[:3])


def test_early_stopping_stops_early(chapter):
    names, _ = chapter
    assert names["stopping"].best_epoch == names["history_of_60"].best("test_loss")[0] < 20
    losses = names["history_of_60"]["test_loss"]
    assert losses[-1] > 1.1 * min(losses)
    stopped, full = (float(word.rstrip(",")) for word in (chapter[1]["stopping-experiment"][-1][i] for i in (4, -1)))
    assert stopped > full


def test_the_search(chapter):
    trials = chapter[0]["trials"]
    assert all(0.01 < rate < 0.04 for _, rate, *_ in trials[:4])
    assert not any(0.01 < rate < 0.04 for _, rate, *_ in trials[4:])
    assert {width for _, _, width, _ in trials[:2]} == {30, 100}
    assert 10 not in {width for _, _, width, _ in trials[:4]}
    assert chapter[0]["result"]["accuracy"] == pytest.approx(trials[0][0], abs=0.015)


def test_the_plateau_lowers_the_rate(chapter):
    assert sum("lowered" in line for line in chapter[1]["plateau-use"]) >= 1
    assert column(chapter[1], "plateau-use", after="accuracy")[-1] > 0.93
