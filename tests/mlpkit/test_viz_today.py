"""The figures of the chapter on today: what they say is what happens."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from mlpkit import viz
from mlpkit.viz import today

PLOTS = [
    (viz.plot_rounding, {"bits": 8}),
    (viz.plot_rounding, {"bits": 24, "legend": False}),
    (viz.plot_attention, {"angle": 60}),
    (viz.plot_attention, {"angle": 0, "sharpness": 0}),
    (viz.plot_attack, {"epsilon": 0}),
]


@pytest.mark.parametrize(("plot", "setting"), PLOTS)
def test_a_plot_draws_on_the_given_axis_and_says_what(plot, setting):
    ax, untouched = Figure().subplots(1, 2)
    told = plot(**setting, ax=ax)
    assert ax.has_data()
    assert not untouched.has_data()
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert told.endswith(".")
    assert len(told) > 40


@pytest.mark.parametrize("explorer", [viz.explore_rounding, viz.explore_attention, viz.explore_attack])
def test_an_explorer_says_what_it_would_show(explorer):
    assert "slider" in explorer().note


@pytest.mark.parametrize("strip", [viz.strip_rounding, viz.strip_attention, viz.strip_attack])
def test_a_strip_has_a_description(strip):
    picture = strip()
    assert picture.rows[0][0].png.startswith(b"\x89PNG")
    assert "Panel 2" in picture.alt


def test_the_animation_plays_in_few_frames():
    player = viz.animate_attack()
    assert player.player.count("data:image/png;base64") <= 31
    assert "sure 8" in player.alt


def test_rounding_is_that_of_the_machine():
    numbers = np.random.default_rng(0).normal(size=200)
    for bits, kind in ((11, np.float16), (24, np.float32)):
        assert [today.rounded(x, bits) for x in numbers] == [float(kind(x)) for x in numbers]
    assert today.rounded(257.0, 8) == 256  # halfway between 256 and 258: the last digit is 0
    assert today.rounded(259.0, 8) == 260


def test_the_sum_of_float32_is_that_of_numpy():
    total = np.float32(0)
    for _ in range(today.TIMES):
        total += np.float32(today.ADDEND)
    assert today.running_sum(24)[-1] == float(total)


def test_a_long_query_picks_one_word_and_a_short_one_none():
    ax = Figure().subplots()
    assert "the 0.20, cat 0.20" in today.plot_attention(60, ax, 0.0)
    assert "cat 1.00" in today.plot_attention(60, ax, 30.0)


def test_the_attack_turns_the_answer():
    ax = Figure().subplots()
    assert "says 5 with the probability 0.9" in today.plot_attack(0, ax)
    assert "says 8 with the probability 0.9" in today.plot_attack(0.3, ax)


@pytest.mark.parametrize("sharpness", [0, 3, 30])
def test_each_weight_is_written_over_its_bar(sharpness):
    ax = Figure().subplots()
    today.plot_attention(60, ax, sharpness)
    assert [text.get_position()[0] for text in ax.texts] == list(range(5))
    assert {text.get_ha() for text in ax.texts} == {"center"}
