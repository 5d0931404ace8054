"""The figures of the chapter on classification say what the chapter says of them."""

import re
import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from matplotlib.figure import Figure

from mlpkit import viz
from mlpkit.viz import _show, classification, encoding, perceptron, playground

PLOTS = [
    *[(viz.plot_logistic, {"step": step}) for step in (0, 1, 300)],
    *[(viz.plot_gate, {"gate": gate, "w1": 1, "w2": -1, "b": 0.5}) for gate in classification.GATES],
    (viz.plot_gate, {"gate": "AND", "w1": 0, "w2": 0, "b": 0}),
    *[(viz.plot_encoding, {"activation": name}) for name in encoding.ENCODINGS],
    (viz.plot_encoding, {"activation": "tanh", "scale": 8}),
    *[(viz.plot_perceptron, {"gate": gate, "corrections": 3}) for gate in perceptron.PATHS],
    (viz.plot_softmax, {"z1": 2, "z2": 1, "z3": -1}),
    (viz.plot_softmax, {"z1": 6, "z2": 6, "z3": -6, "temperature": 0.25}),
    (viz.plot_width, {"n_hidden": 1}),
    (viz.plot_width, {"n_hidden": 12, "noisy": True}),
    (viz.plot_confusion, {"counts": [[3, 1], [0, 2]]}),
]


@pytest.mark.parametrize(("plot", "setting"), PLOTS)
def test_a_plot_draws_on_the_given_axis_and_says_what(plot, setting):
    ax, untouched = Figure().subplots(1, 2)
    told = plot(**setting, ax=ax)
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title()
    assert not [*untouched.lines, *untouched.collections, *untouched.patches, *untouched.texts]
    assert told.endswith(".")
    assert len(told) > 40


def test_one_step_finds_most_tumours_and_the_loss_goes_on_falling():
    losses = classification._diagnosis()[1]
    assert np.all(np.diff(losses) < 0)
    assert losses[0] == pytest.approx(np.log(2))
    assert "is right about 170" in viz.plot_logistic(1, Figure().subplots())
    assert "loss 0.181 on them and is right about 174" in viz.plot_logistic(300, Figure().subplots())


def test_no_neuron_of_the_explorer_follows_xor():
    steps = np.arange(-2, 2.01, 0.25)
    w1, w2, b = np.meshgrid(steps, steps, np.arange(-3, 3.01, 0.25), indexing="ij")
    z = w1[..., None] * classification.CORNERS[:, 0] + w2[..., None] * classification.CORNERS[:, 1] + b[..., None]
    right = {gate: ((z >= 0) == wanted).sum(axis=-1).max() for gate, wanted in classification.GATES.items()}
    assert right == {"AND": 4, "OR": 4, "XOR": 3}


@pytest.mark.parametrize("gate", perceptron.PATHS)
def test_the_film_of_the_perceptron_follows_its_rule(gate):
    path, theta = [np.zeros(3)], np.zeros(3)
    while len(path) < len(perceptron.PATHS[gate]):
        for corner, truth in zip(classification.CORNERS, classification.GATES[gate], strict=True):
            row = np.array([*corner, 1.0])
            if (row @ theta >= 0) != truth:
                theta = theta + (row if truth else -row)
                path.append(theta)
    np.testing.assert_array_equal(perceptron.PATHS[gate], path[: len(perceptron.PATHS[gate])])
    told = viz.plot_perceptron(gate, len(perceptron.PATHS[gate]) - 1, Figure().subplots())
    assert ("4 of 4 are right" in told) == (gate == "AND")


def test_step_neurons_send_the_regions_to_three_corners():
    told = viz.plot_encoding("step", Figure().subplots())
    assert "below (0.00, 1.00), between (1.00, 1.00), above (1.00, 0.00)" in told


@pytest.mark.parametrize("activation", ["step", "tanh", "relu"])
def test_one_line_separates_the_codes(activation):
    assert "One straight line separates" in viz.plot_encoding(activation, Figure().subplots())


def test_the_playground_draws_a_map_for_each_hidden_neuron():
    ax = Figure().subplots()
    told = viz.plot_playground("moons", 2, 5, "relu", 0.03, ax)
    assert len(ax.child_axes) == 1 + 2 * 5
    assert ax.child_axes[0].get_xlabel()
    assert ax.child_axes[0].get_ylabel()
    assert "2 hidden layers of 5 relu neurons" in told


