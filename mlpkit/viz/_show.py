"""Pictures with alternative text, strips of panels, and sliders: what all figures share."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from mlpkit.optional import needed_by
from mlpkit.viz._page import describe, describe_places, few_colors, live_page
from mlpkit.viz._picture import Picture, drawn
from mlpkit.viz._scene import places_of, scene_table
from mlpkit.viz._style import STYLE
from mlpkit.viz._unanswered import unanswered_note

__all__ = ["Explorer", "draw", "explore", "explore_scenes", "slider", "strip"]

_BETWEEN_ROWS = 0.24  # inches
_TRACK = 300  # pixels, of a slider with its number, beside its label


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
    scenes : callable, optional
        Returns the drawings of all settings, or of a few, which such a page loads from a file; see `scene_table`.
    above : ipywidgets.Widget, optional
        What stands above the sliders.
    """

    def __init__(
        self,
        widget: Any,
        note: str,
        page: Callable[[], str] | None = None,
        scenes: Callable[[bool], dict[str, Any]] | None = None,
        above: Any = None,
    ) -> None:
        self.widget, self.note, self.page, self.scenes, self.above = widget, note, page, scenes, above

    def __repr__(self) -> str:
        return f"Explorer: {self.note}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = self._shown()._repr_mimebundle_(**kwargs)
        page = f"<noscript><p>{html.escape(self.note)}</p></noscript>" if self.page is None else self.page()
        return {**bundle, "text/plain": repr(self), "text/html": page}

    def _shown(self) -> Any:
        import ipywidgets

        return self.widget if self.above is None else ipywidgets.VBox([self.above, self.widget])


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
    lead: str = "",
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
    lead : str
        What the description begins with.

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
        return drawn(fig, lead, dict(zip(axes, told, strict=False)))


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
    kind: str,
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
    described = [describe(name, control, control.value) for name, control in controls.items()]

    def page(still: str, note: str) -> str:
        return live_page(kind, still, note, described, data())

    return _with_controls(plot, controls, size, page)


def explore_scenes(
    name: str,
    plot: Callable[..., str],
    controls: Mapping[str, Any],
    size: tuple[float, float],
    **chosen: Sequence[Any],
) -> Explorer:
    """Put sliders on a plot, which a page without a kernel shows as drawings that were made before.

    Parameters
    ----------
    name : str
        Of the file with the drawings.
    plot, controls, size : object
        As for `explore`.
    **chosen : sequence
        Values of a slider that such a page has, where all would be too many.

    Returns
    -------
    Explorer
        As `explore` returns it.
    """
    places = {key: places_of(control, chosen.get(key, ())) for key, control in controls.items()}
    described = [describe_places(key, controls[key], places[key]) for key in controls]

    def page(still: str, note: str) -> str:
        return live_page("scenes", still, note, described, {"scenes": name})

    def scenes(few: bool) -> dict[str, Any]:
        return scene_table(plot, places, size, few)

    return _with_controls(plot, controls, size, page, scenes)


def _with_controls(
    plot: Callable[..., str],
    controls: Mapping[str, Any],
    size: tuple[float, float],
    page: Callable[[str, str], str],
    scenes: Callable[[bool], dict[str, Any]] | None = None,
) -> Explorer:
    """Put sliders on a plot; `page` returns the HTML for a page without a kernel from the first picture and a note."""
    with needed_by("an explorer"):
        import ipywidgets
        from IPython.display import display

    first = {name: control.value for name, control in controls.items()}
    stills: list[Picture] = []

    def redraw(**setting: Any) -> None:
        picture = draw(plot, size, **setting)
        if setting == first:
            stills[:] = [picture]
        display(picture)

    widest = max(len(control.description) for control in controls.values())
    for control in controls.values():
        control.style.description_width = f"{widest}ch"  # one width for all, so that the sliders stand in line
        control.layout.width, control.layout.max_width = f"calc({widest}ch + {_TRACK}px)", "100%"
    picture = ipywidgets.interactive_output(redraw, dict(controls))
    note = f"With a running kernel, this picture has sliders ({', '.join(c.description for c in controls.values())})."

    def first_page() -> str:
        still = stills[0] if stills else draw(plot, size, **first)  # the second where the first ended in an error
        return page(still.converted(few_colors)._repr_html_(), note)

    above = unanswered_note(controls.values())
    return Explorer(ipywidgets.VBox([*controls.values(), picture]), note, first_page, scenes, above)
