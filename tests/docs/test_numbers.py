"""Figures and formulas get numbers, and figures captions."""

from __future__ import annotations

import pytest

PICTURE = '<img alt="A bowl. It has a lowest point." width="300" src="x.webp">'
STRIP = '<div><img alt="Panel 1: scores 2, 1." src="x.webp"><img alt="Panel 2: scores 4, 2." src="y.webp"></div>'


@pytest.fixture
def figures(extension):
    return extension("figures")


@pytest.fixture
def equations(extension):
    return extension("equations")


def test_a_picture_is_captioned_with_its_description_which_is_read_once(figures):
    shown = figures.captioned(PICTURE, "2.3", "viz.show(fig, alt=...)")
    assert shown.startswith(f'<figure class="numbered" id="figure-2-3">{PICTURE}<figcaption><b>Figure 2.3.</b> ')
    assert '<span aria-hidden="true">A bowl. It has a lowest point.</span>' in shown
    assert 'href="#figure-2-3"' in shown


def test_a_strip_and_an_explorer_are_captioned_with_what_the_library_says(figures):
    assert figures.caption(STRIP, "viz.strip_softmax()") == ("The same three scores at four temperatures.", False)
    explorer = f'<mlp-explorer kind="scenes">{PICTURE}</mlp-explorer>'
    assert figures.caption(explorer, "viz.explore_sums()") == ("Choose how many dice are thrown.", False)
    film = f'<mlp-explorer kind="film">{PICTURE}</mlp-explorer>'
    assert figures.caption(film, "viz.animate_fit()") == ("A bowl. It has a lowest point.", True)


def test_a_picture_with_small_letters_is_scrolled_on_a_phone(figures):
    wide = '<img alt="A graph." width="1000" height="200" data-letters="13.3" style="max-width: 100%" src="x.webp">'
    assert '<div class="scrolls"><img alt="A graph."' in figures.captioned(wide, "2.3", "")
    assert "min-width: 684px" in figures.captioned(wide, "2.3", "")
    assert "scrolls" not in figures.captioned(wide.replace('"1000"', '"480"'), "2.3", "")


def test_a_number_in_a_sentence_does_not_end_it(figures):
    sentence = "The curve ends at 0.05, e. g. here, below the line."
    assert figures.beginning(f"{sentence} 1: 0.4") == sentence


def test_of_a_long_sentence_the_part_before_the_colon_remains(figures):
    assert figures.beginning(f"Four curves: {'A falls; ' * 20}D rises. More.") == "Four curves."
    sentence = "Four curves: A falls, B and C rise, and D stays."
    assert figures.beginning(f"{sentence} More.") == sentence


def test_a_sentence_that_says_too_little_has_others_with_it(figures):
    assert figures.beginning("A bowl. It is flat. It is round.") == "A bowl. It is flat."
    assert figures.beginning("A bowl. Panel 1: a line.") == "A bowl."
    assert figures.beginning("Left: a line. Right: a curve. Both rise.") == "Left: a line. Right: a curve."
    assert figures.beginning(f"A bowl. {'It is deep. ' * 30}") == "A bowl. It is deep."
    assert figures.beginning(f"A bowl. It is {'very ' * 60}deep.") == "A bowl."


def test_a_table_is_no_figure(figures):
    assert figures.captioned("<table></table>", "2.3", "") == "<table></table>"
    assert not figures.is_figure("<table></table>")


@pytest.mark.parametrize(
    "tex",
    [
        r"z = w_1 x_1 + \dots + b",
        r"\theta \leftarrow \theta - \alpha\, \nabla R(\theta).",
        r"\kappa = \frac{\lambda_{\max}}{\lambda_{\min}},",
        r"f(z) = \begin{cases} 1 & \text{if } z \ge 0,\\ 0 & \text{if } z < 0,\end{cases}",
        r"a_t = \beta\, a_{t-1} + g_t, \qquad a_0 = 0 .",
        r"dW = X^{\mathsf T}\, dZ, \qquad db = \text{sum of the rows of } dZ",
        r"\begin{aligned} a &= \frac{\text{MSE}}{2} \\ &= \frac{1}{2\sigma^2} \end{aligned}",
    ],
)
def test_statements_are_numbered(equations, tex):
    assert equations.is_statement(tex)


@pytest.mark.parametrize(
    "tex",
    [
        r"z = 1\cdot 1 + 0.5\cdot 2 + 1\cdot 3 + 0.5 = 5.5.",
        r"w \cdot x = 4 + 1 + 4 = 9 \text{ minutes.}",
        r"\frac{\partial R}{\partial w} = 2\,(2w + b - 2)\cdot 2 = 12, \qquad \frac{\partial R}{\partial b} = 6 .",
        r"C = \begin{pmatrix} 50 & 10 \\ 5 & 35 \end{pmatrix}.",
        r"\prod_{i=1}^m p_i^{\,y_i}",
    ],
)
def test_calculations_are_not(equations, tex):
    assert not equations.is_statement(tex)


def test_a_strip_with_a_long_description_is_still_a_strip(figures):
    long = STRIP.replace("scores 2, 1", "scores 2, 1" + ", 0" * 60)
    assert figures.caption(long, "viz.strip_softmax()") == ("The same three scores at four temperatures.", False)
