"""Show a student's text without letting it act.

nbgrader's formgrader renders the HTML in students' text as it is, so a script in it would run with the rights
of the instructor who reads it. ``nbgrader_config.py`` puts the filter of this module in the place of nbconvert's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import SanitizeHTML

BLOCKS = ["p", "div", "pre", "blockquote", "hr", "br", "details", "summary", *(f"h{level}" for level in range(1, 7))]
LISTS = ["ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td"]
WORDS = ["a", "abbr", "b", "code", "del", "em", "i", "img", "kbd", "s", "small", "span", "strong", "sub", "sup", "u"]
ATTRIBUTES = {
    "*": ["class", "id", "title"],
    "a": ["href"],
    "img": ["src", "alt", "width", "height"],
    "td": ["align"],
    "th": ["align"],
}


@pass_context
def markdown2html(context: Mapping[str, Any], source: str) -> str:
    """Return Markdown as HTML in which nothing can run; pictures pasted into the cell stay.

    Parameters
    ----------
    context : jinja2 context
        Of nbconvert's template, with the cell.
    source : str
        The Markdown.
    """
    return safe_markdown(source, context.get("cell", {}).get("attachments", {}))


def safe_markdown(source: str, attachments: dict[str, dict[str, str]] | None = None) -> str:
    """Return Markdown as HTML in which nothing can run, with the pictures that are attached to its cell."""
    renderer = IPythonRenderer(escape=False, attachments=attachments or {}, exclude_anchor_links=True)
    html = MarkdownWithMath(renderer=renderer).render(source)
    cleaner = SanitizeHTML(tags=[*BLOCKS, *LISTS, *WORDS], attributes=ATTRIBUTES, strip=False)
    return str(cleaner.sanitize_html_tags(html))
