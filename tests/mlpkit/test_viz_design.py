"""The figures of the chapters on design and training: what they say is what networks do."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from mlpkit import viz
from mlpkit.viz import design, optimizers, penalties, schedule, signals

PLOTS = [
    (viz.plot_signals, {"activation": "sigmoid", "scale": 1.0, "depth": 10}),
    (viz.plot_signals, {"activation": "identity", "scale": 3.0, "depth": 30}),
    (viz.plot_signals, {"activation": "relu", "scale": 0.2, "depth": 30}),
    (viz.plot_signals, {"activation": "tanh", "scale": 1.0, "depth": 2}),
    (viz.plot_double_descent, {"n_train": 20, "noise": 0.0, "penalty": 0.0}),
    (viz.plot_double_descent, {"n_train": 40, "noise": 0.4, "penalty": 10.0}),
    (viz.plot_optimizers, {"names": ("SGD", "momentum"), "factor": 1.0}),
    (viz.plot_optimizers, {"names": ("AdaDelta", "Nadam"), "factor": 10.0, "steps": 0}),
    (viz.plot_optimizers, {"names": ("SGD", "RMSProp"), "factor": 10.0}),
    (viz.plot_curves, {}),
    *((viz.plot_penalties, {"strength": strength, "best": best}) for strength in (0.0, 1.5) for best in (0.5, 2.0)),
    *((viz.plot_schedule, {"kind": kind, "warmup": warmup}) for kind in schedule.KINDS for warmup in (0, 20)),
]


@pytest.mark.parametrize(("plot", "setting"), PLOTS)
def test_a_plot_draws_on_the_given_axis_and_says_what(plot, setting):
    ax, untouched = Figure().subplots(1, 2)
    told = plot(**setting, ax=ax)
    assert ax.lines
    assert not untouched.lines
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert told.endswith(".")
    assert len(told) > 40


@pytest.mark.parametrize(
    "explorer",
    [
        viz.explore_signals,
        viz.explore_double_descent,
        viz.explore_optimizers,
        viz.explore_penalties,
        viz.explore_schedule,
    ],
)
def test_an_explorer_says_what_it_would_show(explorer):
    assert "sliders" in explorer().note


@pytest.mark.parametrize(
    "strip",
    [viz.strip_signals, viz.strip_double_descent, viz.strip_optimizers, viz.strip_penalties, viz.strip_schedule],
)
def test_a_strip_has_a_description(strip):
    picture = strip()
    assert picture.rows[0][0].png.startswith(b"\x89PNG")
    assert "Panel 2" in picture.alt


@pytest.mark.parametrize(("film", "about"), [(viz.animate_optimizers, "momentum"), (viz.animate_signals, "ReLU")])
def test_an_animation_plays_in_few_frames(film, about):
    player = film()
    assert player.player.count("data:image/png;base64") <= 31
    assert about in player.alt


def test_the_film_of_signals_is_as_it_is_described():
    for scale, power in ((0.8, -5), (1.4, 0), (1.8, 2)):
        forward, backward = np.log10(signals.signals("relu", scale, 20))
        assert [forward[-1] - forward[0], backward[0] - backward[-1]] == pytest.approx([power, power], abs=0.5)


def test_a_schedule_begins_at_its_warm_up_and_ends_as_it_is_called():
    rates = {kind: schedule.schedule_rates(kind, 20) for kind in schedule.KINDS}
    for one in rates.values():
        np.testing.assert_allclose(one[:20], np.arange(1, 21) / 20)
    assert (rates["constant"][20:] == 1).all()
    assert sorted(set(np.round(rates["steps"][20:], 6)), reverse=True) == [1, 0.1, 0.01]
    assert rates["cosine"][60] == pytest.approx(0.5)
    assert (np.diff(rates["cosine"][20:]) < 0).all()


@pytest.mark.parametrize(("strength", "best"), [(0.0, 1.0), (0.5, 2.0), (0.75, 0.5), (1.5, 2.0)])
def test_the_lowest_points_that_are_marked_are_the_lowest(strength, best):
    w = np.linspace(-1, 3, 4001)
    loss = (w - best) ** 2 / 2
    found = [w[np.argmin(loss + strength * price)] for price in (np.abs(w), w**2)]
    assert penalties.lowest_points(strength, best) == pytest.approx(found, abs=0.001)


def test_the_gradient_of_a_sigmoid_vanishes_at_least_fourfold_a_layer():
    _, backward = signals.signals("sigmoid", 1.0, 10)
    assert backward[-1] == 1
    assert backward[0] < 0.25**9
    assert (backward[:-1] < 0.26 * backward[1:]).all()


def test_the_scale_of_he_keeps_both_signals_of_relu():
    forward, backward = signals.signals("relu", 2**0.5, 10)
    for sizes in (forward, backward):
        assert 0.5 < sizes.min() <= sizes.max() < 2


def test_relu_multiplies_by_the_scale_over_root_two():
    for scale in (0.5, 3.0):
        forward, backward = signals.signals("relu", scale, 10)
        factors = forward[1:] / forward[:-1], backward[:-1] / backward[1:]
        np.testing.assert_allclose(np.mean(factors, axis=1), scale / 2**0.5, rtol=0.1)


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_the_error_on_new_digits_descends_twice(noise):
    train, test = design.double_descent(60, noise, 0.0)
    widths = np.array(design.WIDTHS)
    peak = widths[np.argmax(test)]
    assert 60 <= peak <= 75
    assert test.max() > 10 * test[0]  # the peak
    assert test[-1] < test[widths < 60].min()  # the second descent goes lower than the first
    assert (train[widths > peak] < 1e-9).all()  # beyond the peak everything is learned by heart


def test_a_penalty_removes_the_peak():
    _, test = design.double_descent(60, 0.2, 1.0)
    assert test.max() < 0.1


def test_a_path_follows_the_formula_of_descent():
    path = optimizers.optimizer_path("SGD", 0.05, 3)
    np.testing.assert_allclose(path[3], optimizers.START * (1 - 0.05 * optimizers.CURVATURES) ** 3)


def test_a_path_that_runs_away_is_not_followed():
    assert len(optimizers.optimizer_path("SGD", 0.5)) < 40


@pytest.mark.parametrize("name", [name for name in optimizers.RATES if name != "AdaDelta"])
def test_the_chosen_rates_do_well(name):
    path = optimizers.optimizer_path(name, optimizers.RATES[name])
    assert optimizers._risk(path[-1]) < 0.01 * optimizers._risk(path[0])


def test_the_picture_of_the_curves_does_not_tell_the_rates():
    picture = viz.draw_curves()
    assert all(f"{letter} goes from" in picture.alt for letter in "ABCD")
    assert "0.003" not in picture.alt
