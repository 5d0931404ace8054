"""Make the pictures inside a page's HTML smaller, and mark those that a phone cannot show whole."""

from __future__ import annotations

import base64
import io
import re
from functools import lru_cache

from PIL import Image

COLOURS = 128
"""More than drawings need; a film of thirty frames becomes half as large."""
WIDE = 640
"""Pixels from which on the text of a picture cannot be read where the whole of it fits on a phone."""
WIDTH = re.compile(r'<img (?=[^>]*\bwidth="(\d+)")')
EMBEDDED = re.compile(r"data:image/png;base64,((?:[A-Za-z0-9+/=]|\\?\n)+)")


def lighter(html: str) -> str:
    """Replace embedded PNG pictures by WebP ones of few colours, where that makes them smaller.

    Parameters
    ----------
    html : str
        The output of a cell.

    Returns
    -------
    str
        The same with other data.
    """
    return EMBEDDED.sub(lambda found: _converted(found[1]) or found[0], html)


def marked(html: str) -> str:
    """Return the HTML with the class "wide" for each wide picture."""
    return WIDTH.sub(lambda found: found[0] + 'class="wide" ' * (int(found[1]) >= WIDE), html)


@lru_cache(maxsize=1000)
def _converted(encoded: str) -> str | None:
    data = base64.b64decode(re.sub(r"\\?\n", "", encoded))
    smaller = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        drawing = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        drawing.convert("RGB").save(smaller, "webp", lossless=True, method=4)
    if smaller.tell() >= len(data):
        return None
    return "data:image/webp;base64," + base64.b64encode(smaller.getvalue()).decode("ascii")
