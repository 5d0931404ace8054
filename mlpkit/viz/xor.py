"""A figure of the chapter on backpropagation: a small network while it learns XOR."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.arrays import FloatArray
from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, slider, strip
from mlpkit.viz._style import BELOW, BLUE, ORANGE

__all__ = ["animate_xor", "explore_xor", "plot_xor", "strip_xor"]

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = np.array([[0.0], [1.0], [1.0], [0.0]])
RATE = 0.5
FRAMES = tuple(range(0, 100, 10)) + tuple(range(100, 401, 60))  # when XOR is looked at, in steps


def plot_xor(step: float, ax: Axes, legend: bool = True) -> str:
    """Draw what a network with four tanh neurons and a sigmoid says about the unit square while it learns XOR.

    Parameters
    ----------
    step : int
        After how many steps of gradient descent; the nearest of those that are kept, at most 400.
    ax : matplotlib.axes.Axes
        Where to draw.
    legend : bool
        Whether to say what is what.

    Returns
    -------
    str
        A description of the drawing.
    """
    after = min(FRAMES, key=lambda kept: abs(kept - step))
    at_corners, map_, loss = _learned_xor()[after]
    side = np.linspace(-0.5, 1.5, map_.shape[0])
    ax.contourf(side, side, map_, levels=[0.5, 1.0], colors=["#cfe2f3"], hatches=["///"])
    if map_.min() < 0.5 < map_.max():
        ax.contour(side, side, map_, levels=[0.5], colors=[BLUE], linewidths=2)
    for label, color, marker in ((0, ORANGE, "s"), (1, BLUE, "o")):
        chosen = CORNERS[XOR[:, 0] == label]
        ax.plot(*chosen.T, marker, color=color, markersize=11, markeredgecolor="black", label=f"$y$ = {label}")
    for (x1, x2), p in zip(CORNERS, at_corners, strict=True):
        look: Any = {"ha": "center", "va": "top", "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1}}
        ax.text(x1, x2 - 0.13, f"{p:.2f}", **look)
    ax.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xlabel="input $x_1$", ylabel="input $x_2$", aspect="equal")
    ticks = np.arange(-0.5, 1.6, 0.5)
    ax.set(xticks=ticks, yticks=ticks)
    ax.set_title(f"after {after} steps: loss {loss:.3f}")
    if legend:
        ax.legend(**BELOW, ncols=2)
    said = ", ".join(f"{p:.2f} at ({x1:g}, {x2:g})" for (x1, x2), p in zip(CORNERS, at_corners, strict=True))
    return (
        f"The network after {after} steps, loss {loss:.3f}. Its output is {said}; hatched where it is above one half."
    )


def strip_xor() -> Picture:
    """Show the network at four moments of learning XOR.

    Returns
    -------
    Picture
        Four panels of `plot_xor`.
    """
    settings = [{"step": step, "legend": step == 0} for step in (0, 40, 100, 400)]
    return strip(plot_xor, settings, size=(2.6, 3.0))


def explore_xor() -> Explorer:
    """Go through the steps in which a network learns XOR.

    Returns
    -------
    Explorer
        `plot_xor` with a slider.
    """
    return explore_scenes("xor", plot_xor, {"step": slider("step", 0, 400, 0, 10)}, (4.4, 4.6), step=FRAMES)


def animate_xor() -> Animation:
    """Play how a network learns XOR.

    Returns
    -------
    Animation
        16 frames of `plot_xor`.
    """
    alt = (
        "The unit square with the four points of XOR. At first one border runs across it, and two points lie on the "
        "wrong side; it bends and breaks in two, until (0, 1) and (1, 0) have a hatched region each, the others none."
    )
    return animate(plot_xor, [{"step": step} for step in FRAMES], alt, size=(4.2, 4.4), seconds=0.3)


@cache
def _learned_xor() -> dict[int, tuple[list[float], FloatArray, float]]:
    """Train on XOR; return after each kept step the outputs at the corners, those on a grid, and the loss."""
    from mlpkit import MLP, SGD, BinaryCrossEntropy, Dense

    rng = np.random.default_rng(1)
    model = MLP()
    model.add(Dense(2, 4, "tanh", SGD(learning_rate=RATE), weight_initializer="normal", dtype=np.float64, rng=rng))
    model.add(Dense(4, 1, "sigmoid", SGD(learning_rate=RATE), weight_initializer="normal", dtype=np.float64, rng=rng))
    side = np.linspace(-0.5, 1.5, 101)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    loss, kept = BinaryCrossEntropy(), {}
    for step in range(max(FRAMES) + 1):
        if step in FRAMES:
            p = model.predict(CORNERS)
            kept[step] = ([float(v) for v in p[:, 0]], model.predict(grid).reshape(101, 101), loss.forward(p, XOR))
        model.train_batch(CORNERS, XOR, loss)
    return kept
