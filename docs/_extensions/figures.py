"""Number the figures of a chapter, and write a caption below each."""

from __future__ import annotations

import html
import inspect
import re

from mlpkit import viz

SHOWN = re.compile(r"<img |<mlp-explorer ")
ALT = re.compile(r'<img [^>]*?alt="([^"]*)"')
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

    It is the first sentence of the description of a picture or film. What an explorer shows changes, and a strip is
    described panel by panel: there it is what the library says that the function does.
    """
    found = ALT.search(content)
    described = html.unescape(found[1]) if found else ""
    explorer = "<mlp-explorer " in content and FILM not in content
    name = (EXPLORER if explorer else STRIP).search(source)
    if name and (explorer or described.startswith("Panel 1: ")):
        words = first_sentence(inspect.getdoc(getattr(viz, name[1])) or "").removeprefix("Show ").replace("`", "")
        return words[:1].upper() + words[1:], False
    return first_sentence(described), True


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


def first_sentence(text: str) -> str:
    """Return what stands before the second sentence of a text; of a long one, what stands before its colon."""
    sentence = SENTENCE.split(text.partition("\n\n")[0])[0]
    beginning, colon, _ = sentence.partition(": ")
    return f"{beginning}." if colon and len(sentence) > LONGEST else sentence
