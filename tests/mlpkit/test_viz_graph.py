"""The drawing of a computation graph: what it says, and that nothing covers anything else."""

import random
from itertools import combinations

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mlpkit import viz
from mlpkit.graph import Value
from mlpkit.viz._style import STYLE
from mlpkit.viz.graph import _size
from mlpkit.viz.layout import lay_out


def used_three_times():
    x = Value(3, "x")
    return x * x + x


def two_layers():
    x = [Value(1, "x₁"), Value(0, "x₂")]
    W = [[Value(0.5, "w₁₁"), Value(-0.4, "w₁₂")], [Value(0.7, "w₂₁"), Value(0.8, "w₂₂")]]
    hidden = [(row[0] * x[0] + row[1] * x[1]).tanh() for row in W]
    output = (Value(1.5, "v₁") * hidden[0] + Value(-1.1, "v₂") * hidden[1]).sigmoid()
    return (output - 1) ** 2


def cross_entropy():
    p = (Value(0.5, "w") * Value(3, "x") + Value(-0.2, "b")).sigmoid()
    p.name = "p"
    return -(1 - p).log()


def long_chain():
    value = Value(1234.5678, "x")
    for _ in range(4):
        value = (value / 3).relu() - 0.001
    return value**4


def random_graph(seed):
    rng = random.Random(seed)
    values = [Value(rng.uniform(-2, 2), f"x{i}") for i in range(3)]
    for _ in range(8):
        a, b = rng.choices(values[-4:], k=2)
        values.append(
            rng.choice([lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a.tanh(), lambda a, b: a - b])(a, b)
        )
    return values[-1] + values[-2]


GRAPHS = {
    "lecture": viz.lecture_graph,
    "used three times": used_three_times,
    "two layers": two_layers,
    "cross-entropy": cross_entropy,
    "long chain": long_chain,
    "one input": lambda: Value(2, "x"),
    **{f"random {seed}": lambda seed=seed: random_graph(seed) for seed in range(8)},
}


def drawn(result, step=None):
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=_size(result))
        FigureCanvasAgg(fig)
        ax = fig.subplots()
        told = viz.plot_graph(result, ax, step)
        fig.canvas.draw()
    return ax, told


def boxes(ax):
    """What a reader reads, with the place that it takes; the edges' arrows are annotations without text."""
    return [(text.get_text(), text.get_window_extent()) for text in ax.texts if text.get_text()]


def texts(ax):
    return [text for text, _ in boxes(ax)]


@pytest.mark.parametrize("name", GRAPHS)
def test_nothing_covers_anything_and_nothing_is_cut_off(name):
    result = GRAPHS[name]()
    result.backward()
    ax, _ = drawn(result)
    shown = boxes(ax)
    for (one, here), (other, there) in combinations(shown, 2):
        overlap_x = min(here.x1, there.x1) - max(here.x0, there.x0)
        overlap_y = min(here.y1, there.y1) - max(here.y0, there.y0)
        assert min(overlap_x, overlap_y) < 3, (one, other)  # pixels; the boxes of letters have some air
    figure = ax.figure.bbox
    for text, place in shown:
        assert place.x0 >= figure.x0 - 1, text
        assert place.x1 <= figure.x1 + 1, text
        assert place.y0 >= figure.y0 - 1, text
        assert place.y1 <= figure.y1 + 1, text


@pytest.mark.parametrize("name", GRAPHS)
def test_edges_go_from_left_to_right_and_nodes_keep_their_distance(name):
    layout = lay_out(GRAPHS[name]())
    for edge in layout.edges:
        columns = [x for x, _ in edge.points]
        assert columns == sorted(set(columns))
        assert edge.label in edge.points
    taken = [*layout.places.values(), *(p for edge in layout.edges for p in edge.points[1:-1])]
    for (x1, y1), (x2, y2) in combinations(taken, 2):
        assert x1 != x2 or abs(y1 - y2) > 0.999


def test_the_lecture_in_numbers():
    result = viz.lecture_graph()
    ax, told = drawn(result)
    assert {"×", "+", "−", "( )²", "$w$", "$x$", "$b$", "$y$", "$p$ = 4", "$o$ = 5", "$e$ = 3", "$L$ = 9"} <= set(
        texts(ax)
    )
    assert not [text for text in texts(ax) if "grad" in text]
    assert "Backward" not in told
    result.backward()
    ax, told = drawn(result)
    assert texts(ax).count("grad 12") == 2  # w and x, both 2
    assert {"grad 6", "grad −6", "grad 1", "6 × 2", "1 × 6", "6 × −1"} <= set(texts(ax))
    assert "inputs w = 2, x = 2, b = 1, y = 2" in told
    assert "( )² of e = 3 gives L = 9" in told
    assert "12 by w = 2" in told


@pytest.mark.parametrize(
    ("name", "shown"), [("w", "$w$"), ("w₁₁", "$w$₁₁"), ("x0", "$x$0"), ("loss", "loss"), ("2x", "2x"), ("", "5")]
)
def test_a_letter_is_set_as_in_a_formula_and_a_word_as_it_is(name, shown):
    ax, told = drawn(Value(5, name) + 1)
    assert shown in texts(ax)
    assert "$" not in told


def test_what_is_used_more_than_once_shows_the_sum():
    result = used_three_times()
    ax, _ = drawn(result, 5)
    assert sorted(text for text in texts(ax) if "grad" in text) == ["grad 1", "grad 1", "grad 1", "grad 3", "grad 3"]
    assert "sum 7" in texts(ax)
    ax, _ = drawn(result, 4)  # the product has not handed anything back yet
    assert "sum 7" not in texts(ax)


def test_the_steps_go_forward_then_backward():
    result = viz.lecture_graph()
    shown = [texts(drawn(result, step)[0]) for step in range(10)]
    values = [sum(text in ("$p$ = 4", "$o$ = 5", "$e$ = 3", "$L$ = 9") for text in panel) for panel in shown]
    gradients = [sum("grad" in text for text in panel) for panel in shown]
    assert values == [0, 1, 2, 3, 4, 4, 4, 4, 4, 4]
    assert gradients == [0, 0, 0, 0, 0, 1, 2, 4, 6, 8]


@pytest.mark.parametrize("step", [-1, 10])
def test_there_are_no_other_steps(step):
    with pytest.raises(ValueError, match=f"a step from 0 to 9 for 4 operations, got {step}"):
        viz.plot_graph(viz.lecture_graph(), Figure().subplots(), step)


def test_a_large_graph_is_told_in_short():
    result = two_layers()
    result.backward()
    _, told = drawn(result)
    assert "14 operations give 0.243" in told
    assert "by w₁₁ = 0.5" in told
    assert len(told) < 700


def test_pictures_and_sliders(capsys):
    alt = viz.strip_graph().alt
    assert [f"Panel {i}:" in alt for i in (1, 2, 3, 4)] == [True] * 4
    assert "<img alt=" in viz.draw_graph(used_three_times())._repr_html_()
    explorer = viz.explore_graph()
    slider, _ = explorer.widget.children
    assert (slider.min, slider.max, slider.continuous_update) == (0, 9, False)
    capsys.readouterr()
    slider.value = 9
    assert "12 by w = 2" in capsys.readouterr().out
