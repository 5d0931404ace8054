"""Figures of the chapter on training: paths of optimizers on an elongated bowl, and four curves to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, draw, explore, strip
from mlpkit.viz._style import BLUE, ORANGE

__all__ = [
    "animate_optimizers",
    "draw_curves",
    "explore_optimizers",
    "optimizer_path",
    "plot_curves",
    "plot_optimizers",
    "strip_optimizers",
]

CURVATURES = np.array([1.0, 20.0])
START = np.array([-9.0, 2.0])
RATES: Mapping[str, float] = {  # rates at which each does well on this bowl
    "SGD": 0.05,
    "momentum": 0.02,
    "Nesterov": 0.02,
    "AdaGrad": 1.5,
    "AdaDelta": 1.0,
    "RMSProp": 0.2,
    "Adam": 0.5,
    "Nadam": 0.5,
}
FACTORS = (0.1, 0.3, 1.0, 1.5, 2.0, 3.0, 10.0)
STEPS = 40
FAR = 1e4

# Training losses of the network 64-32-10 on the digits, after each epoch. They are recorded, not trained here:
# which learning rate belongs to which letter is for the reader to find out.
CURVES: Mapping[str, tuple[float, ...]] = {
    "A": (1.909, 1.279, 0.920, 0.704, 0.564, 0.472, 0.408, 0.357, 0.320, 0.290, 0.265, 0.248, 0.230, 0.216, 0.205),
    "B": (3.480, 2.323, 2.318, 2.320, 2.320, 2.321, 2.325, 2.297, 2.320, 2.324, 2.316, 2.324, 2.318, 2.321, 2.315),
    "C": (2.342, 2.185, 2.070, 1.975, 1.890, 1.812, 1.739, 1.669, 1.603, 1.540, 1.481, 1.425, 1.372, 1.321, 1.274),
    "D": (0.921, 0.296, 0.188, 0.132, 0.106, 0.110, 0.073, 0.066, 0.057, 0.046, 0.041, 0.041, 0.034, 0.033, 0.028),
}


def optimizer_path(name: str, rate: float, steps: int = STEPS) -> FloatArray:
    """Follow an optimizer on the bowl ``R = (θ1² + 20 θ2²)/2``.

    Parameters
    ----------
    name : str
        One of `RATES`; momentum and Nesterov have the momentum 0.9.
    rate : float
        The learning rate.
    steps : int
        How many steps to take.

    Returns
    -------
    ndarray of shape (steps + 1, 2)
        The points, the start among them; fewer if they run away.
    """
    # Imported here, so that the figures load where that module is withheld.
    from mlpkit import optimizers

    made: Any = {"momentum": lambda: optimizers.SGD(rate, 0.9), "Nesterov": lambda: optimizers.Nesterov(rate, 0.9)}
    optimizer = made[name]() if name in made else getattr(optimizers, name)(learning_rate=rate)
    point = START.copy()
    state, points = optimizer.init(point), [point.copy()]
    while len(points) <= steps and np.abs(point).max() < FAR:
        optimizer.update(point, CURVATURES * point, state)
        points.append(point.copy())
    return np.array(points)


def _risk(point: FloatArray) -> float:
    return float(np.sum(CURVATURES * point**2) / 2)


def plot_optimizers(names: Sequence[str], factor: float, ax: Axes, steps: int = STEPS) -> str:
    """Draw the paths of one or two optimizers on the bowl.

    Parameters
    ----------
    names : sequence of str
        One or two of `RATES`.
    factor : float
        By how much the rates are larger than those at which the optimizers do well here.
    ax : matplotlib.axes.Axes
        Where to draw.
    steps : int
        How many steps to take.

    Returns
    -------
    str
        What can be seen.
    """
    first, second = np.meshgrid(np.linspace(-10.5, 6, 67), np.linspace(-3.4, 3.4, 41))
    levels = [0.3, 2, 8, 20, 40, 70]
    ax.contour(first, second, (first**2 + 20 * second**2) / 2, levels=levels, colors="#c8c8c8", linewidths=0.8)
    told = []
    looks: Any = ({"marker": "o", "markersize": 6.5, "markerfacecolor": "none"}, {"marker": "s", "markersize": 3})
    for i, (name, look) in enumerate(zip(names, looks, strict=False)):  # rings: also where both are at one place
        rate = RATES[name] * factor
        path = optimizer_path(name, rate, steps)
        line: dict[str, Any] = {
            "color": (BLUE, ORANGE)[i],
            "linestyle": ("-", "--")[i],
            "linewidth": 1.2,
            "zorder": 2 + i,
        }
        ax.plot(*path.T, **line, **look, label=f"{name}, α = {rate:.3g}")
        told.append(
            f"{name} with learning rate {rate:.3g} goes from risk {_risk(path[0]):.3g} to {_risk(path[-1]):.2g}"
        )
    ax.plot(0, 0, "*", color="black", markersize=9, linestyle="", label="minimum")
    ax.set(xlabel=r"parameter $\theta_1$", ylabel=r"parameter $\theta_2$", xlim=(-10.5, 6), ylim=(-3.4, 3.4))
    ax.set_title(f"{' and '.join(names)}, {steps} steps")
    ax.legend(loc="lower right", fontsize=8)
    return f"Paths of {steps} steps on an elongated bowl: " + "; ".join(told) + "."


def _pair(left: str, right: str, factor: float, ax: Axes) -> str:
    return plot_optimizers([left, right], factor, ax)


def explore_optimizers() -> Explorer:
    """Choose two optimizers, and a factor on their learning rates."""
    with needed_by("an explorer"):
        import ipywidgets

    def choice(value: Any, options: Sequence[Any], label: str) -> Any:
        return ipywidgets.Dropdown(options=list(options), value=value, description=label)

    controls: dict[str, Any] = {
        "left": choice("momentum", list(RATES), "solid path"),
        "right": choice("Adam", list(RATES), "dashed path"),
        "factor": choice(1.0, FACTORS, "rates times"),
    }
    return explore(_pair, controls, (5.6, 3.5), "optimizers", _paths)


def _paths() -> dict[str, Any]:
    """Return learning rates, and the points of each optimizer for each factor on its rate."""
    paths = {
        name: [
            [[float(f"{x:.5g}") for x in point] for point in optimizer_path(name, rate * factor)] for factor in FACTORS
        ]
        for name, rate in RATES.items()
    }
    return {"rates": dict(RATES), "factors": FACTORS, "paths": paths, "steps": STEPS}


def strip_optimizers() -> Picture:
    """Show four pairs of optimizers, each at rates that suit it."""
    pairs = (("SGD", "momentum"), ("AdaGrad", "RMSProp"), ("momentum", "Adam"), ("AdaDelta", "Nadam"))
    return strip(plot_optimizers, [{"names": pair, "factor": 1.0} for pair in pairs], size=(4.2, 3.2), columns=2)


def animate_optimizers() -> Animation:
    """Play momentum and Adam on their way down, four steps a frame."""
    settings = [{"names": ("momentum", "Adam"), "factor": 1.0, "steps": steps} for steps in range(0, 44, 4)]
    alt = (
        "Two paths down an elongated bowl, step by step: momentum swings across the valley and slides past the lowest "
        "point, Adam goes towards it at an angle and passes it by less."
    )
    return animate(plot_optimizers, settings, alt, size=(5.6, 3.6), seconds=0.6)


def plot_curves(ax: Axes) -> str:
    """Draw four learning curves under letters that do not tell their learning rates.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        What can be seen.
    """
    told: list[str] = []
    for (letter, losses), style in zip(CURVES.items(), ("o-", "s--", "^:", "D-."), strict=True):
        color = (BLUE, ORANGE)[len(told) % 2]
        ax.plot(range(1, len(losses) + 1), losses, style, color=color, markersize=4)
        end, lift = (len(losses), losses[-1]), {"A": 6, "D": -1}.get(letter, 0)  # these two end side by side
        ax.annotate(letter, end, (7, lift), textcoords="offset points", va="center", color=color, weight="bold")
        told.append(f"{letter} goes from {losses[0]:.2f} over {losses[4]:.2f} after 5 epochs to {losses[-1]:.2f}")
    ax.set(xlabel="epoch", ylabel="cross-entropy (training)", ylim=(0, 4))
    return f"Four learning curves over {len(losses)} epochs: " + "; ".join(told) + "."


def draw_curves() -> Picture:
    """Draw `plot_curves` in a figure of its own."""
    return draw(plot_curves, (6.0, 3.6))
