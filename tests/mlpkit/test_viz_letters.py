"""Letters of pictures can be read where the picture is shown small."""

from __future__ import annotations

import re

import pytest
from matplotlib.figure import Figure

from mlpkit import viz
from mlpkit.viz._letters import legible, smallest


def figure(width: float) -> Figure:
    fig = Figure(figsize=(width, 3), layout="constrained")
    ax = fig.subplots()
    ax.plot([1, 2], [3, 4], label="curve")
    ax.tick_params(labelsize=6)
    ax.legend(fontsize=7)
    ax.text(1.5, 3.5, "inside", fontsize=8)
    ax.set_title("large", fontsize=20)
    return fig


def test_small_letters_become_as_large_as_a_phone_needs():
    fig = figure(5.0)
    legible([fig], 480)
    [ax] = fig.axes
    needed = 9.6 * 0.75 * 480 / 358
    assert ax.get_legend().get_texts()[0].get_fontsize() == pytest.approx(needed)
    assert ax.get_xticklabels()[0].get_fontsize() == pytest.approx(needed)
    assert ax.texts[0].get_fontsize() == pytest.approx(needed)
    assert ax.title.get_fontsize() == 20
    assert smallest([fig]) == pytest.approx(needed / 0.75)


def test_there_is_an_end_to_enlarging():
    fig = figure(12.0)
    legible([fig], 1152)
    [ax] = fig.axes
    assert ax.get_legend().get_texts()[0].get_fontsize() == 13.5
    assert ax.texts[0].get_fontsize() == pytest.approx(1.3 * 8)  # or it would cover what is drawn


def test_a_narrow_picture_stays_as_it_is_unless_it_has_neighbours():
    fig = figure(3.0)
    fig.axes[0].tick_params(labelsize=8)
    fig.axes[0].get_legend().get_texts()[0].set_fontsize(8)
    legible([fig], 288)
    assert smallest([fig]) == pytest.approx(8 / 0.75)
    legible([fig], 288, parts=3)
    assert smallest([fig]) == pytest.approx(9.6 / 0.8)


def test_an_image_says_how_large_its_letters_are():
    html = viz.show(figure(5.0), alt="A curve.")._repr_html_()
    assert float(re.search(r'data-letters="([\d.]+)"', html)[1]) == pytest.approx(9.6 * 480 / 358, abs=0.1)
    empty = Figure(figsize=(2, 2))
    assert smallest([empty]) == 0
