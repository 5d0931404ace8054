"""Figures of the warm-up: broadcasting, reductions along an axis, and the matrix product."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from mlpkit.optional import needed_by
from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._grid import CENTRED, EMPTY, PLAIN, SECOND, frame, grid, stretched
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, strip
from mlpkit.viz._style import BLUE, ORANGE

__all__ = [
    "animate_product",
    "explore_broadcast",
    "explore_reduction",
    "plot_broadcast",
    "plot_product",
    "plot_reduction",
    "strip_broadcast",
    "strip_reduction",
]

TABLE = np.array([[1, 5, 3, 3], [2, 0, 4, 1], [6, 1, 3, 4]])  # no two rows and no two columns have the same sum
A = np.array([[1, 2], [0, 3], [2, 1]])  # the two factors of the matrix product
B = np.array([[1, 0, 2, -1], [3, 1, 0, 2]])

SHAPES: tuple[tuple[int, ...], ...] = ((3, 4), (1, 4), (3, 1), (4,), (3,), ())
REDUCTIONS: dict[str, Any] = {"sum": np.sum, "mean": np.mean, "max": np.max}


def plot_broadcast(left: tuple[int, ...], right: tuple[int, ...], ax: Axes) -> str:
    """Draw the sum of two arrays, with the copies that broadcasting imagines.

    Parameters
    ----------
    left, right : tuple of int
        The two shapes, with two axes at most.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        A description of the drawing.
    """
    p, q = 10 * _counted(left), _counted(right)
    try:
        shape = np.broadcast_shapes(left, right)
    except ValueError:
        shape = None
    x, middle = 0.0, len(np.atleast_2d(p + q if shape is not None else p)) / 2
    for values, sign, look in ((p, "+", PLAIN), (q, "=" if shape is not None else "", SECOND)):
        x = stretched(ax, values, shape, x, look)
        ax.text(x + 0.6, middle, sign, fontsize=13, **CENTRED)
        x += 1.2
    title = f"{left} + {right}"
    if shape is None:
        frame(ax, 14.4, 3.0)  # as wide as three tables of four columns
        ax.set_title(f"{title}: do not fit")
        return f"Arrays of shapes {left} and {right} side by side: they do not fit, there is no sum."
    total = np.atleast_2d(p + q)
    grid(ax, total, x, 0, EMPTY)
    frame(ax, x + total.shape[1], 3.0)
    ax.set_title(f"{title} gives {shape}")
    told = [_copies(which, given, shape) for which, given in (("left", left), ("right", right))]
    return f"Arrays of shapes {left} and {right} and their sum of shape {shape}." + "".join(told)


def strip_broadcast() -> Picture:
    """Show a row, a column, a row with a column, and two shapes that do not fit.

    Returns
    -------
    Picture
        Four panels of `plot_broadcast`, one below the other.
    """
    pairs: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    pairs = (((3, 4), (4,)), ((3, 4), (3, 1)), ((3, 1), (4,)), ((3, 4), (3,)))
    return strip(plot_broadcast, [{"left": p, "right": q} for p, q in pairs], size=(4.6, 1.6), columns=1)


def explore_broadcast() -> Explorer:
    """Choose two shapes and see whether and how they are added.

    Returns
    -------
    Explorer
        `plot_broadcast` with two menus.
    """
    with needed_by("an explorer"):
        import ipywidgets

    options = [(str(shape), shape) for shape in SHAPES]
    controls = {
        "left": ipywidgets.Dropdown(options=options, value=(3, 4), description="left shape"),
        "right": ipywidgets.Dropdown(options=options, value=(4,), description="right shape"),
    }
    return explore_scenes("broadcast", plot_broadcast, controls, (6.5, 2.2))


def plot_reduction(axis: int | None, ax: Axes, keepdims: bool = False, operation: str = "sum") -> str:
    """Draw what a reduction along an axis makes of a table of three rows and four columns.

    Parameters
    ----------
    axis : {None, 0, 1}
        Along which axis to add up; None stands for both.
    ax : matplotlib.axes.Axes
        Where to draw.
    keepdims : bool
        Whether the axis stays, with length 1.
    operation : {"sum", "mean", "max"}
        What is done with the numbers that come together.

    Returns
    -------
    str
        A description of the drawing.
    """
    result = REDUCTIONS[operation](TABLE, axis=axis, keepdims=keepdims)
    first = {None: np.ones((3, 4), bool), 0: np.arange(4) == [[0]] * 3, 1: [[True]] + [[False]] * 2}[axis]
    grid(ax, TABLE, 0, 0, PLAIN, np.broadcast_to(first, (3, 4)))
    if axis != 1:
        ax.annotate("", (-0.35, 3), (-0.35, 0), arrowprops={"arrowstyle": "->", "color": ORANGE, "linewidth": 2})
        ax.text(-0.6, 1.5, "axis 0", rotation=90, color=ORANGE, **CENTRED)
    if axis != 0:
        ax.annotate("", (4, -0.35), (0, -0.35), arrowprops={"arrowstyle": "->", "color": ORANGE, "linewidth": 2})
        ax.text(2, -0.62, "axis 1", color=ORANGE, **CENTRED)
    table = np.atleast_2d(result)
    standing = keepdims and axis == 1
    x, y = (5.0, 0.0) if standing else (0.0, 3.8)
    mark = np.zeros(table.shape, bool)
    mark[0, 0] = True
    grid(ax, table, x, y, EMPTY, mark)
    call = f"{operation}(axis={axis}{', keepdims=True' if keepdims else ''})"
    ax.set_title(f"{call}\nshape {np.shape(result)}", fontsize=9)
    frame(ax, 6.2, 5.0, left=-1.0, top=-1.0)
    return f"A table of shape (3, 4) and X.{call} of shape {np.shape(result)}: {_listed(result)}."


def strip_reduction() -> Picture:
    """Show the sum of everything, down the columns, along the rows, and along the rows with keepdims.

    Returns
    -------
    Picture
        Four panels of `plot_reduction`.
    """
    cases = ((None, False), (0, False), (1, False), (1, True))
    return strip(plot_reduction, [{"axis": axis, "keepdims": keep} for axis, keep in cases], size=(2.4, 2.6))


def explore_reduction() -> Explorer:
    """Choose an operation, an axis, and whether the axis stays.

    Returns
    -------
    Explorer
        `plot_reduction` with two menus and a box to tick.
    """
    with needed_by("an explorer"):
        import ipywidgets

    controls = {
        "operation": ipywidgets.Dropdown(options=tuple(REDUCTIONS), value="sum", description="operation"),
        "axis": ipywidgets.Dropdown(options=[("None", None), ("0", 0), ("1", 1)], value=0, description="axis"),
        "keepdims": ipywidgets.Checkbox(value=False, description="keepdims"),
    }
    return explore_scenes("reduction", plot_reduction, controls, (3.6, 3.4))


def plot_product(step: int, ax: Axes) -> str:
    """Draw a matrix product of shapes (3, 2) and (2, 4) of which the first entries are computed.

    Parameters
    ----------
    step : int
        How many of the twelve entries are there; the last of them is marked, with its row and its column.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        A description of the drawing.

    Raises
    ------
    ValueError
        If there is no such step.
    """
    (m, n), k = A.shape, B.shape[1]
    if not 0 <= step <= m * k:
        raise ValueError(f"the product has {m * k} entries, so the step is 0 to {m * k}, not {step}")
    i, j = divmod(step - 1, k) if step else (-1, -1)
    row, column = np.arange(m)[:, None] == i, np.arange(k) == j
    done = np.arange(m * k).reshape(m, k) < step
    grid(ax, A, 0, n + 0.6, PLAIN, np.broadcast_to(row, (m, n)))
    grid(ax, B, n + 0.6, 0, PLAIN, np.broadcast_to(column, (n, k)))
    grid(ax, A @ B, n + 0.6, n + 0.6, EMPTY, row & column, done)
    ax.text(n / 2, m + n + 1.0, "A (3, 2)", color=BLUE, **CENTRED)
    ax.text(n + 0.3, n / 2, "B (2, 4)", color=BLUE, ha="right", va="center")
    ax.text(n + 2.6, m + n + 1.0, "A @ B (3, 4)", color=BLUE, **CENTRED)
    frame(ax, n + k + 0.8, m + n + 1.3)
    if not step:
        ax.set_title("row of A, column of B")
        return "The factors A of shape (3, 2) and B of shape (2, 4); no entry of the product is computed yet."
    terms = " + ".join(f"{p}·{q}" if q >= 0 else f"{p}·({q})" for p, q in zip(A[i], B[:, j], strict=True))
    sentence = f"row {i}, column {j}:  {terms} = {A[i] @ B[:, j]}".replace("-", "−")
    ax.set_title(sentence)
    return f"Matrix product, {step} of {m * k} entries computed; {sentence}."


def animate_product() -> Animation:
    """Compute a matrix product of shapes (3, 2) and (2, 4) entry by entry.

    Returns
    -------
    Animation
        `plot_product` in thirteen frames.
    """
    alt = (
        "The matrix product of A, shape (3, 2), and B, shape (2, 4), is computed entry by entry. In each frame a row "
        f"of A and a column of B are marked, multiplied entry by entry and added up. Result: {_listed(A @ B)}."
    )
    frames = [{"step": step} for step in range(A.shape[0] * B.shape[1] + 1)]
    return animate(plot_product, frames, alt, size=(4.2, 3.9), seconds=1.2)


def _counted(shape: tuple[int, ...]) -> NDArray[Any]:
    return np.arange(1, math.prod(shape) + 1).reshape(shape)


def _listed(values: object) -> str:
    return np.array2string(np.asarray(values), precision=2, separator=", ").replace("\n", "")


def _copies(which: str, given: tuple[int, ...], shape: tuple[int, ...]) -> str:
    if given == shape:
        return ""
    return f" The {which} array is used as if it were copied to that shape."
