"""The figures of the chapter on backpropagation say what the chapter says of them."""

import re
import subprocess
import sys

import pytest
from matplotlib.figure import Figure

from mlpkit import viz
from mlpkit.viz.backprop import BUGS, FUNCTIONS

PLOTS = [
    *[
        (viz.plot_step_size, {"name": name, "x": 1.0, "precision": p})
        for name in FUNCTIONS
        for p in ("float64", "float32")
    ],
    *[(viz.plot_bug, {"version": version}) for version in BUGS],
    *[(viz.plot_xor, {"step": step}) for step in (0, 55, 400)],
]


@pytest.mark.parametrize(("plot", "setting"), PLOTS)
def test_a_plot_draws_on_the_given_axis_and_says_what(plot, setting):
    ax, untouched = Figure().subplots(1, 2)
    told = plot(**setting, ax=ax)
    assert ax.lines
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert not [*untouched.lines, *untouched.collections, *untouched.patches, *untouched.texts]
    assert told.endswith(".")


def test_the_best_step_is_larger_for_two_sides_and_for_fewer_digits():
    told = viz.plot_step_size("sine", 1.0, Figure().subplots())
    both, one = (int(power) for power in re.findall(r"near h = 1e(-?\d+)", told))
    assert both in (-6, -5)
    assert one in (-9, -8)
    coarse = viz.plot_step_size("sine", 1.0, Figure().subplots(), precision="float32")
    assert int(re.findall(r"near h = 1e(-?\d+)", coarse)[0]) in (-3, -2)


@pytest.mark.parametrize(
    ("version", "wrong"),
    [("A", [0, 0, 0, 0]), ("B", [6, 3, 3, 1]), ("C", [6, 3, 0, 0]), ("D", [0, 3, 0, 0]), ("E", [0, 0, 3, 0])],
)
def test_each_bug_spoils_what_the_chapter_says(version, wrong):
    told = viz.plot_bug(version, Figure().subplots())
    assert [int(count) for count in re.findall(r": (\d) of", told)] == wrong


def test_xor_is_learned():
    told = viz.plot_xor(400, Figure().subplots())
    assert [round(float(p)) for p in re.findall(r"(\d\.\d\d) at", told)] == [0, 1, 1, 0]
    first = viz.plot_xor(0, Figure().subplots())
    assert [round(float(p)) for p in re.findall(r"(\d\.\d\d) at", first)] != [0, 1, 1, 0]


@pytest.mark.parametrize("make", [viz.strip_step_size, viz.strip_bug, viz.strip_xor])
def test_strips_have_a_picture_and_a_text_for_each_panel(make):
    picture = make()
    assert picture.rows[0][0].png.startswith(b"\x89PNG")
    assert "Panel 3" in picture.alt


@pytest.mark.parametrize("make", [viz.explore_step_size, viz.explore_bug, viz.explore_xor])
def test_explorers_build(make):
    bundle = make()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "sliders" in bundle["text/html"]


@pytest.mark.parametrize(("make", "frames"), [(viz.animate_graph, 9), (viz.animate_xor, 16)])
def test_animations_have_few_frames_and_a_description(make, frames):
    animation = make()
    assert len(re.findall(r"frames\[\d+\] =", animation.player)) == frames
    assert len(animation.alt) > 100


def test_the_figures_load_without_the_modules_that_hold_answers():
    masked = ["mlpkit.graph", "mlpkit.layers", "mlpkit.gradcheck", "mlpkit.network", "mlpkit.losses"]
    code = f"import sys; from mlpkit import viz; sys.exit(any(name in sys.modules for name in {masked}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_gradient_check_says_on_which_side_of_the_line_entries_agree():
    ax = Figure().subplots()
    viz.plot_bug("D", ax)
    assert [(text.get_text(), text.get_va()) for text in ax.texts] == [("differs", "bottom"), ("agrees", "top")]
