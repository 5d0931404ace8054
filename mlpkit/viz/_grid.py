"""Tables drawn as cells with numbers in them: what the figures on arrays are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from mlpkit.viz._style import BLUE, ORANGE

__all__ = ["CENTRED", "EMPTY", "PLAIN", "SECOND", "frame", "grid", "stretched"]

PLAIN: dict[str, Any] = {"facecolor": "#e8f0f8", "edgecolor": BLUE}
COPY: dict[str, Any] = {"facecolor": "white", "edgecolor": ORANGE, "linestyle": "--", "hatch": "...."}
SECOND: dict[str, Any] = {"facecolor": "#fbeadd", "edgecolor": ORANGE}
MARKED: dict[str, Any] = {"facecolor": "#f6cda8", "edgecolor": ORANGE, "hatch": "////"}
EMPTY: dict[str, Any] = {"facecolor": "white", "edgecolor": "#999999"}
CENTRED: dict[str, Any] = {"ha": "center", "va": "center"}


def stretched(ax: Axes, values: NDArray[Any], shape: tuple[int, ...] | None, x: float, look: dict[str, Any]) -> float:
    """Draw an array and, hatched, the copies of it that fill the shape; return where its right edge is."""
    table: NDArray[Any] = np.atleast_2d(values)
    if shape is None:
        grid(ax, table, x, 0, look)
        return x + float(table.shape[1])
    full: NDArray[Any] = np.atleast_2d(np.broadcast_to(values, shape))
    row, column = np.indices(full.shape)
    own = (row < table.shape[0]) & (column < table.shape[1])
    grid(ax, full, x, 0, COPY)
    grid(ax, full, x, 0, look, there=own, only=own)
    return x + float(full.shape[1])


def grid(
    ax: Axes,
    table: NDArray[Any],
    x: float,
    y: float,
    look: dict[str, Any],
    marked: Any = None,
    there: Any = None,
    only: Any = None,
) -> None:
    """Draw a table with its upper left corner at (x, y).

    Cells of `marked` are hatched, numbers are written where `there` says so, and cells drawn where `only` does.
    """
    for i, j in np.ndindex(table.shape):
        if only is not None and not only[i, j]:
            continue
        cell = MARKED if marked is not None and marked[i, j] else look
        ax.add_patch(Rectangle((x + j, y + i), 1, 1, linewidth=1.2, **cell))
        if there is None or there[i, j]:
            text = f"{table[i, j]:.3g}".replace("-", "−")
            box = {"facecolor": cell["facecolor"], "edgecolor": "none", "pad": 1.2}
            ax.text(x + j + 0.5, y + i + 0.5, text, fontsize=9, bbox=box, **CENTRED)


def frame(ax: Axes, right: float, bottom: float, left: float = 0.0, top: float = 0.0) -> None:
    ax.set(xlim=(left - 0.1, right + 0.1), ylim=(bottom + 0.1, top - 0.1), aspect="equal")
    ax.set_axis_off()
