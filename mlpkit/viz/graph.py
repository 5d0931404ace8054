"""Drawings of the chapter on backpropagation: a computation graph with its values and gradients on the edges."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes

from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, draw, explore, slider, strip
from mlpkit.viz._style import BLUE, ORANGE
from mlpkit.viz.layout import Edge, Layout, lay_out, tabulate

if TYPE_CHECKING:
    from mlpkit.graph import Value

__all__ = ["draw_graph", "explore_graph", "lecture_graph", "plot_graph", "strip_graph"]

SYMBOLS = {"-": "−", "*": "×", "/": "÷", "neg": "−( )", "sigmoid": "σ", "relu": "ReLU", "**2": "( )²", "**3": "( )³"}
FLAT = 0.5  # columns that an edge runs level on either side of its label
MANY = 12  # operations; more are counted, not told one by one
COLUMN, ROW = 0.78, 0.85  # inches between neighbouring columns and rows
COLUMN_WITH_SUMS = 0.9  # where sums stand under nodes, beside the products

_INPUT: dict[str, Any] = {"boxstyle": "round,pad=0.35", "facecolor": "#e8f0f8", "edgecolor": BLUE, "linewidth": 1.5}
_COMPUTES = {**_INPUT, "boxstyle": "circle,pad=0.3", "facecolor": "#fbeadd", "edgecolor": ORANGE}
_CENTRED: dict[str, Any] = {"ha": "center", "va": "center"}
_ON_WHITE: dict[str, Any] = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.0}}


def lecture_graph() -> Value:
    """Compute the squared error of the lecture: ``L = (w x + b - y)^2`` with x = 2, y = 2, w = 2, b = 1.

    Returns
    -------
    Value
        The loss, 9.
    """
    # Imported here, so that the figures load where that module, the answer to an exercise, is withheld.
    from mlpkit.graph import Value

    x, y, w, b = Value(2, "x"), Value(2, "y"), Value(2, "w"), Value(1, "b")
    p = w * x
    p.name = "p"
    o = p + b
    o.name = "o"
    e = o - y
    e.name = "e"
    loss = e**2
    loss.name = "L"
    return loss


def plot_graph(result: Value, ax: Axes, step: float | None = None) -> str:
    """Draw how a result was computed: operations as circles, and on each edge what passes there.

    Above an edge stands the value that goes forward. Below it stands, after `Value.backward`, the gradient that goes
    back, and the product that it is: gradient of the operation's result, times local derivative. Where a value is used
    more than once, the sum of its gradients stands under it.

    Parameters
    ----------
    result : Value
        The end of the computation.
    ax : matplotlib.axes.Axes
        Where to draw.
    step : int, optional
        How far the two passes have come: 0 shows the inputs alone, each further step one operation forward; then comes
        the gradient of the result by itself, which is 1, and each further step takes one operation back. A step into
        the backward pass calls `Value.backward`. The default shows all there is.

    Returns
    -------
    str
        A description of the drawing.

    Raises
    ------
    ValueError
        If there is no such step.
    """
    computed = [value for value in result.topological_order() if value.inputs]
    n, active = len(computed), None
    if step is None:
        done = 2 * n + 1 if result.grad else n
    else:
        done = int(step)
        if not 0 <= done <= 2 * n + 1:
            raise ValueError(f"plot_graph expected a step from 0 to {2 * n + 1} for {n} operations, got {step}")
        if done > n:
            result.backward()
        ax.set_title(f"step {done} of {2 * n + 1}: " + ("forward" if done <= n else "backward"), loc="left")
        if done not in (0, n + 1):
            active = computed[done - 1] if done <= n else computed[2 * n + 1 - done]
    known = set(computed[:done])
    returned = set(computed[2 * n + 1 - done :]) if done > n else set()
    layout = lay_out(result)
    for edge in layout.edges:
        _draw_edge(edge, ax, edge.target is active and edge.target is not edge.source)
        if not edge.source.inputs or edge.source in known:
            _write_value(edge, ax)
        if edge.target in returned or (edge.target is edge.source and done > n):
            _write_gradient(edge, ax)
    for value, place in layout.places.items():
        _draw_node(value, place, ax)
        uses = [edge.target in returned for edge in layout.edges if edge.source is value is not edge.target]
        if len(uses) > 1 and all(uses):
            text = f"sum {_number(value.grad)}"
            ax.text(place[0], place[1] - 0.36, text, color=ORANGE, ha="center", va="top", zorder=2, **_ON_WHITE)
    (left, right), (low, high) = _extent(layout)
    ax.set(xlim=(left - 0.7, right + 0.2), ylim=(low - 0.85, high + 0.65))
    ax.axis("off")
    return _describe(result, known, returned, done > n)


def draw_graph(result: Value, step: int | None = None) -> Picture:
    """Show `plot_graph` in a figure of its own, of the size that the graph needs.

    Parameters
    ----------
    result : Value
        The end of the computation.
    step : int, optional
        How far the two passes have come; the default shows all there is.

    Returns
    -------
    Picture
        The drawing with its description.
    """
    return draw(plot_graph, _size(result), result=result, step=step)


def strip_graph(result: Value | None = None) -> Picture:
    """Show a graph after its first operation, after the forward pass, after the first gradients, and at the end.

    Parameters
    ----------
    result : Value, optional
        The end of the computation, `lecture_graph` if not given; its `backward` is called.

    Returns
    -------
    Picture
        Four panels of `plot_graph`, one above the other.
    """
    result = lecture_graph() if result is None else result
    n = sum(bool(value.inputs) for value in result.topological_order())
    steps = sorted({min(1, n), n, min(n + 2, 2 * n + 1), 2 * n + 1})
    return strip(plot_graph, [{"result": result, "step": step} for step in steps], size=_size(result), columns=1)


def explore_graph(result: Value | None = None) -> Explorer:
    """Go through the forward and the backward pass, operation by operation.

    Parameters
    ----------
    result : Value, optional
        The end of the computation, `lecture_graph` if not given; its `backward` is called.

    Returns
    -------
    Explorer
        `plot_graph` with a slider for the step.
    """
    result = lecture_graph() if result is None else result
    n = sum(bool(value.inputs) for value in result.topological_order())
    controls = {"step": slider("step", 0, 2 * n + 1, n, 1)}
    return explore(partial(plot_graph, result), controls, _size(result), "graph", partial(tabulate, result, _symbol))


def _draw_edge(edge: Edge, ax: Axes, active: bool) -> None:
    style: dict[str, Any] = {"color": "black", "linewidth": 2.5} if active else {"color": "#777777", "linewidth": 1.0}
    way: list[tuple[float, float]] = []
    for x, y in edge.points[:-1]:
        way += [(x - FLAT, y), (x + FLAT, y)] if (x, y) == edge.label else [(x, y)]
    ax.plot(*zip(*way, strict=True), linestyle="-", zorder=1, **style)
    shrink = 2 if edge.target is edge.source else 9 + 2.3 * len(_symbol(edge.target))  # points, to the circle's rim
    arrow = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": shrink, **style}
    ax.annotate("", xy=edge.points[-1], xytext=way[-1], arrowprops=arrow, zorder=1)


def _write_value(edge: Edge, ax: Axes) -> None:
    x, y = edge.label
    name = f"{_italic(edge.source.name)} = " if edge.source.name and edge.source.inputs else ""
    ax.text(x, y + 0.06, name + _number(edge.source.data), color=BLUE, ha="center", va="bottom", **_ON_WHITE)


def _write_gradient(edge: Edge, ax: Axes) -> None:
    x, y = edge.label
    gradient = edge.target.grad * edge.local_derivative
    ax.text(x, y - 0.08, f"grad {_number(gradient)}", color=ORANGE, ha="center", va="top", **_ON_WHITE)
    if edge.target is not edge.source:
        product = f"{_number(edge.target.grad)} × {_number(edge.local_derivative)}"
        ax.text(x, y - 0.39, product, color="#555555", fontsize=9, ha="center", va="top", **_ON_WHITE)


def _draw_node(value: Value, place: tuple[float, float], ax: Axes) -> None:
    if value.inputs:
        ax.text(*place, _symbol(value), bbox=_COMPUTES, zorder=3, **_CENTRED)
    else:
        ax.text(*place, _italic(value.name) or _number(value.data), bbox=_INPUT, zorder=3, **_CENTRED)


def _describe(result: Value, known: set[Value], returned: set[Value], began: bool) -> str:
    order = result.topological_order()
    inputs = [value for value in order if not value.inputs]
    of = f" of {order[-1].name}" if order[-1].name else ""
    told = f"A computation graph{of} with the inputs {', '.join(_told(value) for value in inputs)}."
    steps = [value for value in order if value in known]
    if len(steps) > MANY:
        told += f" {len(steps)} operations give {_told(steps[-1])}."
    elif steps:
        told += " Forward: " + "; ".join(
            f"{_symbol(value)} of {' and '.join(_told(source) for source in value.inputs)} gives {_told(value)}"
            for value in steps
        )
        told += "."
    complete = [
        value for value in order if all(use in returned for use in order if value in use.inputs) and value is not result
    ]
    if began:
        shown = complete if len(order) <= MANY else [value for value in complete if value.name]
        gradients = [f"1 by {_told(result)}", *(f"{_number(v.grad)} by {_told(v)}" for v in reversed(shown))]
        told += f" Backward: the gradient is {', '.join(gradients)}."
    return told


def _told(value: Value) -> str:
    return f"{value.name} = {_number(value.data)}" if value.name else _number(value.data)


def _symbol(value: Value) -> str:
    power = f"( )^{value.operation[2:]}" if value.operation.startswith("**") else value.operation
    return SYMBOLS.get(value.operation, power)


def _italic(name: str) -> str:
    single = name[:1].isalpha() and not any(map(str.isalpha, name[1:]))  # a letter, perhaps with an index
    return f"${name[0]}${name[1:]}" if single else name


def _number(value: float) -> str:
    return f"{value + 0.0:.3g}".replace("-", "−")  # the sum turns -0 into 0


def _extent(layout: Layout) -> tuple[tuple[float, float], tuple[float, float]]:
    x, y = zip(*(point for edge in layout.edges for point in edge.points), strict=True)
    return (min(x), max(x)), (min(y), max(y))


def _size(result: Value) -> tuple[float, float]:
    """Return the inches that a drawing needs."""
    (left, right), (low, high) = _extent(lay_out(result))
    uses = [source for value in result.topological_order() for source in value.inputs]
    column = COLUMN if len(uses) == len(set(uses)) else COLUMN_WITH_SUMS
    return (right - left + 0.9) * column, (high - low + 1.5) * ROW + 0.3
