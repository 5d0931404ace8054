"""Explorers for a page without a kernel: a picture, a sentence, and what a script needs to bring them to life."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Mapping
from typing import Any

from mlpkit.optional import needed_by

__all__ = ["few_colors", "live_page", "still_page"]

_COLORS = 96
_WITHOUT_SCRIPTS = "The pages of the course have sliders here too, if scripts are allowed to run."


def few_colors(png: bytes) -> bytes:
    """Make a picture a quarter as large: a drawing has few colours, which it can number.

    Parameters
    ----------
    png : bytes
        The picture.

    Returns
    -------
    bytes
        A PNG that looks the same.
    """
    with needed_by("a picture"):
        from PIL import Image

    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(_COLORS).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def still_page(picture: str, note: str) -> str:
    """Return a picture with a sentence below it.

    Parameters
    ----------
    picture : str
        Its HTML.
    note : str
        The sentence.

    Returns
    -------
    str
        HTML.
    """
    return f"{picture}<p><em>{html.escape(note)}</em></p>"


def live_page(
    kind: str,
    picture: str,
    note: str,
    controls: Mapping[str, Any],
    first: Mapping[str, Any],
    data: Mapping[str, Any],
) -> str:
    """Return an element that a script can take over; until then it is a picture with a sentence.

    Parameters
    ----------
    kind : str
        Which script.
    picture, note : str
        As for `still_page`.
    controls : mapping of str to ipywidgets.Widget
        Sliders and menus by the names of their parameters.
    first : mapping of str to object
        The values that the picture shows.
    data : mapping of str to object
        What else the script needs; it can be written as JSON.

    Returns
    -------
    str
        HTML, which asks for nothing from outside.
    """
    content = {
        "title": ", ".join(control.description for control in controls.values()),
        "controls": [_control(name, control, first[name]) for name, control in controls.items()],
        "data": data,
    }
    # No "<" may stand in a script, or the text could end it.
    numbers = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return (
        f'<mlp-explorer kind="{html.escape(kind)}"><div class="mlp-still">{still_page(picture, note)}'
        f"<noscript><p>{_WITHOUT_SCRIPTS}</p></noscript></div>"
        f'<script type="application/json">{numbers}</script></mlp-explorer>'
    )


def _control(name: str, widget: Any, value: Any) -> dict[str, Any]:
    """Describe a slider or a menu."""
    common = {"name": name, "label": widget.description, "value": value}
    if hasattr(widget, "options"):
        pairs = [one if isinstance(one, tuple) else (one, one) for one in widget.options]
        return {**common, "options": pairs}
    return {**common, "min": widget.min, "max": widget.max, "step": widget.step}