@pytest.mark.parametrize(
    ("depth", "width", "shape", "hidden"),
    [
        (0, 4, "no hidden neurons", "no hidden layer"),
        (1, 2, "1 layer of 2", "1 hidden layer of 2 tanh neurons"),
        (2, 3, "2 layers of 3", "2 hidden layers of 3 tanh neurons"),
    ],
)
def test_the_title_of_the_playground_names_data_and_network(depth, width, shape, hidden):
    ax = Figure().subplots()
    told = viz.plot_playground("circles", depth, width, "tanh", 0.03, ax)
    loss, right = re.search(r"loss ([\d.]+), ([\d.]+) percent", told).groups()
    assert ax.get_title(loc="left") == f"circles, {shape}\nloss {loss}, {right} % right"
    assert told.startswith(f"Circles, {hidden}, learning rate 0.03: ")


@pytest.mark.parametrize(("depth", "width"), [(1, 3), (1, 8), (2, 8), (3, 4), (3, 8)])
def test_no_map_of_the_playground_covers_another(depth, width):
    fig = Figure(figsize=(8.4, 4.2))
    viz.plot_playground("xor", depth, width, "tanh", 0.03, fig.subplots())
    fig.draw_without_rendering()
    maps = [each.get_window_extent() for each in fig.axes[0].child_axes]
    assert not [(one, other) for one, other in combinations(maps, 2) if one.overlaps(other)]
    assert max(each.x1 for each in maps) <= fig.bbox.x1


@pytest.mark.parametrize("make", [viz.strip_width, viz.strip_playground])
def test_nothing_is_cut_off_and_no_legend_covers_a_sample(make, monkeypatch):
    monkeypatch.setattr(_show, "drawn", lambda fig, *_: fig)
    fig = make()
    fig.draw_without_rendering()
    for ax in fig.axes:
        around = ax.get_tightbbox()
        assert fig.bbox.y0 <= around.y0
        assert around.y1 <= fig.bbox.y1
    ax = (fig.axes[0].child_axes or fig.axes)[0]
    legend = ax.get_legend().get_window_extent()
    assert not legend.overlaps(ax.get_window_extent())
    assert not legend.overlaps(ax.xaxis.label.get_window_extent())


@pytest.mark.parametrize("rate", [0.001, 10.0])
@pytest.mark.parametrize("activation", playground.ACTIVATIONS)
def test_the_playground_survives_any_learning_rate(rate, activation):
    assert "percent" in viz.plot_playground("spirals", 3, 8, activation, rate, Figure().subplots())


def _right(told):
    return float(re.findall(r"([\d.]+) percent", told)[0])


def test_the_strips_show_what_the_text_says():
    alone, two, four, spirals = (
        _right(f"{part} percent") for part in re.findall(r"([\d.]+) percent", viz.strip_playground().alt)
    )
    assert alone < 60 < two < 90 < min(four, spirals)
    ax = Figure().subplots()
    assert _right(viz.plot_width(2, ax)) < 90
    assert _right(viz.plot_width(3, ax)) == _right(viz.plot_width(10, ax)) == 100
    assert _right(viz.plot_width(2, ax, noisy=True)) < 90
    assert _right(viz.plot_width(10, ax, noisy=True)) == 100


@pytest.mark.parametrize(
    "make", [viz.strip_logistic, viz.strip_gate, viz.strip_encoding, viz.strip_softmax, viz.strip_width]
)
def test_strips_have_a_picture_and_a_text_for_each_panel(make):
    picture = make()
    assert picture.rows[0][0].png.startswith(b"\x89PNG")
    assert "Panel 3" in picture.alt


@pytest.mark.parametrize(
    "make",
    [
        viz.explore_logistic,
        viz.explore_gate,
        viz.explore_encoding,
        viz.explore_softmax,
        viz.explore_playground,
        viz.explore_width,
    ],
)
def test_explorers_build(make):
    bundle = make()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "sliders" in bundle["text/html"]


def test_images_have_a_text_that_names_each():
    picture = viz.draw_images(np.eye(4), ["one", "two", "three", "four"], "Four images.", signed=True, columns=2)
    assert picture.alt.startswith("Four images.")
    assert "four" in picture.alt


def test_a_confusion_matrix_names_the_most_frequent_mistake():
    assert "b taken for a, 3 times" in viz.draw_confusion([[5, 1], [3, 4]], ["a", "b"]).alt
    assert "mistake" not in viz.draw_confusion(np.diag([5, 4])).alt


def test_the_animation_has_few_frames_and_a_description():
    animation = viz.animate_logistic()
    assert len(re.findall(r"frames\[\d+\] =", animation.player)) == len(classification.FRAMES) <= 30
    assert len(animation.alt) > 100


def test_the_figures_load_without_the_modules_that_hold_answers():
    masked = ["mlpkit.activations", "mlpkit.layers", "mlpkit.network", "mlpkit.losses", "mlpkit.datasets", "sklearn"]
    code = f"import sys; from mlpkit import viz; sys.exit(any(name in sys.modules for name in {masked}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
