"""A small playground: choose data and a network, see what it learns, and what each hidden neuron looks at."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._picture import Picture, percent
from mlpkit.viz._show import Explorer, explore, explore_scenes, slider, strip
from mlpkit.viz._style import BELOW, BLUE, ORANGE

__all__ = ["explore_playground", "explore_width", "plot_playground", "plot_width", "strip_playground", "strip_width"]

DATA = {"circles": 0.08, "moons": 0.15, "xor": 0.18, "spirals": 0.02}  # generated sets, and their noise
ACTIVATIONS = ("tanh", "relu", "sigmoid", "identity")
STEPS = 400
GRID, ROWS = 61, 4  # points of a map in each direction, and rows of small maps
COLORS = LinearSegmentedColormap.from_list("orange to blue", [ORANGE, "white", BLUE])
CIRCLES, NOISY_MOONS = ("circles", 200, 0.08), ("moons", 80, 0.3)  # name, number of samples, noise


def plot_playground(
    data: str, depth: float, width: float, activation: str, learning_rate: float, ax: Axes, legend: bool = True
) -> str:
    """Train a network on a generated set, and draw its border beside a map of each of its hidden neurons.

    Parameters
    ----------
    data : {"circles", "moons", "xor", "spirals"}
        What to learn.
    depth, width : int
        Number of hidden layers, 0 to 3, and of neurons in each, 1 to 8.
    activation : {"tanh", "relu", "sigmoid", "identity"}
        Of the hidden neurons.
    learning_rate : float
        Of Adam, which makes 400 steps on the whole set.
    ax : matplotlib.axes.Axes
        Where to draw; the maps become axes inside of it.
    legend : bool
        Whether to say which class is which.

    Returns
    -------
    str
        A description of the drawing.
    """
    layers, neurons = round(depth), round(width)
    X, y = _samples(data, 200, DATA[data])
    p, hidden, loss, accuracy = _learned(data, 200, DATA[data], layers, neurons, activation, learning_rate, STEPS)
    reach = _reach(X)
    ax.set_axis_off()
    large = ax.inset_axes((0.0, 0.0, 0.5, 1.0))
    _draw_border(large, X, y, p, reach, legend and bool(layers))
    if legend and not layers:  # there is room
        large.legend(loc="center left", bbox_to_anchor=(1.1, 0.5), fontsize=8, frameon=False)
    plural = "s" * (layers > 1)
    shape = f"{layers} layer{plural} of {neurons}" if layers else "no hidden neurons"
    told = f"{layers} hidden layer{plural} of {neurons} {activation} neurons" if layers else "no hidden layer"
    ax.set_title(f"{data}, {shape}\nloss {loss:.3f}, {percent(accuracy)} % right", loc="left", pad=16 if hidden else 8)
    columns = -(-neurons // ROWS)  # of each layer
    pitch = min(0.13, 0.42 / (layers * (columns + 0.4)) if layers else 1)
    for i, layer in enumerate(hidden):
        for j, unit in enumerate(layer):
            column, row = i * (columns + 0.4) + j // ROWS, j % ROWS
            small = ax.inset_axes((0.58 + pitch * column, 0.93 - 0.24 * (row + 1), 0.9 * pitch, 0.22), anchor="W")
            top = float(np.abs(unit).max()) or 1.0
            small.imshow(unit, origin="lower", cmap=COLORS, vmin=-top, vmax=top)
            small.set(xticks=[], yticks=[])
            if j == 0:
                small.set_title(f"layer {i + 1}", fontsize=8, loc="left")
    return (
        f"{data.capitalize()}, {told}, learning rate {learning_rate:g}: loss {loss:.3f}, "
        f"{percent(accuracy)} percent of the training samples right. The border is drawn on the left; on the right a "
        "map for each hidden neuron, blue where it is positive, orange where it is negative."
    )


def strip_playground() -> Picture:
    """Show four networks: no hidden layer, a narrow one, a wider one, and two layers on harder data.

    Returns
    -------
    Picture
        Four panels of `plot_playground`.
    """
    chosen = (("circles", 0, 4, 0.03), ("circles", 1, 2, 0.03), ("circles", 1, 4, 0.03), ("spirals", 2, 8, 0.03))
    settings = [
        {"data": d, "depth": n, "width": k, "activation": "tanh", "learning_rate": rate, "legend": not n}
        for d, n, k, rate in chosen
    ]
    return strip(plot_playground, settings, size=(4.3, 2.9), columns=2)


def explore_playground() -> Explorer:
    """Choose data, depth, width, activation and learning rate; the network is trained again each time.

    Returns
    -------
    Explorer
        `plot_playground` with two menus and three sliders.
    """
    with needed_by("an explorer"):
        import ipywidgets

    rates = [("0.001", 0.001), ("0.01", 0.01), ("0.03", 0.03), ("0.1", 0.1), ("1", 1.0), ("10", 10.0)]
    controls = {
        "data": ipywidgets.Dropdown(options=tuple(DATA), value="circles", description="data"),
        "depth": slider("hidden layers", 0, 3, 1, 1),
        "width": slider("neurons in each", 1, 8, 3, 1),
        "activation": ipywidgets.Dropdown(options=ACTIVATIONS, value="tanh", description="activation"),
        "learning_rate": ipywidgets.Dropdown(options=rates, value=0.03, description="learning rate"),
    }
    return explore(plot_playground, controls, (8.4, 4.2), "playground", _handed_over)


def plot_width(n_hidden: float, ax: Axes, noisy: bool = False, legend: bool = True) -> str:
    """Draw the border that one hidden layer of tanh neurons learns.

    Parameters
    ----------
    n_hidden : int
        Number of hidden neurons.
    ax : matplotlib.axes.Axes
        Where to draw.
    noisy : bool
        Whether to learn 80 samples of two moons that overlap, trained long, in place of 200 of two circles.
    legend : bool
        Whether to say which class is which.

    Returns
    -------
    str
        A description of the drawing.
    """
    neurons, (data, n, noise) = round(n_hidden), NOISY_MOONS if noisy else CIRCLES
    X, y = _samples(data, n, noise)
    p, _, loss, accuracy = _learned(data, n, noise, 1, neurons, "tanh", 0.03, 2500 if noisy else 1000)
    _draw_border(ax, X, y, p, _reach(X), legend)
    word = "neuron" if neurons == 1 else "neurons"
    ax.set_title(f"{neurons} hidden {word}: {percent(accuracy)} % right")
    return (
        f"{n} samples of two {data} and the border of a network with {neurons} hidden {word}: loss {loss:.3f}, "
        f"{percent(accuracy)} percent of these samples right."
    )


def strip_width(noisy: bool = False) -> Picture:
    """Show the border for few and for many hidden neurons.

    Parameters
    ----------
    noisy : bool
        As for `plot_width`.

    Returns
    -------
    Picture
        Three panels of `plot_width`.
    """
    widths = (2, 10, 100) if noisy else (2, 3, 10)
    settings = [{"n_hidden": k, "noisy": noisy, "legend": k == 2} for k in widths]
    lead = f"Few and many hidden neurons on {'80 noisy samples' if noisy else '200 samples'}."
    return strip(plot_width, settings, size=(3.1, 3.6), lead=lead)


def explore_width(noisy: bool = False) -> Explorer:
    """Move the number of hidden neurons.

    Parameters
    ----------
    noisy : bool
        What is chosen at the beginning.

    Returns
    -------
    Explorer
        `plot_width` with a slider and a box to tick.
    """
    with needed_by("an explorer"):
        import ipywidgets

    controls = {
        "n_hidden": slider("hidden neurons", 1, 40, 2, 1),
        "noisy": ipywidgets.Checkbox(value=noisy, description="few, noisy samples"),
    }
    return explore_scenes("width", plot_width, controls, (4.4, 4.4), n_hidden=(1, 2, 3, 4, 6, 8, 10, 20, 40))


def _handed_over() -> dict[str, Any]:
    """Return samples for a page, and what first weights are made of, so that its networks start like those here."""
    largest = 2 * 8 + 8 * 8 * 2 + 8  # weights of three hidden layers of eight neurons
    samples = {name: _samples(name, 200, noise) for name, noise in DATA.items()}
    return {
        "samples": {name: {"X": X.round(4).tolist(), "y": y.tolist()} for name, (X, y) in samples.items()},
        "draws": [np.random.default_rng(seed).random(largest).round(9).tolist() for seed in (1, 2, 3, 4)],
    }


def _draw_border(ax: Axes, X: FloatArray, y: NDArray[Any], p: FloatArray, reach: float, legend: bool) -> None:
    """Draw the map of a probability, the border at one half, and the samples."""
    side = np.linspace(-reach, reach, GRID)
    mesh = ax.contourf(side, side, p, levels=np.linspace(0, 1, 11), cmap=COLORS, vmin=-0.7, vmax=1.7)
    mesh.set_edgecolor("face")
    if p.min() < 0.5 < p.max():
        ax.contour(side, side, p, levels=[0.5], colors="black", linewidths=2)
    for label, color, marker in ((0, ORANGE, "s"), (1, BLUE, "o")):
        look: dict[str, Any] = {"markersize": 4.5, "markeredgecolor": "white", "markeredgewidth": 0.5}
        ax.plot(*X[y == label].T, marker, color=color, linestyle="", label=f"class {label}", **look)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="input $x_1$", ylabel="input $x_2$")
    ax.set_aspect("equal")
    ax.grid(visible=False)
    if legend:
        ax.legend(**BELOW, ncols=2)


def _reach(X: FloatArray) -> float:
    return float(np.ceil(4 * np.abs(X).max()) / 4)


@lru_cache(maxsize=64)
def _samples(data: str, n: int, noise: float) -> tuple[FloatArray, NDArray[Any]]:
    """Generate a set around the origin."""
    # Imported here, so that the figures load where the modules that answer exercises are withheld.
    from mlpkit.datasets.toy import TOY_SETS

    X, y = TOY_SETS[data].generate(n, noise=noise, rng=np.random.default_rng(0))
    return (X - X.mean(axis=0)) * (2 if data == "xor" else 1), y


@lru_cache(maxsize=64)
def _learned(
    data: str, n: int, noise: float, depth: int, width: int, activation: str, learning_rate: float, steps: int
) -> tuple[FloatArray, list[list[FloatArray]], float, float]:
    """Train a network; return on a grid its output and those of its hidden neurons, and its loss and accuracy."""
    from mlpkit import MLP, Adam, Dense

    X, y = _samples(data, n, noise)
    sizes, rng = [2, *[width] * depth], np.random.default_rng(1)
    model = MLP(optimizer=Adam(learning_rate))
    for i in range(depth):
        model.add(Dense(sizes[i], width, activation, rng=rng))
    model.add(Dense(sizes[-1], 1, "sigmoid", rng=rng))
    with np.errstate(all="ignore"):  # a rate of 10 may end anywhere
        for _ in range(steps):
            model.train_batch(X, y[:, None], "binary_cross_entropy")
        found = model.evaluate((X, y[:, None]), "binary_cross_entropy")
        side = np.linspace(-_reach(X), _reach(X), GRID)
        A: Any = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
        maps = []
        for layer in model.layers:
            A = layer.forward(A)
            maps.append([np.asarray(unit, dtype=float).reshape(GRID, GRID) for unit in A.T])
    return maps[-1][0], maps[:-1], found["loss"], found["accuracy"]
