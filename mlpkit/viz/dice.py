"""Figures on sums of random numbers: what dice show of the bell curve."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, slider, strip
from mlpkit.viz._style import BLUE, ORANGE

__all__ = ["explore_sums", "plot_sums", "strip_sums"]

THROWS = 10_000


def plot_sums(n: int, ax: Axes, legend: bool = True) -> str:
    """Draw how often each sum of n dice came up, and the bell curve with the same mean and variance.

    Parameters
    ----------
    n : int
        Number of dice.
    ax : matplotlib.axes.Axes
        Where to draw.
    legend : bool
        Whether to say what is what.

    Returns
    -------
    str
        A description of the drawing.
    """
    n = int(n)
    dice = "die" if n == 1 else "dice"
    sums = np.random.default_rng(n).integers(1, 7, size=(THROWS, n)).sum(axis=1)
    values, counts = np.unique(sums, return_counts=True)
    mean, deviation = 3.5 * n, math.sqrt(35 / 12 * n)  # of the sum: n times those of one die
    x = np.linspace(n - 1, 6 * n + 1, 400)
    bell = np.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi))
    ax.bar(values, counts / THROWS, width=0.8, color="#9dc3e6", edgecolor=BLUE, label=f"{THROWS} throws")
    ax.plot(x, bell, color=ORANGE, linestyle="--", linewidth=2, label="bell curve")
    ax.set(xlabel=f"sum of {n} {dice} (pips)", ylabel="share of the throws", ylim=(0, 1.4 * bell.max()))
    ax.set_title(f"mean {sums.mean():.2f}, variance {sums.var():.1f}")
    if legend:
        ax.legend(loc="upper right", fontsize=8)
    return (
        f"Shares of the sums of {n} {dice} in {THROWS} throws as bars from {values[0]} to {values[-1]}, with a bell "
        f"curve: mean {sums.mean():.2f} and variance {sums.var():.1f}; expected are {mean:g} and {deviation**2:.1f}."
    )


def strip_sums() -> Picture:
    """Show the sums of one die, two dice and ten dice.

    Returns
    -------
    Picture
        Three panels of `plot_sums`.
    """
    return strip(plot_sums, [{"n": 1, "legend": False}, {"n": 2, "legend": False}, {"n": 10}], size=(3.1, 2.8))


def explore_sums() -> Explorer:
    """Choose how many dice are thrown.

    Returns
    -------
    Explorer
        `plot_sums` with a slider.
    """
    return explore_scenes("sums", plot_sums, {"n": slider("dice n", 1, 20, 2, 1)}, (5.5, 3.6))
