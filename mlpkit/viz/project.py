"""Figures of the project: digits moved and turned, a picture on its way to a digit, and what accuracy is worth."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, slider, strip
from mlpkit.viz._style import BLUE, ORANGE
from mlpkit.viz.multiclass import draw_images

if TYPE_CHECKING:
    from mlpkit.network import MLP

__all__ = [
    "animate_distorted",
    "draw_gallery",
    "explore_distorted",
    "explore_margin",
    "plot_distorted",
    "plot_margin",
    "readers",
    "strip_distorted",
    "strip_margin",
]

EXAMPLE = 1  # the test image that is moved and turned
REPEATS = 60


@lru_cache(maxsize=1)
def readers() -> tuple[MLP, MLP]:
    """Train two networks of one size: one on the digits as they are, one on moved, turned and zoomed copies, too."""
    from mlpkit import MLP, Adam, Dataset, Dense
    from mlpkit.distortion import distort

    digits = Dataset("digits")
    trained = []
    for copies, epochs in ((0, 20), (6, 6)):
        rng = np.random.default_rng(0)
        X = np.concatenate([digits.X_train, *(distort(digits.X_train, rng) for _ in range(copies))])
        y = np.tile(digits.y_train, copies + 1)
        layers = [Dense(64, 64, "relu", weight_initializer="he_normal", rng=rng), Dense(64, 10, "softmax", rng=rng)]
        model = MLP(layers, optimizer=Adam(0.003))
        model.train((X, y), "cross_entropy", epochs, ["train_loss"], rng=rng, progress=False)
        trained.append(model)
    return trained[0], trained[1]


@lru_cache(maxsize=1)
def _example() -> tuple[FloatArray, int]:
    """Return an image of a digit, (1, 64), that the networks have not seen, and the digit."""
    from mlpkit import Dataset

    digits = Dataset("digits")
    return digits.X_test[EXAMPLE : EXAMPLE + 1], int(digits.y_test[EXAMPLE])


def plot_distorted(turn: float, right: float, zoom: float, ax: Axes) -> str:
    """Draw a digit that is turned, moved and zoomed, and what two networks say to it.

    Parameters
    ----------
    turn : float
        By how many degrees, clockwise.
    right : float
        By how many pixels to the right.
    zoom : float
        Size, compared with the original.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        What can be seen.
    """
    from mlpkit.distortion import move

    example, truth = _example()
    image = move(example, 0, right, turn, zoom)
    said = [model.predict(image)[0] for model in readers()]
    ax.imshow(image.reshape(8, 8), cmap="Greys", vmin=-1, vmax=1)
    ax.set(xlabel="column (pixel)", ylabel="row (pixel)")
    ax.grid(visible=False)
    answers = [f"{p.argmax()} ({p.max():.2f})" for p in said]
    setting = f"turned {turn:g}°, right {right:g}, size {zoom:g}".replace("-", "−")
    ax.set_title(f"{setting}\nplain says {answers[0]}\nprepared says {answers[1]}")
    return (
        f"A {truth} turned by {turn:g} degrees, moved by {right:g} pixels, size {zoom:g}. The network that knows only "
        f"the original images says {answers[0]}, the one that also knows changed copies says {answers[1]}."
    )


def strip_distorted() -> Picture:
    """Show a digit as it is, moved, turned, and both."""
    settings: list[dict[str, float]] = [
        {"turn": 0, "right": 0, "zoom": 1},
        {"turn": 0, "right": 1, "zoom": 1},
        {"turn": -20, "right": 0, "zoom": 1},
        {"turn": -20, "right": 1, "zoom": 0.85},
    ]
    return strip(plot_distorted, settings, size=(2.7, 3.7))


def explore_distorted() -> Explorer:
    """Turn, move and zoom a digit with sliders."""
    controls = {
        "turn": slider("turn (degrees)", -45, 45, 0, 5),
        "right": slider("move right (pixels)", -2, 2, 0, 0.25),
        "zoom": slider("size", 0.6, 1.4, 1, 0.05),
    }
    places = {"turn": range(-45, 46, 15), "right": range(-2, 3), "zoom": (0.6, 0.8, 1, 1.2, 1.4)}
    return explore_scenes("distorted", plot_distorted, controls, (3.4, 3.8), **places)


def animate_distorted() -> Animation:
    """Turn a digit from one side to the other, and watch the answers of two networks."""
    settings = [{"turn": turn, "right": 0, "zoom": 1} for turn in range(-48, 49, 6)]
    alt = (
        "A digit turns from 48 degrees to the left to 48 degrees to the right. Above it stand the answers of a network "
        "that was trained on the original images only, and of one that was trained on turned and moved copies, too."
    )
    return animate(plot_distorted, settings, alt, size=(3.4, 3.8), seconds=0.5)


def plot_margin(accuracy: float, m: int, ax: Axes) -> str:
    """Draw what accuracies one network gets on many test sets of one size.

    Parameters
    ----------
    accuracy : float
        The share of all images in the world that it reads, between 0 and 1.
    m : int
        Size of each test set.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        What can be seen.
    """
    m = int(m)
    measured = np.random.default_rng(0).binomial(m, accuracy, size=REPEATS) / m
    margin = 1.96 * (accuracy * (1 - accuracy) / m) ** 0.5
    inside = np.abs(measured - accuracy) <= margin
    ax.axhspan(100 * (accuracy - margin), 100 * (accuracy + margin), color="#cfe2f3")
    ax.axhline(100 * accuracy, color="#444444", linewidth=1)
    order = np.arange(1, REPEATS + 1)
    ax.plot(order[inside], 100 * measured[inside], "o", color=BLUE, markersize=3.5)
    ax.plot(order[~inside], 100 * measured[~inside], "D", color=ORANGE, markersize=5)
    ax.set(ylim=(78, 101), xlabel="number of the test set", ylabel="measured accuracy (%)")
    ax.set_title(f"{m} images: {100 * accuracy:g} ± {100 * margin:.1f} %")
    return (
        f"A network that reads {100 * accuracy:g} percent of all images, on {REPEATS} test sets of {m}: measured are "
        f"{100 * measured.min():.1f} to {100 * measured.max():.1f} percent, {inside.sum()} times within "
        f"{100 * margin:.1f} points of the truth."
    )


def strip_margin() -> Picture:
    """Show what test sets of four sizes tell about one network."""
    return strip(plot_margin, [{"accuracy": 0.92, "m": m} for m in (60, 200, 600, 5000)], size=(2.7, 2.9))


def explore_margin() -> Explorer:
    """Choose the accuracy and the size of the test sets."""
    with needed_by("an explorer"):
        import ipywidgets

    sizes = ipywidgets.SelectionSlider(
        options=[50, 100, 200, 400, 600, 1000, 2000, 5000, 10000], value=200, description="images"
    )
    controls = {"accuracy": slider("true accuracy", 0.85, 0.99, 0.92, 0.01), "m": sizes}
    return explore_scenes("margin", plot_margin, controls, (5.0, 3.4), accuracy=(0.85, 0.88, 0.9, 0.92, 0.95, 0.98))


def draw_gallery(X: ArrayLike, y: ArrayLike, P: ArrayLike, at_most: int = 16) -> Picture:
    """Show the mistakes of a classifier, the surest first.

    Parameters
    ----------
    X : array_like of shape (m, side·side)
        Images.
    y : array_like of shape (m,)
        What they show.
    P : array_like of shape (m, k)
        Probabilities of the classes, as a network gives them.
    at_most : int
        How many to show.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no mistake to show.
    """
    images, truth, p = np.asarray(X), np.asarray(y), np.asarray(P)
    said, sure = p.argmax(axis=1), p.max(axis=1)
    wrong = np.flatnonzero(said != truth)
    if not len(wrong):
        raise ValueError("draw_gallery found no mistake: all images are read right; try more of them, or harder ones")
    chosen = wrong[np.argsort(-sure[wrong], kind="stable")][:at_most]
    titles = [f"{truth[i]}, said {said[i]}\n({sure[i]:.2f})" for i in chosen]
    return draw_images(images[chosen], titles, f"{len(chosen)} of {len(wrong)} mistakes, the surest first.")
