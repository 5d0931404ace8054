"""An animation brings all it needs with it, and can be read without being seen."""

import re

import pytest

from mlpkit.viz import Animation, animate


def plot_line(height, ax):
    ax.plot([0, 1], [0, height])
    return f"A line up to {height}."


@pytest.fixture(scope="module")
def line() -> Animation:
    return animate(plot_line, [{"height": h} for h in (1, 2, 3)], 'A line that "rises".', size=(1, 1))


def test_every_setting_is_a_frame(line):
    frames = re.findall(r'frames\[(\d)\] = "(data:image/png;base64,[^"]+)"', line._repr_html_())
    assert [i for i, _ in frames] == ["0", "1", "2"]
    assert len({data for _, data in frames}) == 3


def test_nothing_is_fetched_from_another_host(line):
    assert "<link" not in line.player
    assert "http" not in re.sub(r"data:image/png;base64,[^\"]+", "", line.player)


def test_the_picture_has_an_alternative_text_and_shows_without_scripts(line):
    (image,) = re.findall(r"<img\b[^>]*>", line.player)
    assert 'alt="A line that &quot;rises&quot;."' in image
    assert 'src="data:image/png;base64,' in image
    assert "\\" not in image


def test_a_film_says_how_large_its_letters_are_and_whether_it_shows_brightness(line):
    assert 0 < float(re.search(r'<img alt="[^"]*" data-letters="([\d.]+)" style', line.player)[1]) < 30
    film = animate(lambda ax: ax.imshow([[0, 1]], cmap="gray") and "Two pixels.", [{}], "Two pixels.", size=(1, 1))
    assert " data-pixels style" in film.player


def test_every_control_has_a_name(line):
    controls = re.findall(r"<button\b[^>]*>|<input\b[^>]*range[^>]*>", line.player)
    assert len(controls) == 10
    assert all("aria-label=" in control for control in controls)
    assert 'class="fa ' not in line.player


def test_too_many_frames_or_no_description_are_refused():
    with pytest.raises(ValueError, match="1 to 30 frames, not 31"):
        animate(plot_line, [{"height": 1}] * 31, "A line.")
    with pytest.raises(ValueError, match="1 to 30 frames, not 0"):
        animate(plot_line, [], "A line.")
    with pytest.raises(ValueError, match="needs a description"):
        animate(plot_line, [{"height": 1}], " ")
