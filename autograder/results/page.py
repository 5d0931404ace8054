"""Make a page from a template: one file that needs nothing else, neither a server nor the network."""

from __future__ import annotations

import functools
from datetime import datetime
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.intake.moments import spoken
from autograder.results.listing import as_data, points, who
from autograder.results.plots import histogram_plot, shares_plot
from autograder.safe_html import safe_markdown

COLOURED_CHARACTERS = 10_000
"""A longer source is not highlighted."""


def render(template: str, **values: Any) -> str:
    """Return the page that a template of ``results/templates`` makes of the values."""
    return _environment().get_template(template).render(now=datetime.now().astimezone(), **values)


def python(source: str, failing_line: int | None = None) -> Markup:
    """Return highlighted source, with the failing line marked; a very long one is plain.

    The patterns of the highlighter can take time that grows with the square of a text's length; worst are lines
    of nothing but spaces, so spaces at the end of a line are left out.
    """
    if len(source) > COLOURED_CHARACTERS:
        return Markup('<div class="code"><pre>{}</pre></div>').format(source)
    return _highlighted("\n".join(line.rstrip() for line in source.split("\n")), failing_line)


@functools.lru_cache(maxsize=500)  # a class fails the same few tests, most of them on the same line
def _highlighted(source: str, failing_line: int | None) -> Markup:
    lines = [] if failing_line is None else [failing_line]
    return Markup(highlight(source, PythonLexer(stripnl=False), HtmlFormatter(hl_lines=lines, cssclass="code")))


def comment(text: str) -> Markup:
    """Return a grader's comment as nbgrader shows it: Markdown, but with nothing that can act."""
    return Markup(safe_markdown(text))


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder.results"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals |= {
        "histogram_plot": histogram_plot,
        "shares_plot": shares_plot,
        "as_data": as_data,
        "who": who,
    }
    script = (resources.files("autograder.results") / "templates" / "tables.js").read_text()
    environment.globals["tables_script"] = Markup(script)
    environment.filters |= {"points": points, "python": python, "comment": comment, "spoken": spoken}
    light, dark = HtmlFormatter(style="default"), HtmlFormatter(style="github-dark")
    environment.globals["code_style"] = Markup(light.get_style_defs(".code"))
    environment.globals["code_style_dark"] = Markup(dark.get_style_defs(".code"))
    return environment
