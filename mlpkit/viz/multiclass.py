"""Figures on several classes: scores turned into probabilities, images with their labels, and a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, draw, explore, slider, strip
from mlpkit.viz._style import BLUE, ORANGE
from mlpkit.viz.playground import COLORS

__all__ = [
    "draw_confusion",
    "draw_images",
    "explore_softmax",
    "plot_confusion",
    "plot_image",
    "plot_softmax",
    "strip_softmax",
]


def plot_softmax(z1: float, z2: float, z3: float, ax: Axes, temperature: float = 1.0) -> str:
    """Draw three scores, divided by a temperature, and the probabilities that softmax makes of them.

    Parameters
    ----------
    z1, z2, z3 : float
        The scores.
    ax : matplotlib.axes.Axes
        Where to draw.
    temperature : float
        By what the scores are divided, greater than 0.

    Returns
    -------
    str
        A description of the drawing.
    """
    # Imported here, so that the figures load where that module is withheld.
    from mlpkit.activations import Softmax

    z = np.array([z1, z2, z3])
    p = Softmax()(z[None] / temperature)[0]
    best = int(np.argmax(p))
    for i, share in enumerate(p):
        color, hatch = (BLUE, "///") if i == best else (ORANGE, None)
        ax.bar(i, share, color="#cfe2f3" if i == best else "#fbeadd", edgecolor=color, hatch=hatch, linewidth=1.5)
        ax.text(i, share + 0.03, f"{share:.2f}", ha="center", va="bottom")
    ax.set_xticks(range(3), [f"class {i}\n$z$ = {v:g}".replace("-", "−") for i, v in enumerate(z)])
    ax.set(ylim=(0, 1.15), ylabel="probability", xlabel="classes and their scores")
    ax.grid(visible=False, axis="x")
    ax.set_title(f"temperature {temperature:g}")
    said = ", ".join(f"{share:.2f}" for share in p)
    return (
        f"Three bars: the scores {', '.join(f'{v:g}' for v in z)} at temperature {temperature:g} become the "
        f"probabilities {said}."
    )


def strip_softmax() -> Picture:
    """Show the same three scores at four temperatures.

    Returns
    -------
    Picture
        Four panels of `plot_softmax`.
    """
    settings = [{"z1": 2, "z2": 1, "z3": -1, "temperature": t} for t in (0.25, 1, 4, 50)]
    return strip(plot_softmax, settings, size=(2.4, 2.8))


def explore_softmax() -> Explorer:
    """Move three scores and the temperature.

    Returns
    -------
    Explorer
        `plot_softmax` with four sliders.
    """
    controls = {f"z{i + 1}": slider(f"score of class {i}", -6, 6, v, 0.5) for i, v in enumerate((2, 1, -1))}
    controls["temperature"] = slider("temperature T", 0.25, 10, 1, 0.25)
    return explore(plot_softmax, controls, (5.0, 3.6), "softmax")


def plot_confusion(counts: ArrayLike, ax: Axes, names: Sequence[str] = ()) -> str:
    """Draw a confusion matrix, the mistakes marked.

    Parameters
    ----------
    counts : array_like of shape (k, k)
        How often each class, a row, was taken for each class, a column.
    ax : matplotlib.axes.Axes
        Where to draw.
    names : sequence of str
        What the classes are called; their numbers if not given.

    Returns
    -------
    str
        A description of the drawing.
    """
    C = np.asarray(counts)
    k = len(C)
    labels = list(names) or [str(i) for i in range(k)]
    shares = C / np.maximum(C.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1.2)
    for i, j in np.ndindex(C.shape):
        if C[i, j] or i == j:
            color = ("white" if shares[i, j] > 0.5 else "black") if i == j else ORANGE
            look: dict[str, Any] = {"color": color, "weight": "bold" if i != j else "normal"}
            ax.text(j, i, str(C[i, j]), ha="center", va="center", fontsize=9, **look)
    ax.set_xticks(range(k), labels)
    ax.set_yticks(range(k), labels)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.grid(visible=False)
    right, total = int(np.trace(C)), int(C.sum())
    ax.set_title(f"{right} of {total} right")
    off = C - np.diag(np.diag(C))
    i, j = np.unravel_index(int(np.argmax(off)), C.shape)
    worst = f" The most frequent mistake: {labels[i]} taken for {labels[j]}, {off[i, j]} times." if off.any() else ""
    return f"A confusion matrix of {k} classes: {right} of {total} samples lie on the diagonal.{worst}"


def draw_confusion(counts: ArrayLike, names: Sequence[str] = ()) -> Picture:
    """Show `plot_confusion` in a figure of its own.

    Parameters
    ----------
    counts : array_like of shape (k, k)
        How often each class, a row, was taken for each class, a column.
    names : sequence of str
        What the classes are called.

    Returns
    -------
    Picture
        The drawing with its description.
    """
    side = 1.6 + 0.36 * len(np.asarray(counts))
    return draw(plot_confusion, (side, side), counts=counts, names=names)


def plot_image(pixels: ArrayLike, title: str, ax: Axes, signed: bool = False) -> str:
    """Draw a square image given as one row of numbers.

    Parameters
    ----------
    pixels : array_like of shape (side·side,)
        Brightness, or weights of a neuron for each pixel.
    title : str
        What to write above it.
    ax : matplotlib.axes.Axes
        Where to draw.
    signed : bool
        Whether the sign matters: negative numbers orange, positive ones blue, white between them.

    Returns
    -------
    str
        The title.
    """
    values = np.asarray(pixels, dtype=float)
    side = round(len(values) ** 0.5)
    top = float(np.abs(values).max()) or 1.0
    look: dict[str, Any] = {"cmap": COLORS, "vmin": -top, "vmax": top} if signed else {"cmap": "Greys"}
    ax.imshow(values.reshape(side, side), **look)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.set_title(title, fontsize=9)
    return f"{title}."


def draw_images(images: ArrayLike, titles: Sequence[str], alt: str, signed: bool = False, columns: int = 8) -> Picture:
    """Show images in a grid.

    Parameters
    ----------
    images : array_like of shape (m, side·side)
        One flattened image a row.
    titles : sequence of m str
        What to write above each.
    alt : str
        What the whole shows; the titles are appended.
    signed : bool
        As for `plot_image`.
    columns : int
        Images in a row.

    Returns
    -------
    Picture
        The images with their description.
    """
    settings = [
        {"pixels": one, "title": title, "signed": signed} for one, title in zip(np.asarray(images), titles, strict=True)
    ]
    return strip(plot_image, settings, size=(0.9, 1.1), columns=columns, lead=alt)
