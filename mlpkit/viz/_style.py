"""Colours and settings of matplotlib that all figures share."""

from __future__ import annotations

from typing import Any

from cycler import cycler

__all__ = ["BELOW", "BLUE", "ORANGE", "STYLE"]

BLUE = "#0B5C9E"
ORANGE = "#C75300"
BELOW: Any = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "borderaxespad": 4.3, "fontsize": 8, "frameon": False}
"""Where a legend stands that would cover what is drawn: below the name of the axis."""
STYLE: Any = {
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e2e2e2",
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=[BLUE, ORANGE], linestyle=["-", "--"]),
    "hatch.linewidth": 0.6,
    "hatch.color": "#8fb3d1",
    "figure.constrained_layout.use": True,
}
