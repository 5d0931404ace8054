"""Plots draw on the given axis, pictures describe themselves, explorers build."""

import re
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from mlpkit import viz
from mlpkit.activations import ACTIVATIONS
from mlpkit.viz import _show, neuron

PLOTS = [
    (viz.plot_neuron, {"w1": 1, "w2": -2, "b": 0.5}),
    (viz.plot_neuron, {"w1": 0, "w2": 0, "b": 0}),
    (viz.plot_neuron, {"w1": 0, "w2": 0, "b": -1}),
    (viz.plot_neuron, {"w1": 0.25, "w2": 0, "b": 3}),
    *[(viz.plot_activation, {"name": name, "w": w, "b": 1}) for name in ACTIVATIONS for w in (-2, 0, 1)],
    (viz.plot_activation, {"name": "sigmoid", "slope": False}),
    (viz.plot_regression, {"w": 4, "b": 4}),
    (viz.plot_neuron_diagram, {"x": [1, 2], "w": [3, 4], "b": 5, "activation": "tanh", "output": 1}),
    (viz.plot_network, {"sizes": [2, 3, 1], "names": ["in", "hidden", "out"]}),
]
STRIPS = [
    viz.strip_neuron,
    viz.strip_activation,
    viz.strip_regression,
    lambda: viz.draw_neuron([1, 2, 3], [1, 0.5, 1], 0.5, 5.5),
    lambda: viz.draw_network([3, 4, 2]),
]
EXPLORERS = [viz.explore_neuron, viz.explore_activation, viz.explore_regression]


@pytest.mark.parametrize(("plot", "setting"), PLOTS)
def test_a_plot_draws_on_the_given_axis_and_says_what(plot, setting):
    ax, untouched = Figure().subplots(1, 2)
    told = plot(**setting, ax=ax)
    assert ax.lines or ax.collections or ax.patches
    assert not [*untouched.lines, *untouched.collections, *untouched.patches, *untouched.texts]
    assert told.endswith(".")
    assert len(told) > 20


def test_the_neuron_is_described_with_its_numbers():
    told = viz.plot_neuron(3, 4, -5, Figure().subplots())
    assert "weights (3, 4) and bias -5" in told
    assert "(0.6, 0.8)" in told  # the foot of the perpendicular from the origin: 5/25·(3, 4)


def test_the_film_of_the_neuron_turns_the_line_then_moves_it_then_leaves_it(monkeypatch):
    monkeypatch.setattr(neuron, "animate", lambda plot, frames, alt, **_: (plot, frames, alt))
    plot, frames, alt = viz.animate_neuron()
    assert plot is viz.plot_neuron
    w, b = np.array([(one["w1"], one["w2"]) for one in frames]), np.array([one["b"] for one in frames])
    turning, moving, doubling = slice(0, 13), slice(12, 19), slice(18, 22)
    assert np.linalg.norm(w[turning], axis=1) == pytest.approx(1.5, abs=0.01)
    angles = np.unwrap(np.arctan2(*w[turning].T[::-1]))
    assert angles[-1] - angles[0] == pytest.approx(2 * np.pi)
    assert np.ptp(b[turning]) == 0
    assert np.ptp(w[moving], axis=0).tolist() == [0, 0]
    assert (b[moving][0], b[moving][-1]) == (-1, 2)
    foot = (b[:, None] * w / (w**2).sum(axis=1, keepdims=True))[doubling]
    assert np.ptp(foot, axis=0) == pytest.approx(0, abs=0.01)
    assert (*w[-1], b[-1]) == pytest.approx((2 * w[18, 0], 2 * w[18, 1], 2 * b[18]))
    assert len(frames) == 22
    assert "-1 to 2" in alt


def test_a_neuron_without_weights_has_no_line():
    assert "never fires" in viz.plot_neuron(0, 0, -1, Figure().subplots())
    assert "always fires" in viz.plot_neuron(0, 0, 0, Figure().subplots())


def test_the_jump_of_the_step_is_not_joined_by_a_line():
    ax = Figure().subplots()
    viz.plot_activation("step", ax)
    assert np.isnan(ax.lines[0].get_ydata()).sum() == 1


@pytest.mark.parametrize(("name", "gaps"), [("relu", 1), ("leaky_relu", 1), ("sigmoid", 0), ("tanh", 0)])
@pytest.mark.parametrize("w", [-4, 0.5, 1, 4])
def test_a_slope_that_jumps_is_not_joined_by_a_line(name, gaps, w):
    ax = Figure().subplots()
    viz.plot_activation(name, ax, w=w, b=1)
    output, slope = (line.get_ydata() for line in ax.lines)
    assert np.isnan(output).sum() == 0
    assert np.isnan(slope).sum() == gaps


def test_the_leaky_relu_can_be_told_from_relu():
    ax = Figure().subplots()
    told = viz.plot_activation("leaky_relu", ax)
    x, output = ax.lines[0].get_data()
    np.testing.assert_allclose(output, np.where(x > 0, x, x / 10))
    assert ax.get_title() == "leaky ReLU (ε = 0.1)"
    assert told.startswith("leaky ReLU (ε = 0.1)")
    assert "nearly zero on 0 percent" in told  # so that nothing is hatched


