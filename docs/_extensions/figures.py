"""Number the figures of a chapter, and write a caption below each."""

from __future__ import annotations

import html
import inspect
import re
from itertools import takewhile

from sphinx.util import logging

from mlpkit import viz

logger = logging.getLogger(__name__)

SHOWN = re.compile(r"<img |<mlp-explorer ")
ALT = re.compile(r'<img [^>]*?alt="([^"]*)"')
NAME = re.compile(r"\b[A-Za-z]+(?:_[a-z]+)+\b")
"""A name of the library, which is no word for a reader."""
SHORT = 40
"""Characters of a first sentence that says too little alone."""
SIDE = re.compile(r"(?:Left|Right|Top|Bottom|Middle|Centre)\b")
"""What describes one panel of several."""
MOST = 220
"""Characters of a caption of more than one sentence."""
SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-Z\d])")
STRIP = re.compile(r"viz\.(strip_\w+)")
EXPLORER = re.compile(r"viz\.(explore_\w+)")
IMAGE = re.compile(r'<img (?=[^>]*\bwidth="(\d+)")(?=[^>]*\bdata-letters="([\d.]+)")[^>]*>')
PHONE = 340
"""CSS pixels of a figure's width on a phone."""
SMALLEST = 9.1
"""CSS pixels of the smallest letters: a picture that would have smaller ones on a phone is scrolled there."""
LONGEST = 130
"""Characters of a caption with a colon."""
FILM = 'kind="film"'


def is_figure(content: str) -> bool:
    """Tell whether a cell's HTML is a picture, a film or an explorer."""
    return bool(SHOWN.search(content))


def captioned(content: str, number: str, source: str) -> str:
    """Return a cell's HTML as a numbered figure.

    Parameters
    ----------
    content : str
        Pictures, a film or an explorer; anything else is returned as it is.
    number : str
        "2.3" for the third figure of chapter 2.
    source : str
        The code that made it.
    """
    if not is_figure(content):
        return content
    words, read_already = caption(content, source)
    if NAME.search(words):
        logger.warning("The caption of figure %s holds a name of the library: %s", number, words)
    content = IMAGE.sub(_scrolled, content)
    silent = ' aria-hidden="true"' if read_already else ""
    told = f"<span{silent}>{html.escape(words, quote=False)}</span>"
    anchor = f"figure-{number.replace('.', '-')}"
    link = f'<a class="headerlink" href="#{anchor}" title="Link to this figure">#</a>'
    return (
        f'<figure class="numbered" id="{anchor}">{content}<figcaption><b>Figure {number}.</b> {told}{link}'
        "</figcaption></figure>"
    )


def caption(content: str, source: str) -> tuple[str, bool]:
    """Return a sentence on a figure, and whether a description says it, too.

    It is the beginning of the description of a picture or film. What an explorer shows changes, and a strip is
    described panel by panel: there it is what the library says that the function does.
    """
    found = ALT.search(content)
    described = html.unescape(found[1]) if found else ""
    explorer = "<mlp-explorer " in content and FILM not in content
    name = (EXPLORER if explorer else STRIP).search(source)
    if name and (explorer or described.startswith("Panel 1: ")):
        words = beginning(inspect.getdoc(getattr(viz, name[1])) or "").removeprefix("Show ").replace("`", "")
        return words[:1].upper() + words[1:], False
    return beginning(described), True


def _scrolled(found: re.Match[str]) -> str:
    width, letters = int(found[1]), float(found[2])
    least = least_width(width, letters)
    if least <= PHONE:
        return found[0]
    wide = found[0].replace('style="', f'style="min-width: {least}px; ')
    return f'<div class="scrolls">{wide}</div>'


def least_width(width: float, letters: float) -> int:
    """Return how wide, in CSS pixels, a picture must be shown for its smallest letters to be read."""
    return round(SMALLEST * width / letters) if letters else 0


def beginning(text: str) -> str:
    """Return the first sentence of a text; if it says too little, the second too, or those on all panels."""
    sentences = SENTENCE.split(text.partition("\n\n")[0])
    words = _shortened(sentences[0])
    if SIDE.match(words):
        following = list(takewhile(SIDE.match, sentences[1:]))
    elif len(sentences[0]) < SHORT:
        following = [one for one in sentences[1:2] if not one.startswith("Panel ")]
    else:
        following = []
    for sentence in following:
        if len(f"{words} {sentence}") > MOST:
            break
        words += f" {sentence}"
    return words


def _shortened(sentence: str) -> str:
    """Return a sentence, or of a long one what stands before its colon."""
    start, colon, _ = sentence.partition(": ")
    return f"{start}." if colon and len(sentence) > LONGEST else sentence
