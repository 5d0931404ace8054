"""What the text of the chapter on training says about its experiments."""

import re

import numpy as np
import pytest
from demonstrations import column, played, words

QUIET = {"rng": 0, "progress": False}


@pytest.fixture(scope="module")
def chapter():
    """The names that the demonstrations leave behind, and the words that each of them prints."""
    with played("06_training", without={"tensorboard"}) as (names, printed):
        yield names, words(printed)


def test_what_regularisers_do(chapter):
    rows = {line[0]: [float(v) for v in line[1:] if v != "±"] for line in chapter[1]["regularisers-table"][1:]}
    names = ("nothing", "L2", "L1", "dropout", "AdamW")
    train, _, new, scatter, rms, tiny = zip(*(rows[name] for name in names), strict=True)
    assert train[0] == 1 > max(train[1:])
    assert new[0] < min(new[1:])
    assert np.ptp(new[1:4]) <= 2 * max(scatter[1:4])  # these three are not told apart
    assert new[4] - max(new[1:4]) > 2 * max(scatter)
    assert rms[1] < rms[0] / 3
    assert tiny[2] == pytest.approx(0.5, abs=0.1)
    assert rms[3] == pytest.approx(rms[0], rel=0.2)
    assert np.mean(chapter[0]["y_noisy"] != chapter[0]["train"][1][:200]) == 0.18


def test_adam_divides_the_pull_of_l2_and_adamw_does_not(chapter):
    adam, adamw = (column(chapter[1], "adamw-experiment", after=name) for name in ("Adam", "AdamW"))
    assert adam[0] < 0.05 < 0.95 < adam[2]
    assert adamw == pytest.approx(3 * [(1 - 0.001 * 0.06) ** 2000], abs=0.01)
    assert pytest.approx(0.89, abs=0.005) == (1 - 0.001 * 0.06) ** 2000


def test_what_the_steps_follow(chapter):
    names, _ = chapter
    g = np.repeat([1.0, 10.0, 1.0], [40, 20, 90])
    lengths = {}
    for name, method in names["methods"].items():
        theta, path = np.array([200.0]), [200.0]
        state = method.init(theta)
        for one in g:
            method.update(theta, np.array([one]), state)
            path.append(float(theta[0]))
        lengths[name] = -np.diff(path)
        assert path[-1] > 0
    falls = [np.diff(part) < 0 for part in np.split(lengths["AdaGrad"], [40, 60])]
    assert all(fall.all() for fall in falls)  # it shrinks, jumps and shrinks again
    assert lengths["AdaGrad"][[0, 39, 40, 60]] == pytest.approx([1, 0.16, 0.85, 0.02], abs=0.006)
    assert lengths["AdaGrad"][40:60].max() < 0.9 < lengths["AdaGrad"][0]
    assert lengths["RMSProp"][0] > 4
    assert lengths["RMSProp"][[39, 59]] == pytest.approx([1, 1], abs=0.3)
    assert lengths["Adam"][[0, 39]] == pytest.approx([1, 1])
    assert lengths["Adam"][40] < 0.9 < lengths["Adam"][59] < 1.2
    assert (lengths["AdamW"] > lengths["Adam"]).all()
    assert lengths["AdamW"][0] == pytest.approx(2)


def test_a_rate_that_falls_gains_a_few_points(chapter):
    constant, cosine, warm = column(chapter[1], "schedule-experiment", after="accuracy")
    scatter = column(chapter[1], "schedule-experiment", after="±")
    assert min(cosine, warm) - constant > max(0.015, scatter[0])
    assert abs(cosine - warm) < max(scatter[1:])
    losses = chapter[0]["losses_by_epoch"]
    assert min(losses["constant"]) > 10 * losses["cosine"][-1]


def test_two_checks_find_two_mistakes(chapter):
    lines = chapter[1]["practice-experiment"][1:]
    first, last = ([float(line[place]) for line in lines] for place in (-6, -3))
    assert np.log(10) < first[0] < 3 < 5 < first[1]
    assert first[2] == pytest.approx(np.log(10), abs=1e-3)
    assert max(last[:2]) < 0.01 < 1 < last[2]


