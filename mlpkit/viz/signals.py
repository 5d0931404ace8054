"""Figures of the chapter on design: signals and gradients through many layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, slider, strip
from mlpkit.viz._style import BLUE, ORANGE

__all__ = ["animate_signals", "explore_signals", "plot_signals", "signals", "strip_signals"]

WIDTH = 100  # neurons in each layer of the network through which signals are sent
SAMPLES = 100
FLOOR = 1e-12  # what is smaller is drawn here
LOOKS: Mapping[str, str] = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "identity": "identity"}


def signals(activation: str, scale: float, depth: int) -> tuple[FloatArray, FloatArray]:
    """Send random inputs through a deep network, and a random gradient back.

    Parameters
    ----------
    activation : str
        Name of the activation of every layer.
    scale : float
        The weights are normal with the standard deviation ``scale / sqrt(n_in)``.
    depth : int
        Number of layers, all of the same width.

    Returns
    -------
    forward : ndarray of shape (depth,)
        Root mean square of the activations of each layer.
    backward : ndarray of shape (depth,)
        Root mean square of the gradient with respect to the activations of each layer; 1 for the last.
    """
    # Imported here, so that the figures load where that module is withheld.
    from mlpkit.activations import ACTIVATIONS

    rng, f = np.random.default_rng(0), ACTIVATIONS[activation]()
    A: FloatArray = rng.normal(size=(SAMPLES, WIDTH))
    weights = [rng.normal(0, scale / WIDTH**0.5, size=(WIDTH, WIDTH)) for _ in range(depth)]
    seen, forward = [], []
    for W in weights:
        Z = A @ W
        A = f(Z)
        seen.append((Z, A))
        forward.append(_rms(A))
    dA, backward = rng.choice([-1.0, 1.0], size=A.shape), []
    for W, (Z, A) in zip(reversed(weights), reversed(seen), strict=True):
        backward.append(_rms(dA))
        dA = f.backward(dA, Z, A) @ W.T
    return np.array(forward), np.array(backward[::-1])


def plot_signals(
    activation: str, scale: float, depth: int, ax: Axes, at_least: tuple[float, float] = (1e-2, 1e2)
) -> str:
    """Draw the size of activations and of gradients, layer by layer.

    Parameters
    ----------
    activation : str
        Name of the activation of every layer.
    scale : float
        The weights are normal with the standard deviation ``scale / sqrt(n_in)``.
    depth : int
        Number of layers, all of the same width.
    ax : matplotlib.axes.Axes
        Where to draw.
    at_least : tuple of float
        Sizes that the axis shows in any case, so that pictures can be compared.

    Returns
    -------
    str
        What can be seen.
    """
    forward, backward = signals(activation, scale, depth)
    layers = np.arange(1, depth + 1)
    ax.semilogy(layers, np.maximum(forward, FLOOR), "o-", color=BLUE, markersize=4, label="activation")
    ax.semilogy(layers, np.maximum(backward, FLOOR), "s--", color=ORANGE, markersize=4, label="gradient")
    low, high = min(forward.min(), backward.min()), max(forward.max(), backward.max())
    ax.set(
        xlabel="layer",
        ylabel="root mean square",
        title=f"{LOOKS[activation]}, std {scale:.2g}/√n",
        ylim=(max(FLOOR, min(low / 3, at_least[0])), max(high * 3, at_least[1])),
    )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend()
    return (
        f"{depth} layers with {LOOKS[activation]} and weights of standard deviation {scale:.2g}/√n: the activations go "
        f"from {forward[0]:.2g} in the first layer to {forward[-1]:.2g} in the last, the gradient from 1 in the last "
        f"layer to {backward[0]:.2g} in the first."
    )


def explore_signals() -> Explorer:
    """Choose the activation, the scale of the weights, and the depth."""
    with needed_by("an explorer"):
        import ipywidgets

    controls: dict[str, Any] = {
        "activation": ipywidgets.Dropdown(options=list(LOOKS), value="tanh", description="activation"),
        "scale": slider("scale", 0.2, 3.0, 1.0, 0.1),
        "depth": ipywidgets.IntSlider(10, min=2, max=30, description="depth", continuous_update=False),
    }
    places: Any = {"scale": (0.2, 0.5, 0.8, 1, 1.2, 1.4, 1.7, 2, 3), "depth": (2, 5, 10, 20, 30)}
    return explore_scenes("signals", plot_signals, controls, (5.5, 3.8), **places)


def strip_signals() -> Picture:
    """Show the signals of four deep networks: two vanish, one explodes, one keeps its size."""
    settings = [
        {"activation": "sigmoid", "scale": 1.0, "depth": 10},
        {"activation": "relu", "scale": 0.5, "depth": 10},
        {"activation": "relu", "scale": 3.0, "depth": 10},
        {"activation": "relu", "scale": 2**0.5, "depth": 10},
    ]
    return strip(plot_signals, [one | {"at_least": (5e-7, 1e4)} for one in settings], size=(3.2, 3.2), columns=2)


def animate_signals() -> Animation:
    """Play twenty layers with ReLU while the weights grow: both signals vanish, keep their size, and explode."""
    scales = (0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8)
    settings = [{"activation": "relu", "scale": scale, "depth": 20, "at_least": (1e-7, 1e7)} for scale in scales]
    alt = (
        "The size of activations and of gradients in twenty layers with ReLU, while the standard deviation of the "
        "weights grows from 0.8/√n to 1.8/√n. Both are straight lines on a logarithmic axis, which turn about their "
        "beginnings: first they fall by five powers of ten, at 1.4 they are level, and at the end they rise by two."
    )
    return animate(plot_signals, settings, alt, size=(5.5, 3.6), seconds=0.7)


def _rms(values: FloatArray) -> float:
    with np.errstate(over="ignore", under="ignore"):
        return float(np.sqrt(np.mean(values**2)))
