"""Drawings of every setting, made before for pages without a kernel."""

from __future__ import annotations

import re

import pytest

from mlpkit import viz
from mlpkit.viz._scene import places_of, scene_table


def plot(step, ax):
    ax.plot([0, 1], [0, step])
    ax.set_title(f"mean {1.5 * step:.2f}")
    return f"A line to {step}."


def svg(table, at):
    return "".join(table["pieces"][i] for i in table["scenes"][table["at"][at]])


def test_each_combination_has_its_drawing_and_its_sentence():
    table = scene_table(plot, {"step": [("one", 1), ("two", 2), ("again", 1)]}, (6, 3))
    assert table["told"] == ["A line to 1.", "A line to 2."]
    assert table["at"] == [0, 1, 0]
    assert "mean 1.50" in svg(table, 0)
    assert "mean 3.00" in svg(table, 1)
    for at in (0, 1):
        drawn = svg(table, at)
        assert drawn.count("<g>") == drawn.count("</g>")
        assert not re.search(r"<style|<metadata|<!--|id=\"figure", drawn)
    assert table["size"][0] == 432  # wider ones cannot be read on a phone


def test_what_drawings_share_is_written_once():
    table = scene_table(plot, {"step": [(str(i), i) for i in (1, 2, 3, 4)]}, (4, 3))
    assert len(table["pieces"]) < 0.75 * sum(map(len, table["scenes"]))


def test_a_trial_draws_the_first_and_the_last():
    table = scene_table(plot, {"step": [(str(i), i) for i in (1, 2, 3, 4)]}, (4, 3), few=True)
    assert table["told"] == ["A line to 1.", "A line to 4."]
    assert table["at"] == [0, 0, 0, 1]


def test_places_are_those_of_the_control(capsys):
    *controls, _ = viz.explore_reduction().widget.children
    assert [text for text, _ in places_of(controls[1])] == ["None", "0", "1"]
    assert places_of(controls[2]) == [("no", False), ("yes", True)]
    (dice, _) = viz.explore_sums().widget.children
    assert places_of(dice)[-1] == ("20", 20)
    turn, *_ = viz.explore_distorted().widget.children
    assert places_of(turn, (-45, 0)) == [("−45", -45), ("0", 0)]


@pytest.mark.parametrize(("share", "said"), [(0.9975, "99.7"), (0.9999, "99.9"), (1, "100"), (0.5, "50"), (0.29, "29")])
def test_only_all_are_a_hundred_percent(share, said):
    assert viz._picture.percent(share) == said
