"""Figures of the chapter on today: numbers with few digits, attention, and a digit that was changed on purpose."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.arrays import FloatArray
from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, slider, strip
from mlpkit.viz._style import BLUE, ORANGE

if TYPE_CHECKING:
    from mlpkit.network import MLP

__all__ = [
    "animate_attack",
    "explore_attack",
    "explore_attention",
    "explore_rounding",
    "plot_attack",
    "plot_attention",
    "plot_rounding",
    "strip_attack",
    "strip_attention",
    "strip_rounding",
]

ADDEND, TIMES = 0.01, 1000
FORMATS = {8: "bfloat16", 11: "float16", 24: "float32", 53: "float64"}
WORDS = ("the", "cat", "slept", "because", "it")
KEYS = np.radians([200.0, 40.0, 110.0, 260.0, 330.0])
"""The directions of the five keys. The values of the words are their places, 0 to 4."""
EXAMPLE = 829
"""A 5 among the digits that were held out."""
EPSILONS = tuple(round(0.02 * i, 2) for i in range(16))


def rounded(x: float, bits: int) -> float:
    """Return the nearest number with so many binary digits; of two, the one whose last digit is 0."""
    fraction, exponent = np.frexp(x)
    return float(np.ldexp(np.rint(np.ldexp(fraction, bits)), exponent - bits))


def running_sum(bits: int) -> FloatArray:
    """Add 0.01 a thousand times to 0, rounding the addend and every sum to so many binary digits: (1001,)."""
    sums = [0.0]
    addend = rounded(ADDEND, bits)
    for _ in range(TIMES):
        sums.append(rounded(sums[-1] + addend, bits))
    return np.array(sums)


def plot_rounding(bits: float, ax: Axes, legend: bool = True) -> str:
    """Draw what becomes of a sum of a thousand small numbers if each result is rounded.

    Parameters
    ----------
    bits : int
        How many binary digits a number has.
    ax : matplotlib.axes.Axes
        Where to draw.
    legend : bool
        Whether to say what is what.

    Returns
    -------
    str
        A description of the drawing.
    """
    bits = int(bits)
    sums = running_sum(bits)
    x = np.arange(TIMES + 1)
    ax.plot(x, ADDEND * x, color=ORANGE, linestyle="--", label="the true sum")
    ax.plot(x, sums, color=BLUE, label="with rounding")
    name = f" ({FORMATS[bits]})" if bits in FORMATS else ""
    ax.set(xlabel="how often 0.01 was added", ylabel="sum", ylim=(-0.5, 12))
    ax.set_title(f"{bits} binary digits{name}: {sums[-1]:.7g}")
    if legend:
        ax.legend(loc="upper left", fontsize=8)
    still = int(np.argmax(sums == sums[-1]))
    end = f"It stands still from addition {still} on." if still < TIMES else "It rises to the end."
    return f"The sum of a thousand times 0.01 with {bits} binary digits{name} ends at {sums[-1]:.7g}, not at 10. {end}"


def strip_rounding() -> Picture:
    """Show the sum in bfloat16, float16 and float32."""
    settings = [{"bits": bits, "legend": bits == 8} for bits in (8, 11, 24)]
    return strip(plot_rounding, settings, size=(3.1, 2.8))


def explore_rounding() -> Explorer:
    """Choose how many binary digits a number has."""
    return explore_scenes("rounding", plot_rounding, {"bits": slider("binary digits", 4, 24, 8, 1)}, (5.2, 3.5))


def plot_attention(angle: float, ax: Axes, sharpness: float = 3.0) -> str:
    """Draw the weights that a query gives to five words, and the weighted sum of their values.

    Parameters
    ----------
    angle : float
        Direction of the query, in degrees.
    ax : matplotlib.axes.Axes
        Where to draw.
    sharpness : float
        Length of the query, by which all scores are multiplied; the keys have the length 1.

    Returns
    -------
    str
        A description of the drawing.
    """
    scores = sharpness * np.cos(KEYS - np.radians(angle))
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()
    total = float(weights @ np.arange(len(WORDS)))
    ahead = weights > np.sort(weights)[-2] + 1e-9  # of all others
    for i, weight in enumerate(weights):
        look: dict[str, Any] = {"color": "#cfe2f3", "edgecolor": BLUE, "hatch": "///"}
        ax.bar(i, weight, **(look if ahead[i] else {"color": "#fbeadd", "edgecolor": ORANGE}), linewidth=1.5)
        clear = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1.0}  # of the line, which may pass here
        ax.text(i, weight + 0.03, f"{weight:.2f}", ha="center", va="bottom", fontsize=9, bbox=clear)
    ax.axvline(total, color="black", linestyle=":", linewidth=1.5)
    degrees = [f"{word}\n{np.degrees(key):.0f}°" for word, key in zip(WORDS, KEYS, strict=True)]
    ax.set_xticks(range(len(WORDS)), degrees, fontsize=9)
    ax.set(xlim=(-0.5, 4.5), ylim=(0, 1.15), ylabel="weight", xlabel="word, and the direction of its key")
    ax.grid(visible=False, axis="x")
    ax.set_title(f"query {angle:g}°, length {sharpness:g}: sum {total:.2f}".replace("-", "−"))
    said = ", ".join(f"{word} {weight:.2f}" for word, weight in zip(WORDS, weights, strict=True))
    return (
        f"A query in the direction of {angle:g} degrees, of length {sharpness:g}, gives these weights: {said}. "
        f"The weighted sum of the values 0 to 4, a dotted line, is {total:.2f}."
    )


def strip_attention() -> Picture:
    """Show the weights of five words for a query of length 0, one of length 3, and one of length 30."""
    settings = [{"angle": 60, "sharpness": length} for length in (0, 3, 30)]
    return strip(plot_attention, settings, size=(3.1, 3.0))


def explore_attention() -> Explorer:
    """Turn and stretch the query."""
    controls = {"angle": slider("direction (°)", 0, 360, 60, 10), "sharpness": slider("length", 0, 10, 3, 0.5)}
    places = {"angle": range(0, 361, 20), "sharpness": (0, 1, 3, 10)}
    return explore_scenes("attention", plot_attention, controls, (5.4, 3.6), **places)


@cache
def _attacked() -> tuple[MLP, FloatArray, FloatArray]:
    """Train the network of the chapter: the network, the example, and the signs of its slopes."""
    # Imported here, so that the figures load where these modules are withheld.
    from mlpkit.datasets import Dataset
    from mlpkit.layers import Dense
    from mlpkit.network import MLP
    from mlpkit.optimizers import Adam

    digits, rng = Dataset("digits"), np.random.default_rng(0)
    layers = [Dense(64, 64, "relu", weight_initializer="he_normal", rng=rng), Dense(64, 10, "softmax", rng=rng)]
    model = MLP(layers, optimizer=Adam(0.003))
    known = digits.X_train[:800], digits.y_train[:800]
    model.train(known, "cross_entropy", 30, ["train_loss"], rng=0, progress=False)
    example, truth = digits.X_train[EXAMPLE : EXAMPLE + 1], int(digits.y_train[EXAMPLE])
    P = model.forward(example)
    by_output = np.zeros_like(P)
    by_output[0, truth] = -1 / P[0, truth]
    slope: Any = model.backward(by_output, input_gradient=True)
    return model, example, np.sign(slope)


def plot_attack(epsilon: float, ax: Axes) -> str:
    """Draw a digit whose pixels were all moved a little, each to the side that raises the loss of a network.

    Parameters
    ----------
    epsilon : float
        By how much each pixel is moved, of a range from -1 to 1.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        A description of the drawing.
    """
    model, example, signs = _attacked()
    image = np.clip(example + epsilon * signs, -1, 1)
    p = model.predict(image)[0]
    first, second = np.argsort(-p)[:2]
    ax.imshow(image.reshape(8, 8), cmap="Greys", vmin=-1, vmax=1)
    ax.set(xlabel="column (pixel)", ylabel="row (pixel)")
    ax.grid(visible=False)
    ax.set_title(f"$\\epsilon$ = {epsilon:g}: says {first} ({p[first]:.2f})\nthen {second} ({p[second]:.2f})")
    return (
        f"A handwritten 5, each pixel moved by at most {epsilon:g}. The network says {first} with the probability "
        f"{p[first]:.2f}, and {second} with {p[second]:.2f}."
    )


def strip_attack() -> Picture:
    """Show the digit as it is, and moved by three amounts."""
    return strip(plot_attack, [{"epsilon": epsilon} for epsilon in (0, 0.1, 0.2, 0.3)], size=(2.6, 3.2))


def explore_attack() -> Explorer:
    """Choose by how much each pixel is moved."""
    return explore_scenes("attack", plot_attack, {"epsilon": slider("ε", 0, 0.3, 0, 0.02)}, (3.4, 3.8))


def animate_attack() -> Animation:
    """Play how the answer changes while the pixels move."""
    alt = (
        "A handwritten 5 whose pixels all move a little, in steps of 0.02. It stays readable as a 5, while the answer "
        "of the network above it changes from a sure 5 to a sure 8."
    )
    return animate(plot_attack, [{"epsilon": epsilon} for epsilon in EPSILONS], alt, size=(3.4, 3.8), seconds=0.5)
