"""A figure of the chapter on classification: what hidden neurons make of three regions."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, slider, strip
from mlpkit.viz._style import BLUE, ORANGE

__all__ = ["explore_encoding", "plot_encoding", "strip_encoding"]

LOW, HIGH = 0.5, 1.5  # x1 + x2 at the two lines that bound the middle region
REGIONS = (("below", ORANGE, "s"), ("between", BLUE, "o"), ("above", ORANGE, "^"))
ENCODINGS = ("input", "step", "tanh", "relu")
SPELLING = {"relu": "ReLU"}


def plot_encoding(activation: str, ax: Axes, scale: float = 1.0, legend: bool = True) -> str:
    """Draw points of three regions of the plane, as they are or as two hidden neurons see them.

    The neurons compute ``f(scale·(x1 + x2 - 0.5))`` and ``f(scale·(1.5 - x1 - x2))``.

    Parameters
    ----------
    activation : {"input", "step", "tanh", "relu"}
        Of the hidden neurons; "input" draws the points as they are, with the borders of the two neurons.
    ax : matplotlib.axes.Axes
        Where to draw.
    scale : float
        By how much the weights and biases are multiplied.
    legend : bool
        Whether to say which region is which.

    Returns
    -------
    str
        A description of the drawing.
    """
    X, region = _three_regions()
    A, title = X, "inputs"
    if activation != "input":
        # Imported here, so that the figures load where that module is withheld.
        from mlpkit.activations import ACTIVATIONS

        total = X.sum(axis=1)
        A = ACTIVATIONS[activation]()(scale * np.column_stack([total - LOW, HIGH - total]))
        title = f"{SPELLING.get(activation, activation)} neurons"
    for i, (name, color, marker) in enumerate(REGIONS):
        size = 11 if activation == "step" else 5
        look: dict[str, Any] = {"markersize": size, "markeredgecolor": "black", "markeredgewidth": 0.4, "label": name}
        ax.plot(*A[region == i].T, marker, color=color, linestyle="", alpha=0.9, **look)
    if activation == "input":
        for total, style, name in ((LOW, "-", "$z_1 = 0$"), (HIGH, "--", "$z_2 = 0$")):
            ax.axline((0.0, total), slope=-1, color="black", linestyle=style, linewidth=1.5, label=name)
        ax.set(xlim=(-0.6, 2.9), ylim=(-0.6, 2.9), xlabel="input $x_1$", ylabel="input $x_2$")
    else:
        cut, wide = _separating_sum(A, region)
        low, high = (
            (-1.3, 1.3) if activation == "tanh" else (-0.3, 1.3 if activation == "step" else float(A.max()) + 0.3)
        )
        if wide:
            ax.axline((cut, 0.0), slope=-1, color="black", linestyle=":", linewidth=2, label="one line")
        ax.set(xlim=(low, high), ylim=(low, high), xlabel="hidden $a_1$", ylabel="hidden $a_2$")
    ax.set_aspect("equal")
    ax.set_title(title if scale == 1 or activation == "input" else f"{title}, weights × {scale:g}")
    if legend:
        ax.legend(fontsize=8, loc="lower left" if activation in ("step", "tanh") else "upper right")
    if activation == "input":
        return "Points of three regions between and beside two parallel slanted lines: squares, circles, triangles."
    ends = [
        f"{name} ({A[region == i, 0].mean():.2f}, {A[region == i, 1].mean():.2f})"
        for i, (name, _, _) in enumerate(REGIONS)
    ]
    separated = (
        "One straight line separates circles from the rest." if wide else "No slanted line separates the circles."
    )
    return f"The same points after two {title}; the regions have the centres {', '.join(ends)}. {separated}"


def strip_encoding() -> Picture:
    """Show three regions as they are, and as two step, tanh and ReLU neurons see them.

    Returns
    -------
    Picture
        Four panels of `plot_encoding`.
    """
    return strip(
        plot_encoding,
        [{"activation": name, "legend": name == "input"} for name in ENCODINGS],
        size=(3.7, 3.4),
        columns=2,
    )


def explore_encoding() -> Explorer:
    """Choose the activation of two hidden neurons, and how large their weights are.

    Returns
    -------
    Explorer
        `plot_encoding` with a menu and a slider.
    """
    with needed_by("an explorer"):
        import ipywidgets

    controls = {
        "activation": ipywidgets.Dropdown(options=ENCODINGS, value="tanh", description="activation"),
        "scale": slider("weights ×", 0.25, 8, 1, 0.25),
    }
    return explore_scenes("encoding", plot_encoding, controls, (4.4, 4.6), scale=(0.25, 0.5, 1, 2, 4, 8))


@cache
def _three_regions() -> tuple[FloatArray, NDArray[np.int64]]:
    """Return 120 points, none of them close to a line, and the number of the region of each."""
    X = np.random.default_rng(3).uniform(-0.5, 1.7, (400, 2))
    total = X.sum(axis=1)
    clear = (np.abs(total - LOW) > 0.12) & (np.abs(total - HIGH) > 0.12)
    X, total = X[clear][:120], total[clear][:120]
    return X, (total > LOW).astype(np.int64) + (total > HIGH)


def _separating_sum(A: FloatArray, region: NDArray[np.int64]) -> tuple[float, bool]:
    """Return the sum of the two codes halfway between the middle region and the others, and whether it separates."""
    total, middle = A.sum(axis=1), region == 1
    gaps = ((total[middle].max(), total[~middle].min()), (total[~middle].max(), total[middle].min()))
    for low, high in gaps:
        if low < high - 1e-9:
            return float(low + high) / 2, True
    return float(np.mean(total)), False
