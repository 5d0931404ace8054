"""A figure of the project: a picture of one's own on its way to a digit."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, slider, strip
from mlpkit.viz.project import readers

__all__ = ["drawn_four", "explore_preparation", "plot_preparation", "strip_preparation"]

STEPS = ("the picture", "ink or paper", "cut out, centred, 32×32", "counted in blocks: 8×8")
STROKES = ((44, 10, 12, 52), (12, 52, 56, 50), (40, 30, 38, 74))  # of a 4: x and y of the two ends of each


def drawn_four(thickness: float = 4.0, height: int = 84, width: int = 70) -> FloatArray:
    """Draw a 4 with a pen, on paper that is lighter on one side than on the other.

    Parameters
    ----------
    thickness : float
        Of the pen, in pixels.
    height, width : int
        Of the picture, in pixels.

    Returns
    -------
    ndarray of shape (height, width)
        Brightness, from 0, black, to 255, white.
    """
    y, x = np.indices((height, width), dtype=float)
    nearest = np.full((height, width), np.inf)
    for x1, y1, x2, y2 in STROKES:
        along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
        along = along.clip(0, 1)
        nearest = np.minimum(nearest, np.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1)))
    paper = 205 + 40 * x / width
    cover = (thickness / 2 + 0.5 - nearest).clip(0, 1)
    picture: FloatArray = np.round(paper * (1 - cover) + 45 * cover)
    return picture


def plot_preparation(step: int, thickness: float, ax: Axes) -> str:
    """Draw a picture after a step of its preparation.

    Parameters
    ----------
    step : int
        0: the picture; 1: ink told from paper; 2: cut out, centred and scaled; 3: counted in blocks.
    thickness : float
        Of the pen, in pixels.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        What can be seen.
    """
    # Imported here, so that the figures load where that module is withheld.
    from mlpkit.pictures import count_blocks, find_ink, fit_frame, to_digit

    picture = drawn_four(thickness)
    ink = find_ink(picture)
    dots = fit_frame(ink)
    shown: Any = (picture, 1 - ink, 1 - dots, 16 - count_blocks(dots))[int(step)]
    ax.imshow(shown, cmap="gray", vmin=0, vmax=(255, 1, 1, 16)[int(step)])
    ax.grid(visible=False)
    ax.set(xlabel="column (pixel)", ylabel="row (pixel)", title=STEPS[int(step)])
    told = f"{STEPS[int(step)]}, {shown.shape[0]} rows and {shown.shape[1]} columns, of a handwritten 4"
    if step == len(STEPS) - 1:
        p = readers()[1].predict(to_digit(picture)[None])[0]
        ax.set_title(f"{STEPS[3]}\nnetwork: {p.argmax()} ({p.max():.2f})")
        told += f"; the network says {p.argmax()} with probability {p.max():.2f}"
    return told + "."


def strip_preparation() -> Picture:
    """Show the four stages of a picture on its way to a digit."""
    return strip(plot_preparation, [{"step": step, "thickness": 5} for step in range(4)], size=(2.6, 3.6))


def explore_preparation() -> Explorer:
    """Go through the stages, and choose a pen."""
    with needed_by("an explorer"):
        import ipywidgets

    step = ipywidgets.IntSlider(3, min=0, max=3, description="stage", continuous_update=False)
    controls = {"step": step, "thickness": slider("pen (pixels)", 1, 20, 5, 1)}
    return explore_scenes("preparation", plot_preparation, controls, (3.6, 4.0), thickness=(1, 2, 3, 5, 7, 10, 14, 20))
