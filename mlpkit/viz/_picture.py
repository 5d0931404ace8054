"""Pictures with alternative texts; a wide one in parts, which a narrow page shows one below the other."""

from __future__ import annotations

import base64
import html
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from mlpkit.optional import needed_by
from mlpkit.viz._letters import CSS_PIXELS_PER_INCH, SHRINK, legible, smallest
from mlpkit.viz._parts import boxes, framed, named, numbered, pixels

__all__ = ["Part", "Picture", "drawn", "percent", "powers", "show"]

BETWEEN_ROWS = "1rem"
MARGIN = 0.1  # inches, of white beside an image that shows brightness and has no frame
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
    pixels : bool
        Whether it shows brightness, so that a dark page must not turn it into its negative.
    """

    png: bytes
    alt: str
    width: int
    height: int
    letters: float = 0.0
    pixels: bool = False

    def html(self) -> str:
        mark = "data-pixels " if self.pixels else ""
        source = base64.b64encode(self.png).decode("ascii")
        return (
            f'<img alt="{html.escape(self.alt)}" width="{self.width}" height="{self.height}" '
            f'data-letters="{self.letters:.3g}" {mark}style="max-width: 100%; height: auto" '
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
        return "".join(
            _beside([(part.html(), part.width) for part in row], last=row is self.rows[-1]) for row in self.rows
        )


def _beside(items: Sequence[tuple[str, int]], last: bool = True) -> str:
    """Return a row of items that goes on below where the page is too narrow; four of them become two and two.

    All items of a line have the same scale: they grow and shrink in proportion to their widths.
    """
    if len(items) == 4:
        items = [(_beside(items[i : i + 2]), sum(width for _, width in items[i : i + 2])) for i in (0, 2)]
    boxes_of_items = (
        f'<div style="flex: {width} 1 {SHRINK * width:.0f}px; min-width: 0; max-width: {width}px">{content}</div>'
        for content, width in items
    )
    row = f"display: flex; flex-wrap: wrap; justify-content: center; row-gap: {BETWEEN_ROWS}"
    row += "" if last else f"; margin-bottom: {BETWEEN_ROWS}"
    return f'<div class="mlp-row-of-parts" style="{row}">{"".join(boxes_of_items)}</div>'


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

    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(fig)
    fig.set_dpi(DOTS_PER_CSS_PIXEL * CSS_PIXELS_PER_INCH)
    fig.set_facecolor("white")
    whole_width = fig.get_figwidth() * CSS_PIXELS_PER_INCH
    panels = [ax for ax in fig.axes if ax.get_visible()]
    framed(panels)
    layout = fig.get_layout_engine()
    if isinstance(layout, ConstrainedLayoutEngine) and pixels([ax for ax in panels if numbered(ax)]):
        layout.set(w_pad=MARGIN)
    if len(panels) > 1:
        if layout is not None:
            layout.execute(fig)
        cut = [part for row in boxes(fig) for part in row]
        for (left, _, right, _), inside in cut:
            legible(inside, (right - left) * whole_width, len(panels))
            if len(cut) > 1:
                named(inside)
    legible([fig] if len(panels) < 2 else fig.legends, whole_width)
    canvas.draw()  # which finds the layout, too: savefig would draw twice for it
    whole = Image.fromarray(np.asarray(canvas.buffer_rgba()))
    found, described = boxes(fig), list(told.values())
    told = {**told, **{inner: words for ax, words in told.items() for inner in ax.child_axes[:1]}}
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(fig)
    if len(found) == 1 and len(found[0]) == 1:
        words = " ".join(filter(None, [alt, *described]))
        return Picture([[_part(whole, words, [fig], fig.axes)]])
    rows: list[list[Part]] = []
    count = sum(len(row) for row in found)
    for row in found:
        parts: list[Part] = []
        for (left, top, right, bottom), inside in row:
            x0, x1 = round(left * whole.width), round(right * whole.width)
            piece = whole.crop((x0, round(top * whole.height), x1, round(bottom * whole.height)))
            here = " ".join(told[ax] for ax in inside if ax in told)
            number = sum(len(one) for one in rows) + len(parts) + 1
            words = f"{alt} {here}".strip() if number == 1 else here or f"Part {number} of {count} of this picture."
            parts.append(_part(piece, words, inside, inside))
        rows.append(parts)
    return Picture(rows)


def _part(image: Any, words: str, lettered: Sequence[Any], axes: Sequence[Any]) -> Part:
    """Return a drawn image with its description, and what is known of the artists in it."""
    buffer = io.BytesIO()
    image.save(buffer, "png")
    width, height = (round(side / DOTS_PER_CSS_PIXEL) for side in image.size)
    return Part(buffer.getvalue(), words, width, height, smallest(lettered), pixels(list(axes)))


def percent(share: float) -> str:
    """Return a share as percent with one digit at most, rounded down: only what is whole is "100".

    Examples
    --------
    >>> percent(0.9975), percent(0.5), percent(1)
    ('99.7', '50', '100')
    """
    return f"{int(1000 * share + 1e-9) / 10:g}"


def powers(value: float) -> str:
    """Return three digits of a number, with a power of ten where it is very small or large.

    Examples
    --------
    >>> powers(12345), powers(2.11e-8)
    ('12300', '2.11·$10^{-8}$')
    """
    digits, _, exponent = f"{float(f'{value:.3g}'):g}".partition("e")
    return rf"{digits}·$10^{{{int(exponent)}}}$" if exponent else digits
