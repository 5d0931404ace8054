"""Colours, pictures with alternative text, strips of panels, and sliders: what all figures share."""

from __future__ import annotations

import base64
import html
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure

from mlpkit.optional import needed_by
from mlpkit.viz._page import few_colors, live_page, still_page
from mlpkit.viz._unanswered import unanswered_note

__all__ = ["BLUE", "ORANGE", "STYLE", "Explorer", "Picture", "draw", "explore", "show", "slider", "strip"]

BLUE = "#0B5C9E"
ORANGE = "#C75300"
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

_CSS_PIXELS_PER_INCH = 96
_BETWEEN_ROWS = 0.24  # inches
_TRACK = 300  # pixels, of a slider with its number, beside its label
_DOTS_PER_CSS_PIXEL = 2  # sharp on the screens that have two dots for each pixel


class Picture:
    """A picture with its description, shown as an HTML image.

    Parameters
    ----------
    png : bytes
        The picture.
    alt : str
        What a reader who cannot see it needs to know.
    width : int
        Width on the page, in CSS pixels.
    """

    def __init__(self, png: bytes, alt: str, width: int) -> None:
        self.png, self.alt, self.width = png, alt, width

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"

    def _repr_html_(self) -> str:
        source = base64.b64encode(self.png).decode("ascii")
        return (
            f'<img alt="{html.escape(self.alt)}" width="{self.width}" '
            f'style="max-width: 100%; height: auto" src="data:image/png;base64,{source}">'
        )


class Explorer:
    """A picture with sliders; where no kernel runs, the first picture and a sentence stand in their place.

    Parameters
    ----------
    widget : ipywidgets.Widget
        Sliders and picture.
    note : str
        What a page without a kernel says below the picture.
    page : callable, optional
        Returns the HTML for such a page; it is called when the page is made. Without it, there is only the note.
    above : ipywidgets.Widget, optional
        What stands above the sliders.
    """

    def __init__(self, widget: Any, note: str, page: Callable[[], str] | None = None, above: Any = None) -> None:
        self.widget, self.note, self.page, self.above = widget, note, page, above

    def __repr__(self) -> str:
        return f"Explorer: {self.note}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        shown = self.widget if self.above is None else type(self.widget)([self.above, self.widget])
        bundle: dict[str, Any] = shown._repr_mimebundle_(**kwargs)
        page = f"<p><em>{html.escape(self.note)}</em></p>" if self.page is None else self.page()
        return {**bundle, "text/plain": repr(self), "text/html": page}


def show(fig: Figure, alt: str) -> Picture:
    """Turn a figure into a picture with alternative text, and close the figure.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The figure; it is not shown a second time at the end of the cell.
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
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=_DOTS_PER_CSS_PIXEL * _CSS_PIXELS_PER_INCH, facecolor="white")
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(fig)
    return Picture(buffer.getvalue(), alt, round(fig.get_figwidth() * _CSS_PIXELS_PER_INCH))


def draw(plot: Callable[..., str], size: tuple[float, float] = (5.0, 3.6), **setting: Any) -> Picture:
    """Draw one plot in a figure of its own.

    Parameters
    ----------
    plot : callable
        Draws on the axis ``ax`` and returns a description of what it drew.
    size : (float, float)
        Width and height in inches.
    **setting : object
        Parameters of the plot.

    Returns
    -------
    Picture
        The drawing with its description.
    """
    return strip(plot, [setting], size=size)


def strip(
    plot: Callable[..., str],
    settings: Sequence[Mapping[str, Any]],
    *,
    size: tuple[float, float] = (3.0, 3.0),
    columns: int = 4,
) -> Picture:
    """Draw one plot several times, with different settings, side by side.

    Parameters
    ----------
    plot : callable
        Draws on the axis ``ax`` and returns a description of what it drew.
    settings : sequence of mappings
        The parameters of each panel.
    size : (float, float)
        Width and height of one panel in inches.
    columns : int
        Panels in a row at most.

    Returns
    -------
    Picture
        The panels with their descriptions, one after the other.
    """
    columns = min(columns, len(settings))
    rows = -(-len(settings) // columns)
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(size[0] * columns, size[1] * rows))
        if rows > 1:
            layout: Any = fig.get_layout_engine()
            layout.set(h_pad=_BETWEEN_ROWS / 2)  # or a title seems to belong to the panel above
        axes: Any = fig.subplots(rows, columns, squeeze=False).ravel()
        told = [plot(**setting, ax=ax) for setting, ax in zip(settings, axes, strict=False)]
        for unused in axes[len(settings) :]:
            unused.set_visible(False)
        if len(told) > 1:
            told = [f"Panel {i}: {text}" for i, text in enumerate(told, start=1)]
        return show(fig, " ".join(told))


def slider(label: str, low: float, high: float, value: float, step: float) -> Any:
    """Make a slider for a number, which reports its value when it is let go.

    Parameters
    ----------
    label : str
        What stands beside it.
    low, high, value, step : float
        Range, first value, and distance between two positions.

    Returns
    -------
    ipywidgets.FloatSlider
        The slider.
    """
    with needed_by("an explorer"):
        import ipywidgets

    whole = float(low).is_integer() and float(step).is_integer()
    made = ipywidgets.FloatSlider(value, min=low, max=high, step=step, description=label, continuous_update=False)
    made.readout_format = "d" if whole else ".2f"
    return made


def explore(
    plot: Callable[..., str],
    controls: Mapping[str, Any],
    size: tuple[float, float],
    kind: str = "",
    data: Callable[[], Mapping[str, Any]] = dict,
) -> Explorer:
    """Put sliders on a plot.

    Parameters
    ----------
    plot : callable
        Draws on the axis ``ax`` and returns a description of what it drew.
    controls : mapping of str to ipywidgets.Widget
        A widget for each parameter, by the parameter's name.
    size : (float, float)
        Width and height of the picture in inches.
    kind : str
        Name of the script in ``docs/_static/explorers`` that makes the sliders work in a page without a kernel.
    data : callable
        Returns what that script has to know besides the controls.

    Returns
    -------
    Explorer
        Sliders above the picture, which is drawn again when a slider is let go.
    """
    with needed_by("an explorer"):
        import ipywidgets
        from IPython.display import display

    def redraw(**setting: Any) -> None:
        display(draw(plot, size, **setting))

    widest = max(len(control.description) for control in controls.values())
    for control in controls.values():
        control.style.description_width = f"{widest}ch"  # one width for all, so that the sliders stand in line
        control.layout.width, control.layout.max_width = f"calc({widest}ch + {_TRACK}px)", "100%"
    picture = ipywidgets.interactive_output(redraw, dict(controls))
    note = f"With a running kernel, this picture has sliders ({', '.join(c.description for c in controls.values())})."
    first = {name: control.value for name, control in controls.items()}

    def page() -> str:
        still = draw(plot, size, **first)
        picture = Picture(few_colors(still.png), still.alt, still.width)._repr_html_()
        return live_page(kind, picture, note, controls, first, data()) if kind else still_page(picture, note)

    return Explorer(ipywidgets.VBox([*controls.values(), picture]), note, page, unanswered_note(controls.values()))
