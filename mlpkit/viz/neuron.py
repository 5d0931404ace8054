"""Figures of the first chapter: the neuron as a half-plane, and activations."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore, slider, strip
from mlpkit.viz._style import BELOW, BLUE, ORANGE

__all__ = [
    "animate_neuron",
    "explore_activation",
    "explore_neuron",
    "plot_activation",
    "plot_neuron",
    "strip_activation",
    "strip_neuron",
]

FLAT = 0.05  # below this slope a curve counts as flat
TAUGHT = ("identity", "step", "sigmoid", "tanh", "relu", "leaky_relu")  # the activations of the chapter
LEAK = 0.1  # of the leaky ReLU: with the usual 0.01 it could not be told from ReLU
SPELLING = {"relu": "ReLU", "leaky_relu": f"leaky ReLU (ε = {LEAK:g})"}
CORNER: Any = {"fontsize": 8, "frameon": False, "handlelength": 1.2, "handletextpad": 0.5, "borderaxespad": 0.1}
JUMP = 0.3  # a curve that changes by more between two points of a drawing is not joined there


def plot_neuron(w1: float, w2: float, b: float, ax: Axes) -> str:
    """Draw the half-plane on which a neuron with two inputs fires, and its weight vector.

    Parameters
    ----------
    w1, w2 : float
        The weights, ``w = (w1, w2)``.
    b : float
        The bias.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        A description of the drawing.
    """
    reach = 3.0
    x2, x1 = np.mgrid[-reach:reach:121j, -reach:reach:121j]
    z = w1 * x1 + w2 * x2 + b
    ax.contourf(x1, x2, z >= 0, levels=[0.5, 1.5], colors=["#cfe2f3"], hatches=["///"])
    if (z >= 0).any() and (z < 0).any():
        ax.contour(x1, x2, z, levels=[0.0], colors=[BLUE], linewidths=2)
    length = w1**2 + w2**2
    told = f"A neuron with weights ({w1:g}, {w2:g}) and bias {b:g}."
    if length > 0:
        foot = 0.0 - b * np.array([w1, w2]) / length  # the point of the line nearest to the origin
        ax.annotate(
            "",
            xy=(foot[0] + w1, foot[1] + w2),
            xytext=(foot[0], foot[1]),
            arrowprops={"arrowstyle": "-|>", "color": ORANGE, "linewidth": 2.5, "shrinkA": 0, "shrinkB": 0},
            annotation_clip=True,
        )
        told += (
            f" The line goes through ({foot[0]:.2g}, {foot[1]:.2g}); there the weight vector stands on it"
            " at a right angle and points to the hatched side, where the neuron fires."
        )
    else:
        told += f" Without weights there is no line: it {'always' if b >= 0 else 'never'} fires."
    ax.plot(0, 0, "+", color="black", markersize=9)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="input $x_1$", ylabel="input $x_2$", aspect="equal")
    ax.set_title(f"$w$ = ({w1:g}, {w2:g}),  $b$ = {b:g}".replace("-", "−"))
    return told


def strip_neuron() -> Picture:
    """Show four neurons: one to start from, its bias moved, its weights turned, a weight of zero.

    Returns
    -------
    Picture
        Four panels of `plot_neuron`.
    """
    neurons = ((1, 1, 0), (1, 1, -2), (-1, 1, 0), (1.5, 0, -1))
    return strip(plot_neuron, [{"w1": p, "w2": q, "b": b} for p, q, b in neurons], size=(2.5, 2.8))


def explore_neuron() -> Explorer:
    """Move the weights and the bias of a neuron with two inputs.

    Returns
    -------
    Explorer
        `plot_neuron` with three sliders.
    """
    controls = {
        "w1": slider("weight w₁", -2, 2, 1, 0.25),
        "w2": slider("weight w₂", -2, 2, 1, 0.25),
        "b": slider("bias b", -3, 3, 0, 0.25),
    }
    return explore(plot_neuron, controls, (4.4, 4.6), "neuron")


def animate_neuron() -> Animation:
    """Turn the weight vector of a neuron, move its bias, then double both.

    Returns
    -------
    Animation
        `plot_neuron` in 22 frames.
    """
    length, first, last = 1.5, -1.0, 2.0
    around = np.radians(30 * np.arange(1, 14))
    settings = [(length * np.cos(angle), length * np.sin(angle), first) for angle in around]
    w1, w2, _ = settings[-1]
    settings += [(w1, w2, b) for b in np.arange(first + 0.5, last + 0.25, 0.5)]
    settings += [(factor * w1, factor * w2, factor * last) for factor in (1.33, 1.67, 2.0)]
    alt = (
        "A neuron with two inputs in three scenes. The weight vector turns once around, and the line on which it "
        f"stands turns with it. The bias grows from {first:g} to {last:g}, and the line moves against the weight "
        "vector without turning. The weights and the bias are doubled: the vector gets twice as long, the line stays."
    )
    names = ("w1", "w2", "b")
    frames = [{name: round(value, 2) + 0.0 for name, value in zip(names, each, strict=True)} for each in settings]
    return animate(plot_neuron, frames, alt, size=(4.2, 4.4), seconds=0.4)


def plot_activation(
    name: str, ax: Axes, w: float = 1.0, b: float = 0.0, slope: bool = True, legend: bool | str = True
) -> str:
    """Draw the output of a neuron with one input against that input, with the slope of the curve or a dot at z = 0.

    Parameters
    ----------
    name : str
        A key of ``mlpkit.activations.ACTIVATIONS``; the leaky ReLU has the slope 0.1 for negative inputs.
    ax : matplotlib.axes.Axes
        Where to draw.
    w, b : float
        Weight and bias; the curve is ``a = f(w·x + b)``.
    slope : bool
        Whether to draw the slope too and to hatch where it is nearly zero. Otherwise a dot marks where ``w·x + b`` is
        zero, and the title has the weight and the bias in place of the name.
    legend : bool or str
        Whether to say below the panel which curve is which; or the corner of the panel in which to say it.

    Returns
    -------
    str
        A description of the drawing.
    """
    # Imported here, so that the figures without an activation load where that module is withheld.
    from mlpkit.activations import ACTIVATIONS, LeakyReLU

    f = LeakyReLU(LEAK) if name == "leaky_relu" else ACTIVATIONS[name]()
    x = np.linspace(-6, 6, 601)
    output, steepness = f(w * x + b), w * f.derivative(w * x + b)
    ax.plot(x, _torn(output), color=BLUE, linestyle="-", linewidth=2, label="output $a$")
    ax.set(xlim=(-6, 6), xticks=range(-6, 7, 2), xlabel="input $x$")
    title = SPELLING.get(name, name)
    told = f"{title}, output against input, weight {w:g}, bias {b:g}."
    if slope:
        ax.plot(x, _torn(steepness), color=ORANGE, linestyle="--", linewidth=2, label="slope of the curve")
        flat = np.abs(steepness) < FLAT
        look: dict[str, Any] = {"facecolor": "none", "hatch": "\\\\\\\\", "linewidth": 0, "label": "nearly flat"}
        ax.fill_between(x, 0, 1, where=flat, transform=ax.get_xaxis_transform(), **look)
        if legend:
            ax.legend(**({**CORNER, "loc": legend} if isinstance(legend, str) else {**BELOW, "ncols": 2}))
        least, most = steepness.min() + 0.0, steepness.max() + 0.0  # the sum turns -0 into 0
        told += f" Slope between {least:.2g} and {most:.2g}"
        told += f", nearly zero on {100 * flat.mean():.0f} percent of the range."
        inner = "x" if w == 1 else f"{w:g}x".replace("-", "−")
        inner += f" {'+' if b > 0 else '−'} {abs(b):g}" if b else ""
        ax.set(ylim=(-1.4, 2.4), ylabel="output $a$, slope", title=title if inner == "x" else f"{title} of {inner}")
        return told
    ax.set(ylim=(-1.4, 2.4), ylabel="output $a$", title=f"$w$ = {w:g}, $b$ = {b:g}".replace("-", "−"))
    if output.min() >= 0 and output.max() <= 1:
        ax.set(ylim=(-0.1, 1.1), yticks=(0, 0.5, 1))
    if w and abs(b / w) <= 6:
        at, half = 0.0 - b / w, float(f(0.0))
        ax.plot(at, half, "o", color=BLUE, markersize=8)
        told += f" A dot marks the input {at:.3g}, where z = 0 and the output is {half:.3g}."
    return told


def _torn(curve: FloatArray) -> FloatArray:
    """Return a curve with a gap where it jumps."""
    return np.where(np.abs(np.diff(curve, prepend=curve[0])) > JUMP, np.nan, curve)


def strip_activation(*settings: dict[str, Any]) -> Picture:
    """Show activations side by side.

    Parameters
    ----------
    *settings : dict
        Arguments of `plot_activation` for each panel; without any, all six activations of the chapter.

    Returns
    -------
    Picture
        The panels, the first one with a legend.
    """
    chosen = settings or [{"name": name} for name in TAUGHT]
    panels = [{"legend": "upper left" if i == 0 else False, **setting} for i, setting in enumerate(chosen)]
    names = {setting["name"] for setting in chosen}
    lead = f"The {names.pop()} with other weights and biases." if len(names) == 1 else "Activations and their slopes."
    return strip(plot_activation, panels, size=(3.0, 2.9), columns=3, lead=lead)


def explore_activation() -> Explorer:
    """Choose one of the six activations of the chapter and move the weight and the bias in front of it.

    Returns
    -------
    Explorer
        `plot_activation` with a menu and two sliders.
    """
    with needed_by("an explorer"):
        import ipywidgets

    controls = {
        "name": ipywidgets.Dropdown(options=TAUGHT, value="sigmoid", description="activation"),
        "w": slider("weight w", -4, 4, 1, 0.5),
        "b": slider("bias b", -4, 4, 0, 0.5),
    }
    return explore(plot_activation, controls, (5.5, 3.6), "activation")
