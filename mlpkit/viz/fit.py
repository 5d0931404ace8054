"""The paired view of the second chapter: a line through data, and its place on the map of the risk."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.arrays import FloatArray
from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore, slider, strip
from mlpkit.viz._style import BELOW, BLUE, ORANGE
from mlpkit.viz.descent import follow
from mlpkit.viz.regression import DISTANCE, MINUTES

__all__ = ["animate_fit", "explore_fit", "plot_fit", "strip_fit"]


def _risk(w: Any, b: Any) -> Any:
    """Mean squared error of the line with weight w and bias b on the courier's rides, in min²."""
    return sum((w * x + b - y) ** 2 for x, y in zip(DISTANCE, MINUTES, strict=True)) / len(DISTANCE)


def _risk_slope(theta: FloatArray) -> FloatArray:
    from mlpkit.losses import MSE

    residual = MSE().backward((theta[0] * DISTANCE + theta[1])[:, None], MINUTES[:, None])[:, 0]
    return np.array([residual @ DISTANCE, residual.sum()])


def plot_fit(w: float, b: float, ax: Axes, learning_rate: float = 0.0, steps: int = 0, legend: bool = True) -> str:
    """Draw the courier's rides with a line, and beside it this line's place on the map of the risk.

    Parameters
    ----------
    w, b : float
        Weight (minutes for each kilometre) and bias (minutes) of the line.
    ax : matplotlib.axes.Axes
        Where to draw; two axes are put inside.
    learning_rate : float
        For the descent that begins at the line.
    steps : int
        How many steps of it to draw; with 0, an arrow shows the direction of steepest descent instead.
    legend : bool
        Whether to say what is what.

    Returns
    -------
    str
        A description of the drawing.
    """
    ax.axis("off")
    fit, chart = ax.inset_axes((0.0, 0.0, 0.43, 1.0)), ax.inset_axes((0.57, 0.0, 0.43, 1.0))
    points = follow(_risk_slope, np.array([w, b]), learning_rate, steps)
    w_end, b_end = points[-1]
    error = float(_risk(w_end, b_end))
    fit.plot(DISTANCE, MINUTES, "o", color="black", markersize=5, label="ride")
    if steps:
        fit.plot([0, 7], [b, 7 * w + b], color=ORANGE, linestyle="--", linewidth=1.5, label="at the start")
    fit.plot([0, 7], [b_end, 7 * w_end + b_end], color=BLUE, linestyle="-", linewidth=2, label="prediction")
    fit.set(xlim=(0, 7), ylim=(-5, 45), xlabel="distance $x$ (km)", ylabel="time $y$ (min)")
    fit.set_title(f"$w$ = {w_end:.2f}, $b$ = {b_end:.2f}".replace("-", "−"))
    ww, bb = np.meshgrid(np.linspace(-2, 10, 241), np.linspace(-10, 20, 241))
    levels = [1.5, 10, 50, 150, 400, 800, 1600]
    lines = chart.contour(ww, bb, _risk(ww, bb), levels=levels, colors=[BLUE], linewidths=0.8)
    chart.clabel(lines, fontsize=8, fmt="%g", manual=[_place_of_number(level) for level in levels[1:-1]])
    if steps:
        chart.plot(*points.T, color=ORANGE, linestyle="--", marker="o", markersize=3, linewidth=1, label="descent")
    elif (length := float(np.hypot(*(down := -_risk_slope(points[0]))))) > 1e-9:
        tip = points[0] + 2.5 * down / length
        look = {"arrowstyle": "-|>", "color": ORANGE, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
        chart.annotate("", xy=(tip[0], tip[1]), xytext=(w, b), arrowprops=look)
    chart.plot(w, b, "s", color="black", markersize=8, markerfacecolor="none", label="start" if steps else "this line")
    best = np.polyfit(DISTANCE, MINUTES, 1)
    chart.plot(*best, "*", color="black", markersize=9, label="minimum")
    chart.set(xlim=(-2, 10), ylim=(-10, 20), xlabel="weight $w$ (min/km)", ylabel="bias $b$ (min)")
    chart.set_title(f"risk {error:.3g} min²")
    if legend:
        fit.legend(loc="upper left", fontsize=8)
        chart.legend(**BELOW, ncols=2)
    told = f"First, six rides and the line {_equation(w_end, b_end)}. Second, the contours of the risk, a long "
    told += (
        f"narrow valley with its minimum at w = {best[0]:.2f}, b = {best[1]:.2f}; risk here {error:.3g} square minutes."
    )
    return told + (f" {steps} steps of descent lead here from w = {w:g}, b = {b:g}." if steps else "")


def _equation(w: float, b: float) -> str:
    return f"y = {w:.2f} x {'−' if b < 0 else '+'} {abs(b):.2f}"


def _place_of_number(level: float) -> tuple[float, float]:
    """Return a place right of the valley where the risk has this value, off the lines of `strip_fit`."""
    bias, some = (17.0 if level > 10 else -1.5), np.array([0.0, 1.0, 2.0])  # the innermost does not reach up there
    square = np.polyfit(some, _risk(some, bias), 2)
    return float(max(np.roots(square - [0, 0, level]).real)), bias


def strip_fit() -> Picture:
    """Show three lines beside the map of their risk.

    Returns
    -------
    Picture
        Three panels of `plot_fit`, one below the other.
    """
    lines = ((1, 10), (8, -5), (4, 4))
    settings = [{"w": w, "b": b, "legend": i == 0} for i, (w, b) in enumerate(lines)]
    return strip(plot_fit, settings, size=(7.5, 3.1), columns=1)


def explore_fit() -> Explorer:
    """Move a line, and let gradient descent take some steps from there.

    Returns
    -------
    Explorer
        `plot_fit` with four sliders.
    """
    controls = {
        "w": slider("weight w", -2, 10, 1, 0.5),
        "b": slider("bias b", -10, 20, 15, 1),
        "learning_rate": slider("learning rate α", 0, 0.066, 0.02, 0.002),
        "steps": slider("steps", 0, 200, 0, 5),
    }
    controls["learning_rate"].readout_format = ".3f"
    return explore(_plot_fit_steps, controls, (7.5, 3.4), "fit", _handed_over)


def _plot_fit_steps(w: float, b: float, learning_rate: float, steps: float, ax: Axes) -> str:
    return plot_fit(w, b, ax, learning_rate, int(steps))


def _handed_over() -> dict[str, Any]:
    """Return the rides, and weight and bias of the best line."""
    return {"x": DISTANCE.tolist(), "y": MINUTES.tolist(), "best": np.polyfit(DISTANCE, MINUTES, 1).tolist()}


def animate_fit() -> Animation:
    """Animate gradient descent towards the courier's line: fast into the valley, slowly along it.

    Returns
    -------
    Animation
        `plot_fit` after 0, 1, 2, … and at last 1000 steps.
    """
    counts = [0, 1, 2, 3, 4, 6, 10, 30, 100, 200, 400, 1000]
    start = {"w": 1.0, "b": 15.0, "learning_rate": 0.055}
    alt = (
        "Gradient descent on the map of the risk, and the line that belongs to each point. The first ten steps jump "
        "from one side of the valley to the other, until they reach its floor; then hundreds of steps creep along the "
        "floor to the minimum, while the line tilts slowly."
    )
    settings = [{**start, "steps": count, "legend": True} for count in counts]
    return animate(plot_fit, settings, alt, size=(6.2, 3.7), seconds=0.5)
