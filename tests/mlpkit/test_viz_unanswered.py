"""An explorer whose kernel is gone says so: with sliders, with drawings made before, with a pad."""

from __future__ import annotations

import pytest

from mlpkit import viz
from mlpkit.pictures import to_digit


@pytest.mark.parametrize(
    "make",
    [viz.explore_activation, viz.explore_preparation, lambda: viz.explore_pad(to_digit, lambda X: X)],
    ids=["sliders", "scenes", "pad"],
)
def test_a_note_stands_above_and_what_moves_writes_into_it(make):
    explorer = make()
    style, note = explorer.above.children
    assert "The kernel does not answer" in style.value
    assert "mlpkit-unanswered" in note._dom_classes
    note.value = "7"  # as the page does
    assert note.value == "", "a kernel that runs empties it"
    assert explorer.above not in explorer.widget.children
    assert "application/vnd.jupyter.widget-view+json" in explorer._repr_mimebundle_()
