"""The figures of the warm-up say the numbers that numpy computes."""

import re
from itertools import product

import numpy as np
import pytest
from matplotlib.figure import Figure

from mlpkit import viz
from mlpkit.viz.arrays import SHAPES, TABLE, A, B

PLOTS = [
    *[(viz.plot_broadcast, {"left": p, "right": q}) for p, q in product(SHAPES, repeat=2)],
    *[
        (viz.plot_reduction, {"axis": axis, "keepdims": keep, "operation": name})
        for axis in (None, 0, 1)
        for keep in (True, False)
        for name in ("sum", "mean", "max")
    ],
    *[(viz.plot_product, {"step": step}) for step in (0, 1, 12)],
    *[(viz.plot_sums, {"n": n}) for n in (1, 2, 20)],
]


@pytest.mark.parametrize(("plot", "setting"), PLOTS)
def test_a_plot_draws_on_the_given_axis_and_says_what(plot, setting):
    ax, untouched = Figure().subplots(1, 2)
    told = plot(**setting, ax=ax)
    assert ax.lines or ax.patches
    assert ax.get_title()
    assert not [*untouched.lines, *untouched.patches, *untouched.texts]
    assert told.endswith(".")
    assert len(told) > 20


def numbers(ax):
    found = [text.get_text().replace("−", "-") for text in ax.texts]
    return [float(text) for text in found if re.fullmatch(r"-?\d+(\.\d+)?", text)]


@pytest.mark.parametrize(("left", "right"), list(product(SHAPES, repeat=2)))
def test_broadcasting_is_numpys(left, right):
    ax = Figure().subplots()
    told = viz.plot_broadcast(left, right, ax)
    try:
        shape = np.broadcast_shapes(left, right)
    except ValueError:
        assert "do not fit" in told
        assert "do not fit" in ax.get_title()
    else:
        assert f"of shape {shape}" in told
        assert ax.get_title().endswith(f"gives {shape}")
        assert ("left array is used" in told) == (left != shape)
        p, q = (np.arange(1, np.prod(s, dtype=int) + 1).reshape(s) for s in (left, right))
        total = (10 * p + q).ravel()
        assert numbers(ax)[-total.size :] == total.tolist()


@pytest.mark.parametrize(("axis", "keepdims"), list(product((None, 0, 1), (True, False))))
def test_reductions_are_numpys(axis, keepdims):
    ax = Figure().subplots()
    told = viz.plot_reduction(axis, ax, keepdims=keepdims)
    result = TABLE.sum(axis=axis, keepdims=keepdims)
    assert f"shape {result.shape}" in ax.get_title()
    assert f"of shape {result.shape}: " in told
    assert numbers(ax)[TABLE.size :] == np.ravel(result).tolist()


def test_the_product_fills_row_by_row():
    ax = Figure().subplots()
    told = viz.plot_product(6, ax)
    assert "row 1, column 1:  0·0 + 3·1 = 3." in told
    assert numbers(ax)[A.size + B.size :] == (A @ B).ravel()[:6].tolist()
    with pytest.raises(ValueError, match="0 to 12, not 13"):
        viz.plot_product(13, ax)


def test_the_animation_has_a_frame_for_each_entry():
    animation = viz.animate_product()
    assert len(re.findall(r"frames\[\d+\] = ", animation.player)) == 13
    assert "[[7, 2, 2, 3]" in animation.alt
    assert len(animation.player) < 600_000


def test_sums_of_dice_have_the_mean_and_the_variance_of_the_text():
    for n in (1, 2, 10):
        told = viz.plot_sums(n, Figure().subplots())
        mean, variance = (float(v) for v in re.findall(r"mean ([\d.]+) and variance ([\d.]+);", told)[0])
        assert mean == pytest.approx(3.5 * n, rel=0.01)
        assert variance == pytest.approx(35 / 12 * n, rel=0.05)


@pytest.mark.parametrize("strip", [viz.strip_broadcast, viz.strip_reduction, viz.strip_sums])
def test_a_strip_describes_each_panel(strip):
    alt = strip().alt
    assert 3 <= len(re.findall(r"Panel \d:", alt)) <= 4


@pytest.mark.parametrize("explore", [viz.explore_broadcast, viz.explore_reduction, viz.explore_sums])
def test_an_explorer_draws_again(explore, capsys):
    *controls, picture = explore().widget.children
    assert type(picture).__name__ == "Output"
    capsys.readouterr()
    last = controls[-1]
    if hasattr(last, "options"):
        last.index = len(last.options) - 1
    else:
        last.value = not last.value if isinstance(last.value, bool) else last.max
    assert "Picture:" in capsys.readouterr().out  # outside a notebook, display prints
