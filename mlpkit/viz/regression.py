"""A figure of the chapter on the neuron: a line through rides, and its residuals."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore, slider, strip
from mlpkit.viz._style import BLUE, ORANGE

__all__ = ["explore_regression", "plot_regression", "strip_regression"]

DISTANCE = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])  # km
MINUTES = np.array([8.0, 11.0, 17.0, 19.0, 26.0, 28.0])


def plot_regression(w: float, b: float, ax: Axes, legend: bool = True) -> str:
    """Draw a line through the courier's rides, its residuals and its mean squared error.

    Parameters
    ----------
    w : float
        Weight: minutes for each kilometre.
    b : float
        Bias: minutes for a ride of no length.
    ax : matplotlib.axes.Axes
        Where to draw.
    legend : bool
        Whether to say what is what.

    Returns
    -------
    str
        A description of the drawing.
    """
    predicted = w * DISTANCE + b
    error = float(np.mean((MINUTES - predicted) ** 2))
    ax.plot([0, 7], [b, 7 * w + b], color=BLUE, linestyle="-", linewidth=2, label="prediction")
    ax.vlines(DISTANCE, predicted, MINUTES, color=ORANGE, linestyle="--", linewidth=2, label="residual")
    ax.plot(DISTANCE, MINUTES, "o", color="black", markersize=5, label="ride")
    ax.set(xlim=(0, 7), ylim=(0, 40), xlabel="distance $x$ (km)", ylabel="time $y$ (min)")
    ax.set_title(f"$w$ = {w:g}, $b$ = {b:g}: MSE {error:.1f} min²".replace("-", "−"))
    if legend:
        ax.legend(loc="upper left", fontsize=8)
    return (
        f"Six rides and the line y = {w:g} x + {b:g}, with a dashed vertical residual from each ride to the "
        f"line. Mean squared error {error:.1f} square minutes."
    )


def strip_regression() -> Picture:
    """Show three lines through the same rides: too flat, shifted, and good.

    Returns
    -------
    Picture
        Three panels of `plot_regression`.
    """
    lines = ((1, 10, True), (4, 10, False), (4, 4, False))
    return strip(plot_regression, [{"w": w, "b": b, "legend": legend} for w, b, legend in lines])


def explore_regression() -> Explorer:
    """Move a line through the rides and watch its mean squared error.

    Returns
    -------
    Explorer
        `plot_regression` with two sliders.
    """
    sliders = {"w": slider("weight w", -2, 8, 1, 0.25), "b": slider("bias b", -5, 20, 10, 0.5)}
    return explore(plot_regression, sliders, (5.5, 3.8), "regression", _rides)


def _rides() -> dict[str, Any]:
    """Return the rides."""
    return {"x": DISTANCE.tolist(), "y": MINUTES.tolist()}
