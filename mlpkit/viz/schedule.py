"""Figures of the chapter on training: learning rates that change while a network learns."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, strip
from mlpkit.viz._style import BLUE, ORANGE

__all__ = ["explore_schedule", "plot_schedule", "schedule_rates", "strip_schedule"]

STEPS = 100
KINDS = ("constant", "steps", "cosine")


def schedule_rates(kind: str, warmup: int) -> FloatArray:
    """Return the learning rate of each of 100 steps, in shares of its peak.

    Parameters
    ----------
    kind : {"constant", "steps", "cosine"}
        What follows the warm-up; with "steps", the rate is divided by 10 after a third and two thirds of the rest.
    warmup : int
        Number of steps in which the rate rises from near 0; 0 for none.

    Returns
    -------
    ndarray of shape (100,)
        The rates.
    """
    # Imported here, so that the figures load where that module is withheld.
    from mlpkit.schedules import ConstantSchedule, CosineSchedule, Schedule, StepSchedule, WarmUpSchedule

    rest = STEPS - warmup
    after: Schedule = ConstantSchedule(1.0)
    if kind == "steps":
        after = StepSchedule(1.0, every=-(-rest // 3), factor=0.1)
    elif kind == "cosine":
        after = CosineSchedule(1.0, steps=rest)
    rule = WarmUpSchedule(after, steps=warmup) if warmup else after
    return np.array([rule(step) for step in range(STEPS)])


def plot_schedule(kind: str, warmup: int, ax: Axes) -> str:
    """Draw the learning rate of each step.

    Parameters
    ----------
    kind : {"constant", "steps", "cosine"}
        What follows the warm-up.
    warmup : int
        Number of steps in which the rate rises.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        What can be seen.
    """
    rates = schedule_rates(kind, warmup)
    steps = np.arange(1, STEPS + 1)
    ax.plot(steps, rates, color=BLUE, label="learning rate")
    ax.fill_between(steps, rates, color=BLUE, alpha=0.12)
    if warmup:
        ax.axvspan(1, warmup, color=ORANGE, alpha=0.25, label="warm-up")
    ax.set(
        xlabel="step",
        ylabel="share of the peak",
        ylim=(0, 1.08),
        title=f"{kind}{f', warm-up of {warmup}' if warmup else ''}",
    )
    ax.legend(loc="lower left" if kind == "constant" else "upper right", fontsize=8)
    rise = f"rises for {warmup} steps, then " if warmup else ""
    does = {
        "constant": "stays",
        "steps": "is divided by 10 after a third and two thirds of the rest",
        "cosine": "falls like a cosine",
    }
    return (
        f"The rate {rise}{does[kind]}. In the middle of 100 steps it is {rates[49]:.2f} of its peak, in the last "
        f"{rates[-1]:.2g}; all rates together make {rates.sum():.0f} steps at the peak."
    )


def explore_schedule() -> Explorer:
    """Choose a schedule, and move the length of the warm-up."""
    with needed_by("an explorer"):
        import ipywidgets

    controls: dict[str, Any] = {
        "kind": ipywidgets.Dropdown(options=list(KINDS), value="cosine", description="schedule"),
        "warmup": ipywidgets.IntSlider(10, min=0, max=50, step=5, description="warm-up", continuous_update=False),
    }
    return explore_scenes("schedule", plot_schedule, controls, (5.5, 3.4), warmup=(0, 5, 10, 20, 30, 50))


def strip_schedule() -> Picture:
    """Show four schedules: constant, in steps, like a cosine, and the last with a warm-up."""
    settings = [("constant", 0), ("steps", 0), ("cosine", 0), ("cosine", 10)]
    return strip(plot_schedule, [{"kind": k, "warmup": w} for k, w in settings], size=(3.3, 2.6), columns=2)
