"""Figures of the chapter on training: where a penalty on a weight moves the lowest point of its loss."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, slider, strip
from mlpkit.viz._style import BLUE, ORANGE

__all__ = ["explore_penalties", "lowest_points", "plot_penalties", "strip_penalties"]

GREY = "#777777"


def lowest_points(strength: float, best: float) -> tuple[float, float]:
    """Find where the loss ½(w - best)² of one weight is lowest together with its penalty.

    Parameters
    ----------
    strength : float
        What stands before ``|w|`` or ``w²``, at least 0.
    best : float
        The weight without a penalty, at least 0.

    Returns
    -------
    l1, l2 : float
        The weight with the penalty of L1, and with that of L2.
    """
    return max(best - strength, 0.0), best / (1 + 2 * strength)


def plot_penalties(strength: float, best: float, ax: Axes, legend: bool = True) -> str:
    """Draw the loss of one weight, alone and with the penalties of L1 and L2, and mark the lowest points.

    Parameters
    ----------
    strength : float
        What stands before ``|w|`` or ``w²``, at least 0.
    best : float
        The weight without a penalty, at least 0.
    ax : matplotlib.axes.Axes
        Where to draw.
    legend : bool
        Whether to say what is what.

    Returns
    -------
    str
        What can be seen.
    """
    w = np.linspace(-1, 3, 401)  # 0, the corner of |w|, is one of them
    loss = (w - best) ** 2 / 2
    l1, l2 = lowest_points(strength, best)
    ax.axvline(0, color="#cccccc", linewidth=1)
    ax.plot(w, loss, color=GREY, linestyle=":", label="loss alone")
    ax.plot(best, 0, "^", color=GREY)
    ax.plot(w, loss + strength * np.abs(w), color=BLUE, label="with L1")
    ax.plot(l1, (l1 - best) ** 2 / 2 + strength * l1, "o", color=BLUE)
    ax.plot(w, loss + strength * w**2, color=ORANGE, linestyle="--", label="with L2")
    ax.plot(l2, (l2 - best) ** 2 / 2 + strength * l2**2, "s", color=ORANGE)
    ax.set(xlabel="weight w", ylabel="loss and penalty", xlim=(-1, 3), ylim=(-0.15, 3))
    ax.set_title(f"from {best:g} to {l1:.3g} (L1), {l2:.3g} (L2)", fontsize=9)
    if legend:
        ax.legend(loc="upper center", fontsize=8)
    return (
        f"Three curves over one weight. The loss alone is lowest at {best:g}, with the penalty of L1 at {l1:.3g}, and "
        f"with that of L2 at {l2:.3g}; the strength is {strength:g}."
    )


def explore_penalties() -> Explorer:
    """Choose the strength of a penalty, and the weight that is best without one."""
    controls = {"strength": slider("strength", 0, 1.5, 0.5, 0.25), "best": slider("best w", 0.5, 2, 2, 0.5)}
    return explore_scenes("penalties", plot_penalties, controls, (5.5, 3.6))


def strip_penalties() -> Picture:
    """Show the loss with each penalty where the best weight is large, middling and small."""
    settings = [{"strength": 0.5, "best": best, "legend": best == 2} for best in (2, 1, 0.5)]
    return strip(plot_penalties, settings, size=(3.1, 2.9))