def test_the_first_panel_of_a_strip_says_what_is_what(monkeypatch):
    monkeypatch.setattr(neuron, "strip", lambda plot, settings, **_: settings)
    assert [one["legend"] for one in viz.strip_activation()] == ["upper left"] + [False] * 5
    ax = Figure().subplots()
    viz.plot_activation("identity", ax)
    entries = [text.get_text() for text in ax.get_legend().get_texts()]
    assert entries == ["output $a$", "slope of the curve", "nearly flat"]  # though nothing is flat in this panel


@pytest.mark.parametrize(("w", "b", "at"), [(1, 0, 0), (1, -3, 3), (4, 0, 0), (-2, -1, -0.5)])
def test_without_a_slope_a_dot_marks_where_the_neuron_changes_its_mind(w, b, at):
    ax = Figure().subplots()
    told = viz.plot_activation("sigmoid", ax, w=w, b=b, slope=False)
    _, dot = ax.lines
    assert dot.get_xydata().tolist() == [[at, 0.5]]
    assert f"A dot marks the input {at:g}, where z = 0 and the output is 0.5." in told
    assert ax.get_title() == f"$w$ = {w}, $b$ = {b}".replace("-", "−")
    assert ax.get_ylim() == (-0.1, 1.1)


@pytest.mark.parametrize(("w", "b"), [(0, 1), (0.5, 4)])
def test_there_is_no_dot_outside_the_picture(w, b):
    ax = Figure().subplots()
    assert "dot" not in viz.plot_activation("tanh", ax, w=w, b=b, slope=False)
    assert len(ax.lines) == 1


def test_the_regression_shows_its_error():
    ax = Figure().subplots()
    told = viz.plot_regression(4, 4, ax)  # residuals 0, -1, 1, -1, 2, 0: mean square 7/6
    assert "MSE 1.2 min²" in ax.get_title()
    assert "error 1.2 square minutes" in told


@pytest.mark.parametrize("strip", STRIPS)
def test_a_picture_is_an_image_with_alternative_text(strip):
    html = strip()._repr_html_()
    parts = re.findall(r'<img alt="([^"]*)" width="(\d+)" height="\d+" [^>]*src="data:image/png;base64,', html)
    assert len(parts) == html.count("<img") > 0
    for alt, width in parts:
        assert len(alt) > 40
        assert not alt.endswith((".png", ".ipynb"))
        assert int(width) <= 672  # a diagram in one piece; panels are narrower


def test_the_strip_describes_each_panel():
    alt = viz.strip_regression().alt
    assert [f"Panel {i}:" in alt for i in (1, 2, 3, 4)] == [True, True, True, False]


def test_alternative_text_is_escaped():
    html = viz.show(Figure(figsize=(1, 1)), alt='a "b" < c')._repr_html_()
    assert 'alt="a &quot;b&quot; &lt; c"' in html


def test_a_picture_without_description_is_refused():
    with pytest.raises(ValueError, match="needs a description"):
        viz.show(Figure(), alt=" ")


def test_show_closes_a_pyplot_figure(monkeypatch):
    mpl.use("agg")
    import matplotlib.pyplot as plt

    fig, _ = plt.subplots()
    viz.show(fig, alt="nothing")
    assert fig.number not in plt.get_fignums()


@pytest.mark.parametrize("explore", EXPLORERS)
def test_an_explorer_has_sliders_that_wait_until_let_go(explore, capsys):
    explorer = explore()
    *controls, picture = explorer.widget.children
    assert type(picture).__name__ == "Output"
    assert all(not c.continuous_update for c in controls if hasattr(c, "continuous_update"))
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "kernel" in bundle["text/html"]
    capsys.readouterr()
    controls[-1].value = controls[-1].max
    assert "Picture:" in capsys.readouterr().out  # drawn again; outside a notebook, display prints


@pytest.mark.parametrize(
    ("low", "high", "step", "shown"), [(0, 9, 1, "d"), (-20, 20, 5, "d"), (0, 2, 0.25, ".2f"), (0.5, 4.5, 1, ".2f")]
)
def test_a_slider_shows_whole_numbers_without_a_point(low, high, step, shown):
    assert _show.slider("steps", low, high, low, step).readout_format == shown


def test_the_labels_of_an_explorer_take_nothing_from_its_tracks():
    sliders = {name: _show.slider(name, 0, 1, 0, 0.5) for name in ("b", "move right (pixels)")}
    _show.explore(lambda ax, **_: "A drawing.", sliders, (2, 2), "none")
    for one in sliders.values():
        assert (one.style.description_width, one.layout.width) == ("19ch", "calc(19ch + 300px)")


def test_a_title_keeps_off_the_panel_above(monkeypatch):
    monkeypatch.setattr(_show, "drawn", lambda fig, *_: fig)
    fig = viz.strip_activation()
    fig.draw_without_rendering()
    above, below = fig.axes[0].get_tightbbox(), fig.axes[3].get_tightbbox()
    assert above.y0 - below.y1 > 0.2 * fig.dpi


def test_importing_loads_neither_pyplot_nor_ipywidgets():
    code = "import sys, mlpkit.viz; print([m for m in ('matplotlib.pyplot', 'ipywidgets') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_menu_offers_the_activations_of_the_chapter():
    menu = viz.explore_activation().widget.children[0]
    assert menu.options == ("identity", "step", "sigmoid", "tanh", "relu", "leaky_relu")


def test_the_axis_of_an_activation_says_what_is_drawn_along_it():
    labels = []
    for slope in (True, False):
        ax = Figure().subplots()
        viz.plot_activation("tanh", ax, slope=slope)
        labels.append(ax.get_ylabel())
    assert labels == ["output $a$, slope", "output $a$"]
