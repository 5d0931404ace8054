"""The figures of the project, its pad, and what prepares pictures: each does what the chapter says."""

import base64
import io
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from scipy import ndimage

from mlpkit import Dataset, viz
from mlpkit.distortion import distort, move
from mlpkit.pictures import count_blocks, find_ink, fit_frame, to_digit
from mlpkit.viz import pad, preparation, project

PLOTS = [
    (viz.plot_distorted, {"turn": 0, "right": 0, "zoom": 1}),
    (viz.plot_distorted, {"turn": -45, "right": 2, "zoom": 0.6}),
    *[(viz.plot_preparation, {"step": step, "thickness": 1}) for step in range(4)],
    (viz.plot_preparation, {"step": 3, "thickness": 20}),
    (viz.plot_margin, {"accuracy": 0.85, "m": 50}),
    (viz.plot_margin, {"accuracy": 0.99, "m": 10000}),
]


@pytest.mark.parametrize(("plot", "setting"), PLOTS)
def test_a_plot_draws_on_the_given_axis_and_says_what(plot, setting):
    ax, untouched = Figure().subplots(1, 2)
    told = plot(**setting, ax=ax)
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title()
    assert not [*untouched.lines, *untouched.images, *untouched.patches]
    assert told.endswith(".")
    assert len(told) > 40


@pytest.mark.parametrize("strip", [viz.strip_distorted, viz.strip_preparation, viz.strip_margin])
def test_a_strip_has_a_description(strip):
    picture = strip()
    assert picture.rows[0][0].png.startswith(b"\x89PNG")
    assert "Panel 4" in picture.alt


@pytest.mark.parametrize("explorer", [viz.explore_distorted, viz.explore_preparation, viz.explore_margin])
def test_an_explorer_says_what_it_would_show(explorer):
    assert "sliders" in explorer().note


def test_the_animation_plays_in_few_frames():
    player = viz.animate_distorted()
    assert player.player.count("data:image/png;base64") <= 31
    assert "trained" in player.alt


def test_a_move_by_a_pixel_is_what_fools_the_plain_network():
    alt = viz.strip_distorted().alt
    assert "original images says 6 (" in alt.split("Panel 2")[0]
    assert "changed copies says 6 (" in alt.split("Panel 2")[1]
    assert "original images says 6 (" not in alt.split("Panel 2")[1].split("Panel 3")[0]


def test_changed_copies_prepare_a_network():
    digits = Dataset("digits")
    X = distort(digits.X_test, rng=1)
    plain, prepared = (np.mean(one.predict(X).argmax(axis=1) == digits.y_test) for one in project.readers())
    assert plain < 0.6
    assert prepared > 0.85


def test_the_gallery_shows_the_surest_mistakes_first():
    P = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]])
    alt = viz.draw_gallery(np.eye(4), [0, 0, 0, 1], P).alt
    assert alt.startswith("2 of 2 mistakes")
    assert alt.index("0.80") < alt.index("0.60")
    with pytest.raises(ValueError, match="no mistake"):
        viz.draw_gallery(np.eye(4)[:1], [0], P[:1])


def test_a_move_agrees_with_scipy():
    X = Dataset("digits").X_test[:5]
    for down, right in ((0.5, 0), (-1.25, 0.75), (0, -2)):
        theirs = [ndimage.shift(one.reshape(8, 8), (down, right), order=1, mode="grid-constant", cval=-1) for one in X]
        np.testing.assert_allclose(move(X, down, right).reshape(-1, 8, 8), theirs, atol=1e-5)


def test_a_quarter_turn_and_a_zoom():
    X = Dataset("digits").X_test[:5]
    quarter = np.rot90(X.reshape(-1, 8, 8), -1, axes=(1, 2)).reshape(-1, 64)
    np.testing.assert_allclose(move(X, 0, 0, 90), quarter, atol=1e-5)
    assert (move(X, 0, 0, 0, 0.25).reshape(-1, 8, 8)[:, [0, -1]] == -1).all()  # little is left, in the middle


def test_distorted_images_stay_in_range_and_change_each_time():
    X = Dataset("digits").X_test[:50]
    rng = np.random.default_rng(0)
    first, second = distort(X, rng, noise=0.3), distort(X, rng)
    assert first.min() >= -1
    assert first.max() <= 1
    assert not np.array_equal(first, second)
    with pytest.raises(ValueError, match="square"):
        distort(np.zeros((2, 5)), 0)


def test_most_digits_survive_the_way_through_a_picture():
    """A digit that is printed large, on grey paper, at some place, comes back as itself or is read all the same."""
    digits, (_, reader) = Dataset("digits"), project.readers()
    read = 0
    for image, truth in zip(digits.X_test[:60], digits.y_test, strict=False):
        paper = np.full((200, 170), 230.0)
        paper[30:150, 20:140] -= np.kron((image.reshape(8, 8) + 1) / 2, np.ones((15, 15))) * 180
        read += int(reader.predict(to_digit(paper)[None]).argmax() == truth)
    assert read > 36


def test_empty_paper_is_no_ink():
    assert not find_ink(np.full((9, 9), 200)).any()
    assert not fit_frame(np.zeros((3, 4))).any()
    assert (to_digit(np.full((9, 9), 200)) == -1).all()
    assert count_blocks(np.ones((32, 32))).tolist() == [[16] * 8] * 8


def png(picture):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def test_pictures_are_read_as_brightness():
    four = preparation.drawn_four()
    np.testing.assert_array_equal(pad.read_picture(png(four.astype(np.uint8))), four)
    clear = np.zeros((4, 5, 4), np.uint8)  # black, but transparent
    assert (pad.read_picture(png(clear)) == 255).all()
    with pytest.raises(ValueError, match="no picture"):
        pad.read_picture(b"seven")


def test_the_pad_answers_what_is_drawn_and_what_is_loaded():
    seen = []

    def predict(X):
        seen.append(X.shape)
        return np.eye(10)[[4]]

    explorer = viz.explore_pad(to_digit, predict)
    left, _ = explorer.widget.children
    canvas, upload, wire = left.children
    assert "<canvas" in canvas.value
    content = png(preparation.drawn_four().astype(np.uint8))
    wire.value = "data:image/png;base64," + base64.b64encode(content).decode()
    assert seen == [(1, 64)]
    now = datetime.now(tz=UTC)
    upload.value = [{"name": "a", "type": "", "size": 1, "content": memoryview(content), "last_modified": now}]
    assert seen == [(1, 64)] * 2
    wire.value = "data:image/png;base64,c2V2ZW4="  # no picture: said below the pad, and nothing else happens
    assert len(seen) == 2
    assert "kernel" in explorer._repr_mimebundle_()["text/html"]


def test_two_pads_write_to_wires_of_their_own():
    first, second = (viz.explore_pad(to_digit, lambda X: X).widget.children[0].children[0].value for _ in range(2))
    assert first != second


def test_the_figures_load_without_the_module_that_holds_answers():
    code = "import sys; from mlpkit import viz; sys.exit('mlpkit.pictures' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
