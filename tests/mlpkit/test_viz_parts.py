"""Parts of a picture: which there are, what is written on each, and how a page sets them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from mlpkit import viz
from mlpkit.viz import _picture
from mlpkit.viz._parts import boxes


def images(rows: int, columns: int, size: tuple[float, float], left_out: int = 0) -> Figure:
    fig = Figure(figsize=size, layout="constrained")
    for number, ax in enumerate(np.ravel(fig.subplots(rows, columns))):
        ax.imshow(np.arange(4).reshape(2, 2), cmap="Greys")
        ax.set(xticks=[], yticks=[], title="a 5" if number < columns else "")
        ax.set_visible(number < rows * columns - left_out)
    return fig


def curves(**shared: bool) -> Figure:
    fig = Figure(figsize=(9, 3), layout="constrained")
    axes = fig.subplots(1, 3, **shared)
    for ax in axes:
        ax.plot([1, 2], [3, 4])
    axes[0].set(ylabel="size")
    return fig


@pytest.mark.parametrize(
    ("rows", "columns", "width", "groups"),
    [(1, 10, 8, 2), (6, 8, 7.6, 2), (2, 6, 7.5, 2), (2, 3, 3, 1), (2, 7, 8, 7)],
)
def test_images_are_cut_into_equal_groups_of_whole_columns(rows, columns, width, groups):
    fig = images(rows, columns, (width, rows * 1.1))
    [row] = boxes(fig)
    assert [len(inside) for _, inside in row] == [rows * columns // groups] * groups
    first = row[0][1]
    assert {fig.axes.index(ax) % columns for ax in first} == set(range(columns // groups))


def test_eight_images_fit_the_column_of_a_page_and_four_that_of_a_phone():
    for row in viz.draw_images(np.zeros((16, 64)), ["a"] * 16, alt="Nothing.").rows:
        assert [part.width for part in row] == [pytest.approx(346, abs=4)] * 2


def test_copies_stay_below_what_they_are_copies_of():
    fig = images(2, 8, (7.5, 2.4))
    for ax in fig.axes[8:]:
        ax.set_title("changed")
    [row] = boxes(fig)
    assert [[fig.axes.index(ax) % 8 for ax in inside] for _, inside in row] == [
        [0, 0, 1, 1, 2, 2, 3, 3],
        [4, 4, 5, 5, 6, 6, 7, 7],
    ]


@pytest.mark.parametrize(("left_out", "sizes"), [(0, [[4, 4], [4, 4]]), (3, [[4, 4], [4, 1]]), (5, [[4, 4], [3]])])
def test_images_with_a_title_each_are_read_row_by_row(left_out, sizes):
    fig = images(2, 8, (7.5, 2.4), left_out)
    for number, ax in enumerate(fig.axes):
        ax.set_title(f"a {number}")
    found = boxes(fig)
    assert [[len(inside) for _, inside in row] for row in found] == sizes
    order = [fig.axes.index(ax) for row in found for _, inside in row for ax in inside]
    assert order == list(range(16 - left_out))
    assert np.ptp([right - left for row in found for (left, _, right, _), _ in row]) < 0.05


def test_all_images_without_numbers_have_four_edges():
    fig = images(1, 2, (3, 2))
    viz.show(fig, alt="Two.")
    assert all(spine.get_visible() for ax in fig.axes for spine in ax.spines.values())


def test_brightness_is_marked_and_signs_are_not():
    pixels = np.linspace(-1, 1, 64)[None]
    assert "data-pixels" in viz.draw_images(pixels, ["a"], alt="A digit.")._repr_html_()
    assert "data-pixels" not in viz.draw_images(pixels, ["a"], alt="Weights.", signed=True)._repr_html_()
    assert "data-pixels" not in viz.draw_confusion(np.eye(3))._repr_html_()
    assert "data-pixels" in viz.strip_preparation()._repr_html_()


@pytest.mark.parametrize("shared", [True, False])
def test_each_part_has_the_numbers_and_the_name_of_an_axis_that_it_shares(shared):
    fig = curves(sharey=shared)
    viz.show(fig, alt="Three curves.")
    assert [ax.get_ylabel() for ax in fig.axes] == (["size"] * 3 if shared else ["size", "", ""])
    assert all(ax.yaxis.get_tick_params()["labelleft"] for ax in fig.axes)


def test_panels_that_stay_together_share_their_numbers():
    fig = Figure(figsize=(3.5, 2), layout="constrained")
    fig.subplots(1, 2, sharey=True)
    viz.show(fig, alt="Two narrow panels.")
    assert [ax.yaxis.get_tick_params()["labelleft"] for ax in fig.axes] == [True, False]


def test_parts_of_a_line_keep_their_proportions():
    html = viz.show(curves(), alt="Three curves.")._repr_html_()
    items = re.findall(r"flex: (\d+) 1 (\d+)px; min-width: 0; max-width: (\d+)px", html)
    assert len(items) == 3
    for grow, basis, most in items:
        assert grow == most
        assert int(basis) == pytest.approx(_picture.SHRINK * int(most), abs=1)
    assert "row-gap: 1rem" in html


def test_there_is_room_between_rows_and_none_below_the_last():
    fig = Figure(figsize=(9, 6), layout="constrained")
    fig.subplots(2, 2)
    html = viz.show(fig, alt="Four empty panels.")._repr_html_()
    assert html.count("margin-bottom: 1rem") == 1


def test_an_image_without_a_frame_keeps_off_the_edge_of_its_part():
    fig = Figure(figsize=(4, 3), layout="constrained")
    ax = fig.subplots()
    ax.imshow(np.zeros((3, 4)), cmap="Greys", aspect="auto")
    viz.show(fig, alt="Grey.")
    assert ax.get_position().x1 * 4 <= 4 - 0.1 + 1e-6
