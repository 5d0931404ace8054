"""Where a wide picture may be cut into parts, and what a part needs to be read by itself."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from matplotlib.figure import Figure

from mlpkit.viz._letters import CSS_PIXELS_PER_INCH, NARROW

__all__ = ["Box", "boxes", "framed", "named", "numbered", "pixels"]

GREYS = ("Greys", "gray", "grey", "binary")
SQUEEZED = 1.15  # by how much wider than a phone a group of small images may be, which is shown smaller there

Box = tuple[float, float, float, float]


def boxes(fig: Figure) -> list[list[tuple[Box, list[Any]]]]:
    """Return the parts of a figure, row by row: left, top, right and bottom as shares of it, and the axes inside."""
    panels = {ax: ax.get_tightbbox() for ax in _panels(fig)}
    extent = {
        ax: (
            box.x0 / fig.bbox.width,
            1 - box.y1 / fig.bbox.height,
            box.x1 / fig.bbox.width,
            1 - box.y0 / fig.bbox.height,
        )
        for ax, box in panels.items()
        if box is not None
    }
    whole: list[list[tuple[Box, list[Any]]]] = [[((0.0, 0.0, 1.0, 1.0), list(extent))]]
    if len(extent) < 2 or fig.texts or fig.legends or getattr(fig, "_suptitle", None):
        return whole
    if images := _grid_of_images(fig, extent):
        return images
    found = []
    for top, bottom, row in _split(extent, 1, list(extent)):
        columns = _split(extent, 0, row)
        found.append([((left, top, right, bottom), inside) for left, right, inside in _wide_enough(fig, columns)])
    return found


def _grid_of_images(fig: Figure, extent: Mapping[Any, Box]) -> list[list[tuple[Box, list[Any]]]]:
    """Cut a grid of small images into equal groups of whole columns, so that what is below an image stays there.

    Where each has a title of its own, they are read row by row, and the rows are cut apart, too.
    """
    if not all(ax.get_images() and not numbered(ax) for ax in extent):
        return []
    bands = _split(extent, 1, list(extent))
    rows = [[ax.get_title() for ax in row] for _, _, row in bands]
    titled = all(all(row) and (len(row) == 1 or len(set(row)) > 1) for row in rows)
    columns = _split(extent, 0, list(extent))
    if not titled and len({len(members) for _, _, members in columns}) > 1:
        return []
    width = fig.get_figwidth() * CSS_PIXELS_PER_INCH
    groups = (count for count in range(1, len(columns) + 1) if len(columns) % count == 0)
    count = next((count for count in groups if width / count <= SQUEEZED * NARROW), len(columns))
    each = len(columns) // count
    chosen = [columns[i : i + each] for i in range(0, len(columns), each)]
    return [
        [
            ((some[0][0], top, some[-1][1], bottom), inside)
            for some in chosen
            if (inside := [ax for _, _, members in some for ax in members if ax in row])
        ]
        for top, bottom, row in (bands if titled else [(0.0, 1.0, list(extent))])
    ]


def numbered(ax: Any) -> bool:
    """Tell whether numbers stand beside what axes show."""
    return bool(len(ax.get_xticks()) or len(ax.get_yticks()))


def _panels(fig: Figure) -> list[Any]:
    """Return the axes that can stand alone: those inside of an invisible one without a title in place of it."""
    found: list[Any] = []
    for ax in fig.axes:
        inner = ax.child_axes
        hollow = not ax.axison and len(inner) == 2 and not any(ax.get_title(loc) for loc in ("left", "center", "right"))
        found += inner if hollow else [ax] if ax.get_visible() else []
    return found


def _split(extent: Mapping[Any, Box], axis: int, among: list[Any]) -> list[tuple[float, float, list[Any]]]:
    """Cut between axes along x, 0, or y, 1: return begin, end and members of each group."""
    groups: list[tuple[float, float, list[Any]]] = []
    for ax in sorted(among, key=lambda one: extent[one][axis]):
        begin, end = extent[ax][axis], extent[ax][axis + 2]
        if groups and (begin < groups[-1][1] or ax.get_label() == "<colorbar>"):
            first, last, members = groups[-1]
            groups[-1] = (first, max(last, end), [*members, ax])
        else:
            groups.append((begin, end, [ax]))
    cuts = [0.0, *((one[1] + two[0]) / 2 for one, two in pairwise(groups)), 1.0]
    return [(cuts[i], cuts[i + 1], members) for i, (_, _, members) in enumerate(groups)]


def _wide_enough(fig: Figure, columns: list[tuple[float, float, list[Any]]]) -> list[tuple[float, float, list[Any]]]:
    """Join neighbours as long as they fit on a phone together."""
    joined: list[tuple[float, float, list[Any]]] = []
    for left, right, members in columns:
        if joined and (right - joined[-1][0]) * fig.get_figwidth() * CSS_PIXELS_PER_INCH <= NARROW:
            joined[-1] = (joined[-1][0], right, joined[-1][2] + members)
        else:
            joined.append((left, right, members))
    return joined


def framed(axes: list[Any]) -> None:
    """Draw a thin line on all four sides of each image that has no numbers beside it."""
    for ax in axes:
        if ax.get_images() and not numbered(ax):
            ax.spines[:].set(visible=True, linewidth=0.5, color="#777777")


def pixels(axes: list[Any]) -> bool:
    """Tell whether axes show brightness: photographs, or digits in shades of grey."""
    images = [image for ax in axes for image in ax.get_images()]
    return any(image.get_cmap().name.removesuffix("_r") in GREYS for image in images)


def named(inside: list[Any]) -> None:
    """Write numbers and names along the outer axes of a part that left them to a panel beside it."""
    extent = {ax: ax.get_position(original=False).extents for ax in inside}
    for ax, (left, bottom, right, top) in extent.items():
        others = [box for other, box in extent.items() if other is not ax]
        if not any(box[0] < left and box[1] < top and box[3] > bottom for box in others):
            _name(ax, "y")
        if not any(box[1] < bottom and box[0] < right and box[2] > left for box in others):
            _name(ax, "x")


def _name(ax: Any, which: str) -> None:
    """Let an axis show what one that it shares its range with shows."""
    shared = getattr(ax, f"get_shared_{which}_axes")().get_siblings(ax)
    side = {"x": "labelbottom", "y": "labelleft"}[which]
    axis = getattr(ax, f"{which}axis")
    if len(shared) == 1 or not axis.get_visible():
        return
    ax.tick_params(axis=which, **{side: True})
    if not axis.get_label_text():
        names = [getattr(one, f"{which}axis").get_label_text() for one in shared]
        axis.set_label_text(next(filter(None, names), ""))
