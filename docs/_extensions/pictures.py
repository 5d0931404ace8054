"""Put the pictures inside a page's HTML into files of their own, which a browser loads when the reader comes near."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
from pathlib import Path
from threading import get_ident

from figures import PHONE, beginning, least_width
from PIL import Image

COLOURS = 128
"""More than drawings need; a film of thirty frames becomes half as large."""
FOLDER = "pictures"
"""Where the files are, below ``_static``."""
EMBEDDED = re.compile(r"data:image/png;base64,((?:[A-Za-z0-9+/=]|\\?\n)+)")
IMAGE = re.compile(r"<img (?=[^>]*\bwidth=)(?![^>]*\bloading=)")
FRAME = re.compile(r'frames\[\d+\] = "([^"]+)"')
LETTERS = re.compile(r'data-letters="([\d.]+)"')
PIXELS = "data-pixels "
ALT = re.compile(r'<img alt="([^"]*)"')


def outside(content: str, folder: Path) -> str:
    """Return the output of a cell with its pictures as lazy files, and its films with the explorers' controls.

    Parameters
    ----------
    content : str
        HTML.
    folder : Path
        ``_static`` of the site; what is there already is not made again.
    """
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    content = EMBEDDED.sub(lambda found: f"../_static/{FOLDER}/{_file(found[1], folder / FOLDER)}", content)
    if "_anim_img" in content:
        content = _film(content, folder)
    return IMAGE.sub('<img loading="lazy" ', content)


def _file(encoded: str, folder: Path) -> str:
    """Write a picture as WebP of few colours, unless it is there; return the name of the file."""
    encoded = re.sub(r"\\?\n", "", encoded)
    path = folder / f"{hashlib.sha256(encoded.encode()).hexdigest()[:20]}.webp"
    if not path.exists():
        with Image.open(io.BytesIO(base64.b64decode(encoded))) as picture:
            drawing = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
            smaller = io.BytesIO()
            drawing.save(smaller, "webp", lossless=True, method=4)
        unfinished = path.with_suffix(f".{get_ident()}")  # another chapter may show the same picture
        unfinished.write_bytes(smaller.getvalue())
        unfinished.replace(path)
    return path.name


def _film(content: str, folder: Path) -> str:
    """Return matplotlib's player of a film as an element for the script `22-film.js`."""
    frames = FRAME.findall(content)
    with Image.open(folder / FOLDER / Path(frames[-1]).name) as picture:
        width, height = (round(side * 96 / 110) for side in picture.size)  # frames have 110 dots to an inch
    found = ALT.search(content)
    alt = html.unescape(found[1]) if found else ""
    control = {"name": "frame", "label": "picture", "value": len(frames), "min": 1, "max": len(frames), "step": 1}
    beyond_caption = alt.removeprefix(beginning(alt)).strip()
    letters = LETTERS.search(content)
    least = least_width(width, float(letters[1]) if letters else 0)
    pixels = PIXELS if PIXELS in content else ""
    size = {"width": width, "height": height, "least": least if least > PHONE else 0}
    data = {"frames": frames, "alt": beyond_caption, "pixels": bool(pixels), **size}
    numbers = json.dumps({"title": "film", "controls": [control], "data": data}, ensure_ascii=False)
    return (
        f'<mlp-explorer kind="film"><div class="mlp-still"><img alt="{html.escape(alt)}" width="{width}" '
        f'height="{height}" {pixels}src="{frames[-1]}"></div>'
        f'<script type="application/json">{numbers.replace("<", chr(92) + "u003c")}</script></mlp-explorer>'
    )
