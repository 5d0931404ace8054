"""Keep together on a line what belongs together, and say what is too long for a phone."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

LONG_FORMULA = 22
"""Signs from which on a formula in a text may be wider than a phone."""
SPACING = re.compile(r"\\(left|right|quad|,|;|!| )")
COMMAND = re.compile(r"\\[A-Za-z]+")
MARKUP = re.compile(r"[{}^_&\s]")
SHORT_CODE = 20
"""Characters up to which code in a text is not broken."""
PUNCTUATION = re.compile(r"[.,;:!?)’”]+")
POINTS = re.compile(r"(?<=\d) (?=points?\))")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step, which every page goes through."""
    app.connect("doctree-read", mark)
    return {"parallel_read_safe": True}


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Give the page's formulas, code and titles what the style sheet cannot see by itself."""
    for formula in list(doctree.findall(nodes.math)):
        _keep_punctuation(formula)
    for code in doctree.findall(nodes.literal):
        if len(code.astext()) <= SHORT_CODE:
            code["classes"].append("short")
    for number, code in enumerate(doctree.findall(nodes.literal_block)):
        code.setdefault("highlight_args", {})["linespans"] = f"code-{number}"
    for title in doctree.findall(nodes.title):
        for text in list(title.findall(nodes.Text)):
            text.parent.replace(text, nodes.Text(POINTS.sub("\N{NO-BREAK SPACE}", text)))


def _keep_punctuation(formula: nodes.math) -> None:
    """Put a formula and the punctuation after it into one element, which is not broken; mark it if it is long."""
    parent, after = formula.parent, formula.next_node(siblings=True, descend=False)
    found = PUNCTUATION.match(after) if isinstance(after, nodes.Text) else None
    long = len(MARKUP.sub("", COMMAND.sub("x", SPACING.sub("", formula.astext())))) >= LONG_FORMULA
    if found or long:
        together = nodes.inline("", "", formula.deepcopy(), classes=["together"] + ["long"] * long)
        if found:
            together += nodes.Text(found[0])
            parent.replace(after, nodes.Text(after[found.end() :]))
        parent.replace(formula, together)
