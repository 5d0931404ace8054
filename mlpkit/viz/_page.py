"""Explorers for a page without a kernel: a picture, a sentence, and what a script needs to bring them to life."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mlpkit.optional import needed_by

__all__ = ["describe", "describe_places", "few_colors", "live_page"]

_COLORS = 96


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


def live_page(
    kind: str, picture: str, note: str, controls: Sequence[Mapping[str, Any]], data: Mapping[str, Any]
) -> str:
    """Return an element that a script can take over; until then it is a picture.

    Parameters
    ----------
    kind : str
        Which script.
    picture : str
        The HTML of the picture.
    note : str
        What a page without scripts says below it.
    controls : sequence of mappings
        Sliders and menus, as `describe` and `describe_places` describe them.
    data : mapping of str to object
        What else the script needs; it can be written as JSON.

    Returns
    -------
    str
        HTML, which asks for nothing from outside.
    """
    title = ", ".join(control["label"] for control in controls)
    content = {"title": title, "controls": controls, "data": data}
    # No "<" may stand in a script, or the text could end it.
    numbers = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return (
        f'<mlp-explorer kind="{html.escape(kind)}"><div class="mlp-still">{picture}'
        f"<noscript><p>{html.escape(note)}</p></noscript></div>"
        f'<script type="application/json">{numbers}</script></mlp-explorer>'
    )


def describe(name: str, widget: Any, value: Any) -> dict[str, Any]:
    """Describe a slider, a menu or a box to tick for a script that computes with its value."""
    common = {"name": name, "label": widget.description, "value": value}
    if hasattr(widget, "options"):
        return {**common, "options": [one if isinstance(one, tuple) else (one, one) for one in widget.options]}
    if isinstance(value, bool):
        return {**common, "options": [("no", False), ("yes", True)]}
    return {**common, "min": widget.min, "max": widget.max, "step": widget.step}


def describe_places(name: str, widget: Any, places: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Describe a control by its places, for a script that only has to know their numbers."""
    texts, values = zip(*places, strict=True)
    common = {"name": name, "label": widget.description}
    if (hasattr(widget, "options") and not hasattr(widget, "readout")) or isinstance(widget.value, bool):
        return {**common, "value": values.index(widget.value), "options": [(text, i) for i, text in enumerate(texts)]}
    here = values.index(widget.value if widget.value in values else min(values, key=lambda v: abs(v - widget.value)))
    return {**common, "value": here, "min": 0, "max": len(texts) - 1, "step": 1, "texts": texts}
