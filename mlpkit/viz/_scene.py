"""Every setting of an explorer as a drawing that a page can show without a kernel."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from mlpkit.viz._letters import CSS_PIXELS_PER_INCH, legible
from mlpkit.viz._parts import pixels
from mlpkit.viz._style import STYLE

__all__ = ["places_of", "scene_table"]

WIDEST = 4.5  # inches: what is not wider can be read on a phone
SAMPLES = 6  # settings from which the place of the axes is found, which is the same for all
_GROUP = re.compile(r'<g id="[^"]*">')
_BEGIN = re.compile("(?=<g>|<pattern )")
_LEFT_OUT = re.compile(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->", re.DOTALL)
_NUMBER = re.compile(r"-?\d+\.\d+")
_TAG = re.compile(r"<[^>]*>")

Place = tuple[str, Any]
"""What a control says at a place, and the value there."""


def places_of(control: Any, chosen: Sequence[Any] = ()) -> list[Place]:
    """Return the places of a slider, a menu or a box to tick, all of them or the chosen ones.

    Parameters
    ----------
    control : ipywidgets.Widget
        The control.
    chosen : sequence
        Values, if not all that the control has.
    """
    if hasattr(control, "options"):
        return [one if isinstance(one, tuple) else (f"{one}", one) for one in control.options]
    if isinstance(control.value, bool):
        return [("no", False), ("yes", True)]
    count = round((control.max - control.min) / control.step) + 1
    values = chosen or [round(control.min + i * control.step, 9) for i in range(count)]
    return [(f"{value:g}".replace("-", "−"), value) for value in values]


def scene_table(
    plot: Callable[..., str], places: Mapping[str, Sequence[Place]], size: tuple[float, float], few: bool = False
) -> dict[str, Any]:
    """Draw every combination of places, and write down once what several drawings have in common.

    Parameters
    ----------
    plot : callable
        Draws on the axis ``ax`` and returns a description of what it drew.
    places : mapping of str to sequence of (str, object)
        The places of each control.
    size : (float, float)
        Width and height in inches; a wide drawing becomes narrower.
    few : bool
        Whether to draw the first and the last combination only, and show one of them for every other: a quick trial.

    Returns
    -------
    dict
        "pieces": parts of drawings in SVG; "scenes": for each drawing the numbers of its pieces; "told": what each
        says; "at": the number of the drawing for each combination, those of the last control following each other;
        "pixels": whether they show brightness.
    """
    settings = [
        dict(zip(places, values, strict=True))
        for values in itertools.product(*([value for _, value in some] for some in places.values()))
    ]
    size = (min(size[0], WIDEST), size[1] * min(1, (WIDEST / size[0]) ** 0.5))
    pieces: dict[str, int] = {}
    scenes: dict[tuple[str, tuple[int, ...]], int] = {}
    at: list[int] = []
    look = {**STYLE, "svg.fonttype": "none", "svg.hashsalt": "mlpkit", "figure.constrained_layout.use": False}
    with mpl.rc_context(look):
        rectangle = _rectangle(plot, settings[:: -(-len(settings) // (1 if few else SAMPLES))], size)
        for setting in settings:
            if few and at and setting is not settings[-1]:
                at.append(0)
                continue
            fig = Figure(figsize=size)
            told = plot(**setting, ax=fig.add_axes(rectangle))
            legible([fig], CSS_PIXELS_PER_INCH * size[0])
            numbers = tuple(pieces.setdefault(piece, len(pieces)) for piece in _pieces(fig))
            at.append(scenes.setdefault((told, numbers), len(scenes)))
    return {
        "size": [round(CSS_PIXELS_PER_INCH * inches) for inches in size],
        "pieces": list(pieces),
        "scenes": [numbers for _, numbers in scenes],
        "told": [told for told, _ in scenes],
        "at": at,
        "pixels": pixels(fig.axes),
    }


def _rectangle(
    plot: Callable[..., str], settings: Sequence[Mapping[str, Any]], size: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Return where axes may stand so that all their labels are inside: left, bottom, width and height."""
    found = []
    for setting in settings:
        fig = Figure(figsize=size, layout="constrained")
        ax = fig.subplots()
        plot(**setting, ax=ax)
        legible([fig], CSS_PIXELS_PER_INCH * size[0])
        fig.draw_without_rendering()
        found.append(ax.get_position(original=True).extents)
    left, bottom, right, top = zip(*found, strict=True)
    return max(left), max(bottom), min(right) - max(left), min(top) - max(bottom)


def _pieces(fig: Figure) -> list[str]:
    """Return the content of a figure's drawing in groups, without what names or describes them."""
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", facecolor="none", metadata={"Date": None})
    text = _LEFT_OUT.sub("", buffer.getvalue())
    text = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    text = _TAG.sub(lambda tag: _NUMBER.sub(_shorter, tag[0]), text)  # but no number that is written in a text
    parts = _BEGIN.split(_GROUP.sub("<g>", text))
    return [" ".join(part.split()) for part in parts]


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
