"""Figures of the chapter on classification: a neuron learns to diagnose, and gates."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore, explore_scenes, slider, strip
from mlpkit.viz._style import BELOW, BLUE, ORANGE

__all__ = [
    "animate_logistic",
    "explore_gate",
    "explore_logistic",
    "plot_gate",
    "plot_logistic",
    "strip_gate",
    "strip_logistic",
]

RATE = 1.0  # learning rate of the neuron that learns to diagnose
LAST_STEP = 300
FRAMES = (0, 1, 2, 3, 5, 7, 10, 15, 25, 50, 100, 200, 300)

BORDERS: dict[Any, int] = {":": 10, "-": 50, "--": 90}  # how the lines of these probabilities, in percent, are drawn

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"AND": np.array([0, 0, 0, 1]), "OR": np.array([0, 1, 1, 1]), "XOR": np.array([0, 1, 1, 0])}


def plot_logistic(step: float, ax: Axes, legend: bool = True) -> str:
    """Draw what a sigmoid neuron says about new tumours while it learns from others to tell benign from malignant ones.

    It learns from 379 tumours; drawn are the 190 that were held out, and the loss and the right answers are theirs.

    Parameters
    ----------
    step : int
        After how many steps of gradient descent, at most 300.
    ax : matplotlib.axes.Axes
        Where to draw.
    legend : bool
        Whether to say what is what.

    Returns
    -------
    str
        A description of the drawing.
    """
    after = min(max(round(step), 0), LAST_STEP)
    X, y = _tumours("new")
    weights, losses = _diagnosis()
    w1, w2, b = (float(v) for v in weights[after])
    x2, x1 = np.mgrid[-3:4:2j, -3:5:2j]  # its corners suffice for contours of an affine function
    z = w1 * x1 + w2 * x2 + b
    levels = [-np.log(9), 0.0, np.log(9)]  # the logits of 10, 50 and 90 percent
    ax.contourf(x1, x2, z, levels=[0.0, max(float(z.max()), 1.0)], colors=["#cfe2f3"], hatches=["///"])
    if after:
        ax.contour(x1, x2, z, levels=levels, colors="black", linestyles=list(BORDERS), linewidths=2, zorder=3)
    for label, name, color, marker in ((0, "benign", ORANGE, "s"), (1, "malignant", BLUE, "o")):
        look: dict[str, Any] = {"markersize": 3.5, "alpha": 0.75, "linestyle": "", "label": name}
        ax.plot(*X[y == label].T, marker, color=color, **look)
    right = int(np.sum((X @ (w1, w2) + b >= 0) == y))
    ax.set(xlim=(-3, 5), ylim=(-3, 4), xlabel="largest radius (standard deviations)")
    ax.set_ylabel("texture (standard deviations)")
    ax.set_title(f"step {after}: loss {losses[after]:.3f}\n{right} of {len(y)} right")
    if legend:
        borders = [Line2D([], [], color="black", linestyle=look, label=f"{p} %") for look, p in BORDERS.items()]
        ax.legend(handles=[*ax.lines, *borders], **BELOW, ncols=3)
    lines = "The border at one half, with those at 10 and 90 percent beside it, is straight." if after else "No border."
    return (
        f"Radius and texture of {len(y)} tumours that were held out. After {after} steps on others the neuron has the "
        f"loss {losses[after]:.3f} on them and is right about {right}. {lines}"
    )


def strip_logistic() -> Picture:
    """Show the neuron at three moments of its training.

    Returns
    -------
    Picture
        Three panels of `plot_logistic`.
    """
    settings = [{"step": step, "legend": step == 1} for step in (1, 10, LAST_STEP)]
    return strip(plot_logistic, settings, size=(3.1, 3.6))


def explore_logistic() -> Explorer:
    """Go through the steps in which a neuron learns to diagnose.

    Returns
    -------
    Explorer
        `plot_logistic` with a slider.
    """
    steps = {"step": slider("step", 0, LAST_STEP, 0, 1)}
    return explore_scenes("logistic", plot_logistic, steps, (5.0, 4.6), step=FRAMES)


def animate_logistic() -> Animation:
    """Play how a neuron learns to diagnose.

    Returns
    -------
    Animation
        13 frames of `plot_logistic`.
    """
    alt = (
        "190 tumours by radius and texture, benign ones as squares, malignant ones as circles. A straight border "
        "appears between the clouds and turns a little; the lines at 10 and 90 percent, wide apart at first, draw in."
    )
    return animate(plot_logistic, [{"step": step} for step in FRAMES], alt, size=(4.8, 4.3), seconds=0.4)


def plot_gate(gate: str, w1: float, w2: float, b: float, ax: Axes) -> str:
    """Draw a step neuron on the unit square beside the truth table that it should follow.

    Parameters
    ----------
    gate : {"AND", "OR", "XOR"}
        What the neuron should answer at the four corners.
    w1, w2, b : float
        Weights and bias.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        A description of the drawing.
    """
    side = np.linspace(-0.5, 1.5, 201)
    z = w1 * side + w2 * side[:, None] + b
    ax.contourf(side, side, z >= 0, levels=[0.5, 1.5], colors=["#cfe2f3"], hatches=["///"])
    if (z >= 0).any() and (z < 0).any():
        ax.contour(side, side, z, levels=[0.0], colors="black", linewidths=2)
    wanted = GATES[gate]
    right = (CORNERS @ (w1, w2) + b >= 0) == wanted
    for (x1, x2), label, good in zip(CORNERS, wanted, right, strict=True):
        color, marker = (BLUE, "o") if label else (ORANGE, "s")
        ax.plot(x1, x2, marker, color=color, markersize=12, markeredgecolor="black")
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        above = (w1 * x1 + w2 * x2 + b) * w2 > 0  # the side away from the border
        at, va = (x2 + 0.14, "bottom") if above else (x2 - 0.14, "top")
        ax.text(x1, at, f"{label}: {'right' if good else 'wrong'}", ha="center", va=va, fontsize=9, bbox=box)
    ax.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xlabel="input $x_1$", ylabel="input $x_2$", aspect="equal")
    ax.set_title(f"{gate}: {right.sum()} of 4 right")
    return (
        f"The corners of a square with the answers of {gate}, circles for 1 and squares for 0, and the hatched side on "
        f"which a neuron with weights ({w1:g}, {w2:g}) and bias {b:g} fires: {right.sum()} of 4 are right."
    )


def strip_gate() -> Picture:
    """Show a neuron for AND, one for OR, and two attempts at XOR.

    Returns
    -------
    Picture
        Four panels of `plot_gate`.
    """
    chosen = (("AND", 1, 1, -1.5), ("OR", 1, 1, -0.5), ("XOR", 1, 1, -0.5), ("XOR", -1, 1, -0.5))
    return strip(plot_gate, [{"gate": g, "w1": p, "w2": q, "b": b} for g, p, q, b in chosen], size=(2.6, 2.9))


def explore_gate() -> Explorer:
    """Move the weights and the bias of a step neuron until it follows a truth table, if it can.

    Returns
    -------
    Explorer
        `plot_gate` with a menu and three sliders.
    """
    with needed_by("an explorer"):
        import ipywidgets

    controls = {
        "gate": ipywidgets.Dropdown(options=tuple(GATES), value="AND", description="gate"),
        "w1": slider("weight w₁", -2, 2, 1, 0.25),
        "w2": slider("weight w₂", -2, 2, 0, 0.25),
        "b": slider("bias b", -3, 3, -0.5, 0.25),
    }
    return explore(plot_gate, controls, (4.2, 4.4), "gate")


@cache
def _tumours(part: str) -> tuple[FloatArray, NDArray[np.int64]]:
    """Radius and texture of the 379 ``known`` or the 190 ``new`` tumours, in standard deviations; 1 for malignant."""
    with needed_by("these figures"):
        from sklearn.datasets import load_breast_cancer  # takes a second to import

    data = load_breast_cancer()
    order = np.random.default_rng(0).permutation(len(data.target))
    known, new = order[:379], order[379:]
    X = data.data[:, 20:22]
    rows = known if part == "known" else new
    return (X[rows] - X[known].mean(axis=0)) / X[known].std(axis=0), 1 - data.target[rows]


@cache
def _diagnosis() -> tuple[FloatArray, list[float]]:
    """Weights and bias after each step of gradient descent on the known tumours, and the loss on the new ones."""
    from mlpkit.activations import Sigmoid

    X, y = _tumours("known")
    X_new, y_new = _tumours("new")
    parameters, kept, losses = np.zeros(3), [], []
    inputs = np.column_stack([X, np.ones(len(X))])
    for _ in range(LAST_STEP + 1):
        z = X_new @ parameters[:2] + parameters[2]
        kept.append(parameters)
        losses.append(float(np.mean(np.logaddexp(0, z) - z * y_new)))
        parameters = parameters - RATE * inputs.T @ (Sigmoid()(inputs @ parameters) - y) / len(y)
    return np.array(kept), losses
