"""Figures of the second chapter: steps down a curve, and paths on an elongated bowl."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._picture import Picture, powers
from mlpkit.viz._show import Explorer, explore, slider, strip
from mlpkit.viz._style import BLUE, ORANGE

__all__ = [
    "explore_bowl",
    "explore_descent",
    "follow",
    "plot_bowl",
    "plot_descent",
    "strip_bowl",
    "strip_descent",
]

Curve = tuple[Callable[[FloatArray], FloatArray], Callable[[FloatArray], FloatArray], float, tuple[float, float], str]
# Height, slope, how far the axis goes to each side, its lowest and highest value, name.
CURVES: Mapping[str, Curve] = {
    "parabola": (lambda t: t**2 / 2, lambda t: t, 4.0, (-0.5, 8.0), "½θ²"),
    "two valleys": (
        lambda t: t**4 / 4 - 2 * t**2 + t / 2,
        lambda t: t**3 - 4 * t + 0.5,
        3.2,
        (-6.0, 5.0),
        "¼θ⁴ − 2θ² + ½θ",
    ),
}
CURVATURES = np.array([1.0, 20.0])  # of the bowl, along its two axes
BOWL_START = np.array([-9.0, 1.5])
BOWL_STEPS = 40
FAR = 1e4  # a path that comes this far out is not followed further


def follow(
    slope: Callable[[FloatArray], FloatArray], start: FloatArray, rate: float, steps: int, beta: float = 0.0
) -> FloatArray:
    """Follow gradient descent on a function, given its gradient.

    Parameters
    ----------
    slope : callable
        The gradient, (n,), at a point, (n,).
    start : ndarray of shape (n,)
        Where to begin.
    rate, beta : float
        Learning rate and momentum.
    steps : int
        How many steps to take.

    Returns
    -------
    ndarray of shape (steps + 1, n)
        The points, the start among them; fewer if they run away.
    """
    # Imported here, so that the figures load where that module is withheld.
    from mlpkit.optimizers import SGD

    optimizer, point = SGD(rate, beta), np.array(start, dtype=float)
    state, points = optimizer.init(point), [point.copy()]
    while len(points) <= steps and np.abs(point).max() < FAR:
        optimizer.update(point, slope(point), state)
        points.append(point.copy())
    return np.array(points)


def _minus(text: str) -> str:
    return text.replace("-", "−")


def plot_descent(
    start: float, learning_rate: float, ax: Axes, curve: str = "parabola", steps: int = 12, legend: bool = True
) -> str:
    """Draw gradient descent on a curve with one parameter.

    Parameters
    ----------
    start : float
        Where it begins.
    learning_rate : float
        Length of the step for a slope of 1.
    ax : matplotlib.axes.Axes
        Where to draw.
    curve : {"parabola", "two valleys"}
        What to descend. The parabola has the curvature 1.
    steps : int
        How many steps to take.
    legend : bool
        Whether to say what is what.

    Returns
    -------
    str
        A description of the drawing.
    """
    height, slope, reach, (low, high), formula = CURVES[curve]
    theta = np.linspace(-reach, reach, 401)
    ax.plot(theta, height(theta), color=BLUE, linestyle="-", linewidth=2, label="risk $R$")
    points = follow(slope, np.array([start]), learning_rate, steps)[:, 0]
    seen = points[np.abs(points) <= reach]
    ax.plot(seen, height(seen), color=ORANGE, linestyle="--", marker="o", markersize=4, linewidth=1, label="steps")
    ax.plot(seen[:1], height(seen[:1]), "s", color="black", markersize=7, label="start")
    ax.set(xlim=(-reach, reach), ylim=(low, high), xlabel=r"parameter $\theta$", ylabel=r"risk $R(\theta)$")
    ax.set_title(_minus(rf"$\alpha$ = {learning_rate:g}, start {start:g}"))
    if legend:
        ax.legend(loc="upper center", fontsize=8)
    told = f"The curve {formula}; descent from {start:g} with learning rate {learning_rate:g}"
    if len(seen) < len(points):
        return f"{told} leaves the picture after {len(seen) - 1} steps."
    return f"{told} arrives at {points[-1]:.2f} after {steps} steps."


def strip_descent(*settings: dict[str, Any]) -> Picture:
    """Show descents on a curve side by side.

    Parameters
    ----------
    *settings : dict
        Arguments of `plot_descent` for each panel; without any, a parabola with four learning rates.

    Returns
    -------
    Picture
        The panels, the first one with a legend.
    """
    chosen = settings or tuple({"start": -2.5, "learning_rate": rate} for rate in (0.05, 0.6, 1.8, 2.1))
    curves = {one.get("curve", "parabola") for one in chosen}
    lead = f"Descents on {'a parabola' if curves == {'parabola'} else 'a curve with two valleys'}."
    panels = [{"legend": i == 0, **one} for i, one in enumerate(chosen)]
    return strip(plot_descent, panels, size=(2.7, 3.0), lead=lead)


def explore_descent(curve: str = "parabola") -> Explorer:
    """Move the start and the learning rate of a descent on a curve.

    Parameters
    ----------
    curve : {"parabola", "two valleys"}
        The curve at the beginning; a menu offers both.

    Returns
    -------
    Explorer
        `plot_descent` with a menu and two sliders.
    """
    with needed_by("an explorer"):
        import ipywidgets

    controls = {
        "curve": ipywidgets.Dropdown(options=tuple(CURVES), value=curve, description="curve"),
        "start": slider("start", -3, 3, -3, 0.25),
        "learning_rate": slider("learning rate α", 0, 2.2, 0.1, 0.02),
    }
    return explore(plot_descent, controls, (5.5, 3.8), "descent")


def _slowest(rate: float, beta: float) -> complex:
    """Factor of the slowest part of the error from step to step: the largest root over both axes of the bowl."""
    roots = np.concatenate([np.roots([1, -(1 + beta - rate * curvature), beta]) for curvature in CURVATURES])
    return complex(roots[np.argmax(np.abs(roots))])


def plot_bowl(learning_rate: float, momentum: float, ax: Axes, steps: int = BOWL_STEPS, legend: bool = True) -> str:
    """Draw gradient descent with momentum on the bowl with the curvatures 1 and 20.

    Parameters
    ----------
    learning_rate : float
        Length of the step for a gradient of 1.
    momentum : float
        Share of the velocity that survives a step, at least 0 and below 1.
    ax : matplotlib.axes.Axes
        Where to draw.
    steps : int
        How many steps to take.
    legend : bool
        Whether to say what is what.

    Returns
    -------
    str
        A description of the drawing.
    """
    uu, vv = np.meshgrid(np.linspace(-10, 6, 161), np.linspace(-3, 3, 121))
    bowl = (CURVATURES[0] * uu**2 + CURVATURES[1] * vv**2) / 2
    ax.contour(uu, vv, bowl, levels=[0.5, 4, 12, 25, 42, 65], colors=[BLUE], linewidths=0.8)
    points = follow(lambda point: CURVATURES * point, BOWL_START, learning_rate, steps, momentum)
    ax.plot(*points.T, color=ORANGE, linestyle="--", marker="o", markersize=3, linewidth=1)
    ax.plot(*BOWL_START, "s", color="black", markersize=6, linestyle="", label="start")
    ax.plot(0, 0, "*", color="black", markersize=9, linestyle="", label="minimum")
    if legend:
        ax.legend(loc="upper right", fontsize=8)
    factor, risk = _slowest(learning_rate, momentum), float(CURVATURES @ points[-1] ** 2 / 2)
    before = float(CURVATURES @ BOWL_START**2 / 2)
    if abs(factor) >= 1 and learning_rate > 0:
        verdict = "diverges"
    elif abs(factor) > 0.9 and (factor.real < 0 or abs(factor.imag) > 1e-9):
        verdict = "oscillates"
    else:
        verdict = "crawls" if risk > 0.01 * before else "converges"
    ax.set(xlim=(-10, 6), ylim=(-3, 3), xlabel=r"parameter $\theta_1$", ylabel=r"parameter $\theta_2$")
    ax.set_title(rf"$\alpha$ = {learning_rate:g}, $\beta$ = {momentum:g}: {verdict}, risk {powers(risk)}")
    return (
        f"A bowl twenty times as curved along one axis as along the other. With learning rate {learning_rate:g} and "
        f"momentum {momentum:g} the descent {verdict}: after {len(points) - 1} steps the risk {before:.1f} "
        f"has become {risk:.2g}."
    )


def strip_bowl(*settings: dict[str, float]) -> Picture:
    """Show descents on the bowl side by side.

    Parameters
    ----------
    *settings : dict
        Arguments of `plot_bowl` for each panel; without any, four learning rates without momentum.

    Returns
    -------
    Picture
        The panels, two in a row, the first one with a legend.
    """
    rates = (0.005, 0.06, 0.098, 0.102)
    chosen = settings or tuple({"learning_rate": rate, "momentum": 0.0} for rate in rates)
    lead = f"Descents on the bowl {'with' if any(one.get('momentum') for one in chosen) else 'without'} momentum."
    panels = [{"legend": i == 0, **one} for i, one in enumerate(chosen)]
    return strip(plot_bowl, panels, size=(4.2, 2.6), columns=2, lead=lead)


def explore_bowl() -> Explorer:
    """Move learning rate and momentum of a descent on the bowl.

    Returns
    -------
    Explorer
        `plot_bowl` with two sliders.
    """
    controls = {
        "learning_rate": slider("learning rate α", 0, 0.24, 0.02, 0.002),
        "momentum": slider("momentum β", 0, 0.98, 0, 0.02),
    }
    controls["learning_rate"].readout_format = ".3f"
    return explore(plot_bowl, controls, (6.5, 3.8), "bowl", _bowl)


def _bowl() -> dict[str, Any]:
    """Return the numbers of the bowl."""
    return {"curvatures": CURVATURES.tolist(), "start": BOWL_START.tolist(), "steps": BOWL_STEPS, "far": FAR}