def test_how_far_a_step_goes_at_three_rates(chapter):
    small, usual, large = ((size, change / size) for size, change in chapter[0]["moved"].values())
    assert small[1].max() < 1e-4
    assert 0.002 < usual[1].min() < usual[1].max() < 0.01
    assert large[1][0] == pytest.approx(0.5, abs=0.05)
    assert large[0][20] > 2 * large[0][0]


def test_clipping_keeps_a_training_from_ending(chapter):
    without, clipped = (" ".join(line) for line in chapter[1]["clipping-experiment"])
    assert without.count("diverged") == 2
    assert "diverged" not in clipped
    assert min(float(word.rstrip(",")) for word in clipped.split()[-3:]) > 0.7


def test_plain_descent_is_far_behind(chapter):
    last = {name: losses[-1] for name, losses in chapter[0]["curves"].items()}
    assert last.pop("SGD") > 2.5 * max(last.values())
    assert all(0.1 < loss < 0.4 for loss in last.values())
    for one, other in (("momentum", "Nesterov"), ("Adam", "Nadam")):
        assert last[one] == pytest.approx(last[other], abs=0.03)


def test_the_printed_rate_on_digits(chapter):
    lines = chapter[1]["printed-rate"]
    (large, far), (small, scatter) = ((1 - float(line[-3]), float(line[-1])) for line in lines[1::2])
    assert 3 < large / small < 5.5  # "about four times as many"
    assert far > 10 * scatter  # "how many depends on the beginning"
    assert [float(line[line.index("by") + 1]) for line in lines[::2]] == pytest.approx([0.1, 0.001], rel=0.02)
    assert float(lines[0][lines[0].index("weights") + 1].rstrip(",")) == pytest.approx(0.115, abs=0.01)
    pairs = [re.findall(r"\( *(\d+), *(\d+)\)", " ".join(line)) for line in lines[1::2]]
    assert [len(three) for three in pairs] == [3, 3]
    many, few = (np.array(three, dtype=int).sum() for three in pairs)
    assert many > 5 * few


def test_the_noise_of_a_batch_halves_with_four_times_the_samples(chapter):
    noise = column(chapter[1], "batch-noise", after="noise")
    np.testing.assert_allclose(np.array(noise[1:]) / noise[:-1], 0.5, rtol=0.15)


def test_a_dozen_steps_are_too_few(chapter):
    lines = chapter[1]["batch-training"]
    assert [int(line[line.index("steps,") - 1]) for line in lines] == [3200, 400, 52, 8]
    accuracies = column(chapter[1], "batch-training", after="accuracy")
    assert accuracies[-1] < 0.5 < 0.85 < min(accuracies[:3])
    assert max(accuracies) == accuracies[1]


def test_early_stopping_stops_early(chapter):
    names, printed = chapter
    assert names["best_epochs"][0] - 1 == names["histories"][0].best("validation_loss")[0]
    assert max(names["best_epochs"]) < 20
    losses = names["losses"]
    assert losses[-1] > 1.1 * min(losses)
    line = printed["stopping-experiment"][-1]
    stopped, _, full, _ = (float(word.rstrip(",")) for word in line if word[0] == "0")
    assert stopped > full + 0.02
    assert (len(names["watched"][1]), len(names["others"][1])) == (200, 198)


def test_the_search(chapter):
    trials = chapter[0]["trials"]
    assert all(0.01 < rate < 0.04 for _, rate, *_ in trials[:4])
    assert not any(0.01 < rate < 0.04 for _, rate, *_ in trials[4:])
    assert {trial[2] for trial in trials[:4]} == {30, 100}
    first, second = trials[:2]
    assert first[0] - second[0] < float(first[3].split()[-1])
    assert np.mean(chapter[0]["results"]) == pytest.approx(trials[0][0], abs=0.015)


def test_the_plateau_lowers_the_rate(chapter):
    assert sum("lowered" in line for line in chapter[1]["plateau-use"]) >= 1
    assert column(chapter[1], "plateau-use", after="accuracy")[-1] > 0.93
