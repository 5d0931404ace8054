"""A word below an explorer whose kernel is gone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["unanswered_note"]

_UNANSWERED = """
.mlpkit-unanswered .widget-html-content { font-size: 0 }
.mlpkit-unanswered .widget-html-content:not(:empty)::after {
    content: "The kernel does not answer. If it was restarted, run the first cell and this one again.";
    font-size: 13px; font-style: italic; visibility: hidden; animation: mlpkit-appear 0s 4s forwards }
@keyframes mlpkit-appear { to { visibility: visible } }
"""


def unanswered_note(controls: Iterable[Any]) -> Any:
    """Make a note that shows itself if the kernel does not answer a slider, as after a restart.

    The page itself writes into the note when a slider moves (`jsdlink`), the kernel empties it again; its text is shown
    by a style sheet, a few seconds later, while there is something in the note.

    Parameters
    ----------
    controls : iterable of ipywidgets.Widget
        What can be moved.

    Returns
    -------
    ipywidgets.Widget
        The note, out of sight.
    """
    import ipywidgets

    note = ipywidgets.HTML()
    note.add_class("mlpkit-unanswered")
    note.observe(lambda change: setattr(note, "value", ""), "value")
    for control in controls:
        ipywidgets.jsdlink((control, "index" if "index" in control.keys else "value"), (note, "value"))
    note.value = ""
    style = ipywidgets.HTML(f"<style>{_UNANSWERED}</style>")
    return ipywidgets.VBox([style, note])
