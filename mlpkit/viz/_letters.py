"""Letters that can be read where a picture is shown small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from matplotlib.text import Text

__all__ = ["CSS_PIXELS_PER_INCH", "NARROW", "SHRINK", "legible", "smallest"]

CSS_PIXELS_PER_INCH = 96
NARROW = 358  # CSS pixels, of a phone's page
SHRINK = 0.8  # by how much a picture of several parts may become smaller on any page
SMALLEST = 9.6  # CSS pixels, of letters as they are shown
LARGEST = 13.5  # points to which letters are enlarged at most
GROWTH = 1.3  # by how much those are enlarged at most that stand between what is drawn
POINTS = 72 / CSS_PIXELS_PER_INCH  # of a CSS pixel


def legible(artists: Iterable[Any], width: float, parts: int = 1) -> None:
    """Enlarge the letters that would be too small on a page as narrow as a phone's.

    Parameters
    ----------
    artists : iterable of matplotlib.artist.Artist
        A figure, or axes of it.
    width : float
        How wide the picture with them is, in CSS pixels.
    parts : int
        Of how many pictures side by side it is one.
    """
    scale = min(1.0, NARROW / width, SHRINK if parts > 1 else 1.0)
    size = min(LARGEST, SMALLEST * POINTS / scale)
    for artist in artists:
        for ax in (artist, *artist.findobj(lambda one: hasattr(one, "xaxis"))):
            for axis in (getattr(ax, name) for name in ("xaxis", "yaxis") if hasattr(ax, name)):
                labels = [*axis.get_ticklabels(), *axis.get_ticklabels(minor=True)]
                if labels and labels[0].get_fontsize() < size:
                    axis.set_tick_params(which="both", labelsize=size)
        for text in _texts(artist):
            before = text.get_fontsize()
            inside = text.axes is not None and text in text.axes.texts
            if before < size:
                text.set_fontsize(min(size, GROWTH * before) if inside else size)


def smallest(artists: Iterable[Any]) -> float:
    """Return the size of the smallest letters in CSS pixels, 0 if there are none."""
    return min((text.get_fontsize() / POINTS for artist in artists for text in _texts(artist)), default=0.0)


def _texts(artist: Any) -> Iterator[Any]:
    return (one for one in artist.findobj(Text) if one.get_visible() and one.get_text().strip())
