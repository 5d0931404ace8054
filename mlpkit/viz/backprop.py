"""Figures of the chapter on backpropagation: the two passes, the error of a measured slope, and a bug."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, slider, strip
from mlpkit.viz._style import BLUE, ORANGE
from mlpkit.viz.graph import _size, lecture_graph, plot_graph

__all__ = [
    "animate_graph",
    "explore_bug",
    "explore_step_size",
    "plot_bug",
    "plot_step_size",
    "strip_bug",
    "strip_step_size",
]

# What is measured against its known slope, and how it is written.
FUNCTIONS: dict[str, tuple[Any, Any, str]] = {
    "sine": (np.sin, np.cos, r"\sin x"),
    "exponential": (np.exp, np.exp, "e^x"),
    "square": (np.square, lambda x: 2 * x, "x^2"),
    "cube": (lambda x: x * x * x, lambda x: 3 * x * x, "x^3"),
}
STEPS = 10.0 ** np.arange(-14, 0.01, 0.1)

TOLERANCE = 1e-7
BUGS = ("A", "B", "C", "D", "E")  # which is which, the chapter asks


def animate_graph() -> Animation:
    """Play the forward and the backward pass of the lecture's graph, operation by operation.

    Returns
    -------
    Animation
        Nine frames of `plot_graph`, one for each step.
    """
    result = lecture_graph()
    alt = (
        "The computation graph of L = (w x + b − y)² with x = 2, y = 2, w = 2, b = 1. From left to right the values "
        "p = 4, o = 5, e = 3 and L = 9 appear; then, from right to left, the gradients 1, 6, 6, 6 and at last 12 for w "
        "and x."
    )
    settings = [{"step": step} for step in range(1, 10)]
    return animate(partial(plot_graph, result), settings, alt, size=_size(result), seconds=1.5)


def plot_step_size(name: str, x: float, ax: Axes, precision: str = "float64", legend: bool = True) -> str:
    """Draw how far a measured slope is from the true one, against the step of the measurement.

    Parameters
    ----------
    name : {"sine", "exponential", "square", "cube"}
        The function.
    x : float
        Where its slope is measured; not where it is zero.
    ax : matplotlib.axes.Axes
        Where to draw.
    precision : {"float64", "float32"}
        In which numbers the function is evaluated.
    legend : bool
        Whether to say which curve is which.

    Returns
    -------
    str
        A description of the drawing.
    """
    f, slope, text = FUNCTIONS[name]
    true, kind = float(slope(np.float64(x))), np.dtype(precision).type
    told = f"Relative error of the slope of the {name} at {x:g}, measured in {precision}, against the step h."
    for label, back, color, style, marker in (
        ("to both sides", 1, BLUE, "-", "o"),
        ("to one side", 0, ORANGE, "--", "s"),
    ):
        above, below = f(kind(x) + STEPS.astype(kind)), f(kind(x) - back * STEPS.astype(kind))
        measured = (above - below).astype(float) / ((1 + back) * STEPS)
        error = np.abs(measured - true) / abs(true)
        # The mean of seven points: a single one may be right by luck.
        smooth = np.convolve(np.log10(np.maximum(error, 1e-17)), np.ones(7) / 7, mode="same")
        best = int(np.argmin(smooth))
        lowest = 10.0 ** smooth[best]
        ax.loglog(STEPS, np.maximum(error, 1e-17), linestyle=style, linewidth=1.5, color=color, label=label)
        ax.plot(STEPS[best], lowest, marker, color=color, markersize=8, markeredgecolor="black")
        told += (
            f" {label.capitalize()}: a V with the smallest errors, about 1e{_power(lowest)}, near h = "
            f"1e{_power(STEPS[best])}."
        )
    ax.set(xlim=(1e-14, 1), ylim=(1e-13, 10), xlabel="step $h$")
    ax.set_ylabel("relative error of the slope")
    ax.set_title(f"${text}$ at {x:g}, {precision}")
    if legend:
        ax.legend(fontsize=8)
    return told


def strip_step_size() -> Picture:
    """Show the error of a measured slope for two functions, and for one of them with fewer digits.

    Returns
    -------
    Picture
        Three panels of `plot_step_size`.
    """
    settings = [
        {"name": "sine", "x": 1, "legend": True},
        {"name": "exponential", "x": 3, "legend": False},
        {"name": "sine", "x": 1, "precision": "float32", "legend": False},
    ]
    return strip(plot_step_size, settings, size=(2.6, 2.7))


def explore_step_size() -> Explorer:
    """Choose a function, a point and a precision, and see which step measures the slope best.

    Returns
    -------
    Explorer
        `plot_step_size` with two menus and a slider.
    """
    with needed_by("an explorer"):
        import ipywidgets

    controls = {
        "name": ipywidgets.Dropdown(options=tuple(FUNCTIONS), value="sine", description="function"),
        "x": slider("point x", 0.25, 4, 1, 0.25),
        "precision": ipywidgets.Dropdown(options=("float64", "float32"), value="float64", description="precision"),
    }
    return explore_scenes("step_size", plot_step_size, controls, (5.5, 3.8), x=(0.5, 1, 2, 3))


def plot_bug(version: str, ax: Axes) -> str:
    """Draw the gradient check of a backward pass that may have a bug, entry by entry.

    Parameters
    ----------
    version : {"A", "B", "C", "D", "E"}
        Which of the five backward passes is checked.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        A description of the drawing.
    """
    errors = _errors(version)
    at, ticks, told = 0, [], []
    for name, error in errors.items():
        x = np.arange(at, at + len(error))
        wrong = error > TOLERANCE
        for which, color, marker in ((~wrong, BLUE, "o"), (wrong, ORANGE, "X")):
            ax.plot(x[which], np.maximum(error[which], 1e-12), marker, color=color, markersize=5, linestyle="")
        ticks.append((x.mean(), name))
        told.append(f"{name}: {wrong.sum()} of {len(error)} entries wrong")
        at += len(error) + 1
        ax.axvline(at - 1, color="#bbbbbb", linewidth=1)
    ax.axhline(TOLERANCE, color="black", linestyle=":", linewidth=1.5)
    for side, color, word in ((1, ORANGE, "differs"), (-1, BLUE, "agrees")):
        place: Any = {"textcoords": "offset points", "va": "bottom" if side > 0 else "top"}
        ax.annotate(word, (-0.7, TOLERANCE), (0, 2 * side), color=color, fontsize=9, **place)
    ax.set_yscale("log")
    ax.set(xlim=(-1, at - 1), ylim=(3e-13, 10), xlabel="entries of the gradient of", ylabel="relative error")
    ax.set_xticks([place for place, _ in ticks], [f"${name[0]}_{name[1]}$" for _, name in ticks])
    ax.grid(visible=False, axis="x")
    ax.set_title(f"version {version}")
    return f"Gradient check of version {version}, relative error of each entry. {'; '.join(told)}."


def strip_bug() -> Picture:
    """Show the gradient checks of four backward passes with a bug each.

    Returns
    -------
    Picture
        Four panels of `plot_bug`.
    """
    return strip(plot_bug, [{"version": version} for version in BUGS[1:]], size=(3.6, 2.7), columns=2)


def explore_bug() -> Explorer:
    """Choose a backward pass, right or wrong, and see its gradient check.

    Returns
    -------
    Explorer
        `plot_bug` with a menu.
    """
    with needed_by("an explorer"):
        import ipywidgets

    controls = {"version": ipywidgets.Dropdown(options=BUGS, value="A", description="version")}
    return explore_scenes("bug", plot_bug, controls, (5.5, 3.6))


def _power(value: float) -> int:
    return round(float(np.log10(max(value, 1e-17))))


@cache
def _errors(version: str) -> dict[str, FloatArray]:
    """Return the relative errors of a backward pass, by the names of its arrays."""
    # Imported here, so that the figures load where the layers, the answer to an exercise, are withheld.
    from mlpkit.layers import Dense

    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(5, 2)), rng.integers(0, 2, size=(5, 1)).astype(float)
    hidden = Dense(2, 3, "tanh", dtype=np.float64, rng=rng)
    output = Dense(3, 1, "identity", dtype=np.float64, rng=rng)
    hidden.b, output.b = rng.normal(size=3), rng.normal(size=1)

    def loss() -> float:
        return float(np.mean((output.forward(hidden.forward(X)) - y) ** 2))

    dZ = 2 * (output.forward(hidden.forward(X)) - y) / len(X)
    if version == "B":
        dZ = dZ * len(X)
    dA = output.backward(dZ)
    assert dA is not None  # it is left out on request only
    if version == "C":
        hidden.backward_affine(dA)
    else:
        hidden.backward(dA)
    layers = {"1": hidden, "2": output}
    found = {f"{name}{i}": layer.grads[name].copy() for i, layer in layers.items() for name in ("W", "b")}
    if version == "D":
        found["b1"] = found["b1"] / len(X)
    if version == "E":
        found["W2"] = hidden.Z.T @ dZ
    errors: dict[str, FloatArray] = {}
    for i, layer in layers.items():
        for name in ("W", "b"):
            array, gradient = layer.params[name].ravel(), found[f"{name}{i}"].ravel()
            measured = np.empty_like(gradient)
            for at, kept in enumerate(array.copy()):
                array[at] = kept + 1e-5
                above = loss()
                array[at] = kept - 1e-5
                measured[at] = (above - loss()) / 2e-5
                array[at] = kept
            size = np.maximum(np.abs(gradient), np.abs(measured))
            errors[f"{name}{i}"] = np.abs(gradient - measured) / np.maximum(size, 1e-3)
    return errors
