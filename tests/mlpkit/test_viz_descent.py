"""The figures of gradient descent: what they say is what gradient descent does."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from mlpkit import viz
from mlpkit.viz import descent, fit

PLOTS = [
    (viz.plot_descent, {"start": -2, "learning_rate": 0.1}),
    (viz.plot_descent, {"start": 3, "learning_rate": 2.2, "curve": "two valleys"}),
    (viz.plot_descent, {"start": 0, "learning_rate": 0}),
    (viz.plot_bowl, {"learning_rate": 0.0, "momentum": 0.0}),
    (viz.plot_bowl, {"learning_rate": 0.24, "momentum": 0.98}),
    (viz.plot_fit, {"w": 1, "b": 10}),
    (viz.plot_fit, {"w": -2, "b": 20, "learning_rate": 0.066, "steps": 200}),
]


@pytest.mark.parametrize(("plot", "setting"), PLOTS)
def test_a_plot_draws_on_the_given_axis_and_says_what(plot, setting):
    ax, untouched = Figure().subplots(1, 2)
    told = plot(**setting, ax=ax)
    assert ax.lines or ax.collections or ax.child_axes
    assert not [*untouched.lines, *untouched.collections, *untouched.child_axes]
    for drawn in ax.child_axes or [ax]:
        assert drawn.get_xlabel()
        assert drawn.get_ylabel()
    assert told.endswith(".")
    assert len(told) > 40


def test_the_slope_of_the_risk_is_its_slope():
    h, point = 1e-6, np.array([1.5, -2.0])
    measured = [(fit._risk(*(point + step)) - fit._risk(*(point - step))) / (2 * h) for step in (h * np.eye(2))]
    np.testing.assert_allclose(fit._risk_slope(point), measured, rtol=1e-7)


@pytest.mark.parametrize("curve", descent.CURVES)
def test_the_slope_of_a_curve_is_its_slope(curve):
    height, slope, *_ = descent.CURVES[curve]
    t, h = np.linspace(-2, 2, 9), 1e-5
    np.testing.assert_allclose(slope(t), (height(t + h) - height(t - h)) / (2 * h), atol=1e-8)


@pytest.mark.parametrize(
    ("rate", "momentum", "verdict"),
    [
        (0.005, 0, "crawls"),
        (0.06, 0, "converges"),
        (0.098, 0, "oscillates"),
        (0.102, 0, "diverges"),  # the limit is 2/20
        (0.0999, 0, "oscillates"),
        (0.1001, 0, "diverges"),
        (0.1899, 0.9, "oscillates"),  # with momentum the limit is 2 (1 + 0.9)/20
        (0.1901, 0.9, "diverges"),
        (0.0, 0.0, "crawls"),
    ],
)
def test_the_bowl_says_what_happens(rate, momentum, verdict):
    ax = Figure().subplots()
    told = viz.plot_bowl(rate, momentum, ax)
    assert f"descent {verdict}:" in told
    risk = re.search(rf": {verdict}, risk (\S+)$", ax.get_title())[1]
    assert float(risk) == pytest.approx(float(told.split()[-1].rstrip(".")), rel=0.05)  # of two digits


def test_the_verdict_of_the_bowl_agrees_with_a_long_run():
    for rate in (0.01, 0.05, 0.09, 0.11, 0.15, 0.18, 0.2):
        for momentum in (0.0, 0.5, 0.9):
            point, velocity = np.array([1.0, 1.0]), np.zeros(2)
            for _ in range(3000):
                velocity = momentum * velocity + descent.CURVATURES * point
                point = np.clip(point - rate * velocity, -1e9, 1e9)
            diverges = abs(descent._slowest(rate, momentum)) >= 1
            assert diverges == (np.abs(point).max() > 1), (rate, momentum)


def test_a_descent_that_leaves_the_picture_is_told_so():
    assert "leaves the picture" in viz.plot_descent(-2, 2.1, Figure().subplots())
    assert "arrives at -2.06" in viz.plot_descent(-3, 0.05, Figure().subplots(), "two valleys", 40)


def test_a_thousand_steps_find_the_line_of_least_squares():
    w, b = np.polyfit(fit.DISTANCE, fit.MINUTES, 1)
    told = viz.plot_fit(1, 15, Figure().subplots(), 0.055, 1000)
    assert f"y = {w:.2f} x {'−' if b < 0 else '+'} {abs(b):.2f}" in told


def test_strips_describe_each_panel():
    for strip, panels in ((viz.strip_descent, 4), (viz.strip_bowl, 4), (viz.strip_fit, 3)):
        assert len(re.findall(r"Panel \d:", strip().alt)) == panels


@pytest.mark.parametrize("explore", [viz.explore_descent, viz.explore_bowl, viz.explore_fit])
def test_an_explorer_has_sliders_that_wait_until_let_go(explore, capsys):
    *controls, picture = explore().widget.children
    assert type(picture).__name__ == "Output"
    assert all(not c.continuous_update for c in controls if hasattr(c, "continuous_update"))
    capsys.readouterr()
    controls[-1].value = controls[-1].max
    assert "Picture:" in capsys.readouterr().out


def test_the_animation_has_few_frames_and_a_description():
    html = viz.animate_fit()._repr_html_()
    assert 10 <= len(re.findall(r"frames\[\d+\] =", html)) <= 30
    assert "hundreds of steps" in html


def test_the_numbers_of_the_courier_that_the_chapter_states():
    rides = np.column_stack([fit.DISTANCE, np.ones(6)])
    assert 2 / np.linalg.eigvalsh(2 / 6 * rides.T @ rides)[-1] == pytest.approx(0.0625, abs=1e-4)
    path = descent.follow(fit._risk_slope, np.array([1.0, 15.0]), 0.055, 1000)
    best = np.polyfit(fit.DISTANCE, fit.MINUTES, 1)
    far = np.linalg.norm(path - best, axis=1)
    assert far[100] > 1  # minutes, nearly all of it in the bias: still on its way
    assert far[1000] < 1e-3
    assert best == pytest.approx([4.2, 3.5], abs=0.05)
