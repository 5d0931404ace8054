"""Figures of the chapter on design: errors by width."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._picture import Picture
from mlpkit.viz._show import Explorer, explore_scenes, strip
from mlpkit.viz._style import BLUE, ORANGE

__all__ = [
    "double_descent",
    "explore_double_descent",
    "plot_double_descent",
    "strip_double_descent",
]

TEST_SIZE = 200
REPEATS = 3
WIDTHS = (4, 8, 16, 30, 45, 55, 60, 65, 75, 100, 150, 250, 450)


def double_descent(n_train: int, noise: float, penalty: float) -> tuple[FloatArray, FloatArray]:
    """Fit the last layer of networks of many widths to a few digits, exactly.

    The hidden weights are random and stay so; the output weights are those with the smallest squared error, and
    among these the shortest. With a penalty, they are those with the smallest sum of squared error and penalty.

    Parameters
    ----------
    n_train : int
        How many digits to learn from.
    noise : float
        The share of them with a wrong label.
    penalty : float
        The penalty on the squared length of the output weights.

    Returns
    -------
    train, test : ndarray of shape (len(WIDTHS),)
        Mean squared error by width; the median over several draws of the hidden weights.
    """
    return _double_descent(int(n_train), float(noise), float(penalty))


@lru_cache(maxsize=32)
def _double_descent(n_train: int, noise: float, penalty: float) -> tuple[FloatArray, FloatArray]:
    from mlpkit.datasets import Dataset, one_hot

    data = Dataset("digits", n_train, TEST_SIZE)
    rng, y = np.random.default_rng(0), data.y_train.copy()
    wrong = rng.permutation(n_train)[: round(noise * n_train)]
    y[wrong] = (y[wrong] + rng.integers(1, 10, size=len(wrong))) % 10
    Y, Y_test = one_hot(y, 10), one_hot(data.y_test, 10)
    errors = np.empty((2, REPEATS, len(WIDTHS)))
    for repeat in range(REPEATS):
        rng = np.random.default_rng(repeat)
        V, c = rng.normal(0, 1 / 8, size=(64, WIDTHS[-1])), rng.normal(0, 0.5, size=WIDTHS[-1])
        H, H_test = np.maximum(data.X_train @ V + c, 0), np.maximum(data.X_test @ V + c, 0)
        for i, n in enumerate(WIDTHS):
            W = _solve(H[:, :n], Y, penalty)
            errors[:, repeat, i] = np.mean((H[:, :n] @ W - Y) ** 2), np.mean((H_test[:, :n] @ W - Y_test) ** 2)
    train, test = np.median(errors, axis=1)
    return train, test


def _solve(H: FloatArray, Y: FloatArray, penalty: float) -> FloatArray:
    if not penalty:
        return np.asarray(np.linalg.lstsq(H, Y, rcond=None)[0])
    return np.asarray(np.linalg.solve(H.T @ H + penalty * np.eye(H.shape[1]), H.T @ Y))


def plot_double_descent(n_train: int, noise: float, penalty: float, ax: Axes) -> str:
    """Draw the errors on training and on new digits by the number of hidden neurons.

    Parameters
    ----------
    n_train : int
        How many digits to learn from.
    noise : float
        The share of them with a wrong label.
    penalty : float
        The penalty on the squared length of the output weights.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        What can be seen.
    """
    train, test = double_descent(n_train, noise, penalty)
    ax.loglog(WIDTHS, np.maximum(train, 1e-4), "o-", color=BLUE, markersize=4, label="training digits")
    ax.loglog(WIDTHS, test, "s--", color=ORANGE, markersize=4, label="new digits")
    ax.axvline(n_train, color="#666666", linewidth=1, linestyle=":")
    ax.set(
        xlabel="hidden neurons",
        ylabel="mean squared error",
        title=f"{n_train} digits, {100 * noise:.0f} % wrong, penalty {penalty:g}",
        ylim=(5e-5, 100),
    )
    ax.legend(loc="lower left", fontsize=8, borderpad=0.3)  # the peak stands at the top
    highest, last = int(np.argmax(test)), f"{train[-1]:.1g}" if train[-1] > 1e-12 else "practically 0"
    return (
        f"{n_train} training digits, {100 * noise:.0f} % of them with a wrong label, penalty {penalty:g}: the error on "
        f"new digits is {test[0]:.2g} with {WIDTHS[0]} hidden neurons, at most {test[highest]:.2g} with "
        f"{WIDTHS[highest]}, and {test[-1]:.2g} with {WIDTHS[-1]}; that on the training digits falls from "
        f"{train[0]:.2g} to {last}. A dotted line marks as many neurons as digits."
    )


def explore_double_descent() -> Explorer:
    """Choose the number of digits, the share of wrong labels, and a penalty."""
    with needed_by("an explorer"):
        import ipywidgets

    shares = [(f"{100 * share:g} %", share) for share in (0.0, 0.1, 0.2, 0.3, 0.4)]
    penalties = [(f"{penalty:g}", penalty) for penalty in (0.0, 0.01, 0.1, 1.0, 10.0)]
    controls: dict[str, Any] = {
        "n_train": ipywidgets.IntSlider(60, min=20, max=140, step=20, description="digits", continuous_update=False),
        "noise": ipywidgets.SelectionSlider(options=shares, value=0.0, description="wrong labels"),
        "penalty": ipywidgets.Dropdown(options=penalties, value=0.0, description="penalty"),
    }
    places: Any = {"n_train": (20, 60, 100, 140)}
    return explore_scenes("double_descent", plot_double_descent, controls, (5.5, 3.8), **places)


def strip_double_descent() -> Picture:
    """Show a peak of the error on new digits, the peak with wrong labels, and what a penalty does to it."""
    settings = [
        {"n_train": 60, "noise": 0.0, "penalty": 0.0},
        {"n_train": 60, "noise": 0.2, "penalty": 0.0},
        {"n_train": 60, "noise": 0.2, "penalty": 1.0},
    ]
    return strip(plot_double_descent, settings, size=(3.1, 3.2), columns=3)
