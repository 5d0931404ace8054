"""Pictures of PIL, as their mode, size and pixels; one that was read from a file is a picture like any other."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from autograder.execute.datatypes import registry

Image: Any = import_module("PIL.Image")

BYTES = {
    "L": 1,
    "P": 1,
    "LA": 2,
    "RGB": 3,
    "RGBA": 4,
    "CMYK": 4,
    "YCbCr": 3,
    "LAB": 3,
    "HSV": 3,
    "I": 4,
    "F": 4,
    "I;16": 2,
}
"""Bytes of a pixel by mode; those of mode "1" are bits, in rows of whole bytes."""
PALETTE_BYTES = 768


def _take(picture: Any) -> list[Any] | None:
    mode, size = picture.mode, list(picture.size)
    if mode != "1" and mode not in BYTES:
        return None
    palette = bytes(picture.getpalette("RGB")) if mode == "P" else None
    return ["PIL.Image", mode, size, palette, np.frombuffer(picture.tobytes(), np.uint8)]


def _take_opened(kind: type, picture: Any) -> list[Any] | None:
    opened = kind.__module__.startswith("PIL.") and issubclass(kind, Image.Image)
    return _take(picture) if opened else None


def _make(mode: str, size: Any, palette: Any, pixels: Any) -> Any:
    width, height = (registry.exactly(int, length) for length in registry.exactly(list, size))
    if width < 0 or height < 0 or type(pixels) is not np.ndarray or pixels.dtype != np.uint8 or pixels.ndim != 1:
        raise ValueError("no picture")
    row = (width + 7) // 8 if mode == "1" else width * BYTES[mode]
    if len(pixels) != row * height:
        raise ValueError("size and pixels do not agree")
    if 0 in (width, height):
        return Image.new(mode, (width, height))
    picture = Image.frombytes(mode, (width, height), pixels.tobytes())
    if palette is not None:
        if mode != "P" or type(palette) is not bytes or len(palette) > PALETTE_BYTES:
            raise ValueError("no palette")
        picture.putpalette(palette, "RGB")
    return picture


registry.TAKERS[Image.Image] = _take
registry.BY_CLASS.append(_take_opened)
registry.MAKERS["PIL.Image"] = _make
registry.LACKING[Image.Image] = lambda picture: 0 in picture.size
