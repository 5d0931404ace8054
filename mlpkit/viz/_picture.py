"""Pictures with alternative texts; a wide one in parts, which a narrow page shows one below the other."""

from __future__ import annotations

import base64
import html
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from matplotlib.figure import Figure

from mlpkit.optional import needed_by
from mlpkit.viz._letters import NARROW, SHRINK, legible, smallest

__all__ = ["Part", "Picture", "drawn", "percent", "show"]

CSS_PIXELS_PER_INCH = 96
DOTS_PER_CSS_PIXEL = 2  # sharp on the screens that have two dots for each pixel


@dataclass(frozen=True)
class Part:
    """One image of a picture.

    Parameters
    ----------
    png : bytes
        The image.
    alt : str
        What a reader who cannot see it needs to know.
    width, height : int
        Size on the page, in CSS pixels.
    letters : float
        Size of its smallest letters, in CSS pixels.
    """

    png: bytes
    alt: str
    width: int
    height: int
    letters: float = 0.0

    def html(self) -> str:
        source = base64.b64encode(self.png).decode("ascii")
        return (
            f'<img alt="{html.escape(self.alt)}" width="{self.width}" height="{self.height}" '
            f'data-letters="{self.letters:.3g}" style="max-width: 100%; height: auto" '
            f'src="data:image/png;base64,{source}">'
        )


class Picture:
    """A picture with its description, shown as HTML images.

    Parameters
    ----------
    rows : sequence of sequences of Part
        The images that stand side by side where the page is wide enough, row by row.
    """

    def __init__(self, rows: Sequence[Sequence[Part]]) -> None:
        self.rows = rows

    @property
    def alt(self) -> str:
        """The whole description."""
        return " ".join(part.alt for row in self.rows for part in row)

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"

    def converted(self, change: Callable[[bytes], bytes]) -> Picture:
        """Return the picture with other image data."""
        return Picture([[replace(one, png=change(one.png)) for one in row] for row in self.rows])

    def _repr_html_(self) -> str:
        if sum(map(len, self.rows)) == 1:
            return self.rows[0][0].html()
        return "".join(_beside([(part.html(), part.width) for part in row]) for row in self.rows)


def _beside(items: Sequence[tuple[str, int]]) -> str:
    """Return a row of items that goes on below where the page is too narrow; four of them become two and two."""
    if len(items) == 4:
        items = [(_beside(items[i : i + 2]), sum(width for _, width in items[i : i + 2])) for i in (0, 2)]
    boxes = (
        f'<div style="flex: 1 1 {SHRINK * width:.0f}px; max-width: {width}px">{content}</div>'
        for content, width in items
    )
    row = "display: flex; flex-wrap: wrap; justify-content: center"
    return f'<div class="mlp-row-of-parts" style="{row}">{"".join(boxes)}</div>'


def show(fig: Figure, alt: str) -> Picture:
    """Turn a figure into a picture with alternative text, and close the figure.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The figure; it is not shown a second time at the end of the cell. Its axes become parts, which a narrow page
        shows one below the other, unless something, as a title above all, belongs to several of them.
    alt : str
        A description of what can be seen, in one or two sentences.

    Returns
    -------
    Picture
        The last value of a notebook cell is shown.

    Raises
    ------
    ValueError
        If the description is empty.
    """
    if not alt.strip():
        raise ValueError("a picture needs a description for readers who cannot see it: show(fig, alt='...')")
    return drawn(fig, alt, {})


def drawn(fig: Figure, alt: str, told: Mapping[Any, str]) -> Picture:
    """Turn a figure into a picture; `told` describes single axes."""
    with needed_by("a picture"):
        from PIL import Image

    whole_width = fig.get_figwidth() * CSS_PIXELS_PER_INCH
    panels = [ax for ax in fig.axes if ax.get_visible()]
    if len(panels) > 1:
        fig.draw_without_rendering()
        for row in _boxes(fig):
            for (left, _, right, _), inside in row:
                legible(inside, (right - left) * whole_width, len(panels))
    legible([fig] if len(panels) < 2 else fig.legends, whole_width)
    buffer = io.BytesIO()
    dots = DOTS_PER_CSS_PIXEL * CSS_PIXELS_PER_INCH
    fig.savefig(buffer, format="png", dpi=dots, facecolor="white")
    boxes, described = _boxes(fig), list(told.values())
    told = {**told, **{inner: words for ax, words in told.items() for inner in ax.child_axes[:1]}}
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(fig)
    if len(boxes) == 1 and len(boxes[0]) == 1:
        width, height = (round(inches * CSS_PIXELS_PER_INCH) for inches in fig.get_size_inches())
        words = " ".join(filter(None, [alt, *described]))
        return Picture([[Part(buffer.getvalue(), words, width, height, smallest([fig]))]])
    rows: list[list[Part]] = []
    whole, count = Image.open(buffer), sum(len(row) for row in boxes)
    for row in boxes:
        parts: list[Part] = []
        for (left, top, right, bottom), inside in row:
            cut = io.BytesIO()
            x0, x1 = round(left * whole.width), round(right * whole.width)
            piece = whole.crop((x0, round(top * whole.height), x1, round(bottom * whole.height)))
            piece.save(cut, "png")
            here = " ".join(told[ax] for ax in inside if ax in told)
            number = sum(len(one) for one in rows) + len(parts) + 1
            words = f"{alt} {here}".strip() if number == 1 else here or f"Part {number} of {count} of this picture."
            width, height = (round(pixels / DOTS_PER_CSS_PIXEL) for pixels in piece.size)
            parts.append(Part(cut.getvalue(), words, width, height, smallest(inside)))
        rows.append(parts)
    return Picture(rows)


Box = tuple[float, float, float, float]


def _boxes(fig: Figure) -> list[list[tuple[Box, list[Any]]]]:
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
    found = []
    for top, bottom, row in _split(extent, 1, list(extent)):
        columns = _split(extent, 0, row)
        found.append([((left, top, right, bottom), inside) for left, right, inside in _wide_enough(fig, columns)])
    return found


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


def percent(share: float) -> str:
    """Return a share as percent with one digit at most, rounded down: only what is whole is "100".

    Examples
    --------
    >>> percent(0.9975), percent(0.5), percent(1)
    ('99.7', '50', '100')
    """
    return f"{int(1000 * share + 1e-9) / 10:g}"
