"""Drawings of neurons and networks as nodes and edges."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch

from mlpkit.viz._picture import Picture
from mlpkit.viz._show import draw
from mlpkit.viz._style import BLUE, ORANGE

__all__ = ["draw_network", "draw_neuron", "plot_network", "plot_neuron_diagram"]


# Inputs only hold numbers: another colour and a hatch set them apart from what computes.
_INPUT: dict[str, Any] = {"facecolor": "#e8f0f8", "edgecolor": BLUE, "linewidth": 1.5, "hatch": "////"}
_COMPUTES: dict[str, Any] = {"facecolor": "#fbeadd", "edgecolor": ORANGE, "linewidth": 1.5}
_EDGE: dict[str, Any] = {"color": "#777777", "linestyle": "-", "linewidth": 1.0, "zorder": 1}
_CENTRED: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 3}
_ON_WHITE: dict[str, Any] = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5}}


def plot_neuron_diagram(
    x: Sequence[float], w: Sequence[float], b: float, activation: str, output: float, ax: Axes
) -> str:
    """Draw one neuron with numbers on its edges: inputs, weighted sum, activation, output.

    Parameters
    ----------
    x, w : sequence of n floats
        Inputs and weights.
    b : float
        The bias.
    activation : str
        Name of the activation.
    output : float
        What the neuron gives.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        A description of the drawing.
    """
    n = len(x)
    z = sum(p * q for p, q in zip(x, w, strict=True)) + b
    middle = (n - 1) / 2
    for i, (value, weight) in enumerate(zip(x, w, strict=True)):
        y = n - 1 - i
        ax.plot([0.3, 2.55], [y, middle], **_EDGE)
        along = y + (middle - y) * 0.38
        ax.text(1.15, along, f"$w_{i + 1}$ = {weight:g}", color=ORANGE, **_CENTRED, **_ON_WHITE)
        ax.add_patch(Circle((0, y), 0.33, zorder=2, **_INPUT))
        ax.text(0, y, f"{value:g}", **_CENTRED, **_ON_WHITE)
        ax.text(-0.5, y, f"$x_{i + 1}$", ha="right", va="center")
    ax.plot([3, 3], [middle + 0.45, middle + 0.95], **_EDGE)
    ax.text(3, middle + 1.05, f"$b$ = {b:g}", ha="center", va="bottom", color=ORANGE)
    ax.plot([3.45, 7.2], [middle, middle], **_EDGE)
    ax.add_patch(Circle((3, middle), 0.45, zorder=2, **_COMPUTES))
    ax.text(3, middle, "Σ", fontsize=14, **_CENTRED)
    ax.text(4.12, middle + 0.12, f"$z$ = {z:g}", ha="center", va="bottom")
    box = FancyBboxPatch((4.85, middle - 0.35), 1.3, 0.7, boxstyle="round,pad=0.05", zorder=2, **_COMPUTES)
    ax.add_patch(box)
    ax.text(5.5, middle, activation, **_CENTRED)
    ax.text(7.3, middle, f"$a$ = {output:g}", ha="left", va="center")
    ax.set(xlim=(-1.2, 8.6), ylim=(-0.6, n - 0.1), aspect="equal")
    ax.axis("off")
    return (
        f"A neuron: inputs {', '.join(f'{v:g}' for v in x)} are multiplied by weights "
        f"{', '.join(f'{v:g}' for v in w)}, summed with the bias {b:g} to {z:g}, and passed through the "
        f"activation {activation}, which gives {output:g}."
    )


def plot_network(sizes: Sequence[int], ax: Axes, names: Sequence[str] = ()) -> str:
    """Draw a network with every neuron joined to all neurons of the next layer.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, then neurons in each layer.
    ax : matplotlib.axes.Axes
        Where to draw.
    names : sequence of str
        What to write under each column.

    Returns
    -------
    str
        A description of the drawing.
    """
    places = [[(2.2 * column, (count - 1) / 2 - i) for i in range(count)] for column, count in enumerate(sizes)]
    for left, right in pairwise(places):
        for start in left:
            for end in right:
                ax.plot(*zip(start, end, strict=True), **_EDGE)
    lowest = -(max(sizes) - 1) / 2
    names = [name.replace(", ", ",\n") for name in names]
    lines = max((name.count("\n") + 1 for name in names), default=1)
    for column, nodes in enumerate(places):
        for node in nodes:
            ax.add_patch(Circle(node, 0.3, zorder=2, **(_INPUT if column == 0 else _COMPUTES)))
    for column, name in enumerate(names):
        ax.text(2.2 * column, lowest - 0.6, name, ha="center", va="top")
    under = lowest - 0.75 - 0.45 * lines
    ax.set(xlim=(-1.1, 2.2 * (len(sizes) - 1) + 1.1), ylim=(under, -lowest + 0.5), aspect="equal")
    ax.axis("off")
    *before, last = map(str, sizes[1:])
    layers = f"layers of {', '.join(before)} and {last}" if before else f"a layer of {last}"
    return f"A network of {sizes[0]} inputs and {layers} neurons, each joined to all of the next layer."


def draw_neuron(
    x: Sequence[float], w: Sequence[float], b: float, output: float, activation: str = "identity"
) -> Picture:
    """Show `plot_neuron_diagram` in a figure of its own.

    Parameters
    ----------
    x, w : sequence of n floats
        Inputs and weights.
    b, output : float
        The bias, and what the neuron gives.
    activation : str
        Name of the activation.

    Returns
    -------
    Picture
        The drawing with its description.
    """
    return draw(plot_neuron_diagram, (7.0, 2.6), x=x, w=w, b=b, activation=activation, output=output)


def draw_network(sizes: Sequence[int], names: Sequence[str] = ()) -> Picture:
    """Show `plot_network` in a figure of its own.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, then neurons in each layer.
    names : sequence of str
        What to write under each column.

    Returns
    -------
    Picture
        The drawing with its description.
    """
    return draw(plot_network, (6.0, 3.2), sizes=sizes, names=names)
