"""Keep together on a line what belongs together, and say what is too long for a phone."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from replacing import replace
from sphinx.application import Sphinx

LONG_FORMULA = 22
"""Signs from which on a formula in a text may be wider than a phone."""
SPACING = re.compile(r"\\(left|right|quad|,|;|!| )")
COMMAND = re.compile(r"\\[A-Za-z]+")
MARKUP = re.compile(r"[{}^_&\s]")
SHORT_CODE = 20
"""Characters up to which code in a text is not broken."""
SHORT_CELL = 16
"""Characters up to which the cell of a table is not broken."""
PUNCTUATION = re.compile(r"[.,;:!?)’”]+")
OPENING = re.compile(r"[(‘“]+$")
POINTS = re.compile(r"(?<=\d) (?=points?\))")
THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:[ \u2009]\d{3})+(?!\w)")
UNIT = re.compile(r"(?<=\d)[ \u2009](?=(?:%|°C|px|[nµm]?s|min|h|[kMG]i?B|bits?)(?!\w))")
NOT_PROSE = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)
LETTER = re.compile(r"[a-z]: ")
"""What an answer that one can choose begins with."""
CODE = re.compile(r'<code class="(?![^"]*\bshort\b)[^"]*">.*?</code>', re.DOTALL)
"""Code in a text that may be broken, as HTML."""
JOINT = re.compile(r"(?<=[\w;][/_.(])(?<!\d\.)(?=[\w&])|(?<=&gt;)(?=\w)")
"""Where a path, a name or a call may be broken, but no number."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps, which every page goes through."""
    app.connect("doctree-read", mark)
    app.connect("html-page-context", open_joints)
    return {"parallel_read_safe": True}


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Give the page's formulas, code, tables, lists and titles what the style sheet cannot see by itself."""
    for formula in list(doctree.findall(nodes.math)):
        _keep_punctuation(formula)
    for code in doctree.findall(nodes.literal):
        if len(code.astext()) <= SHORT_CODE:
            code["classes"].append("short")
    for number, code in enumerate(doctree.findall(nodes.literal_block)):
        code.setdefault("highlight_args", {})["linespans"] = f"code-{number}"
    for cell in doctree.findall(nodes.entry):
        if _signs(cell.astext()) <= SHORT_CELL:
            cell["classes"].append("short")
    for items in doctree.findall(nodes.bullet_list):
        if all(LETTER.match(item.astext()) for item in items):
            items["classes"].append("lettered")
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, NOT_PROSE):
            _keep_numbers(text)


def open_joints(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Let long code in a text be broken after the joints of a path, a name or a call; the search knows whole names."""
    if doctree is not None and "body" in context:
        context["body"] = CODE.sub(lambda found: JOINT.sub("<wbr>", found[0]), context["body"])


def _signs(tex: str) -> int:
    return len(MARKUP.sub("", COMMAND.sub("x", SPACING.sub("", tex))))


def _keep_numbers(text: nodes.Text) -> None:
    """Do not break the groups of a number, nor before its unit; in a title, nor before "points"."""
    written = THOUSANDS.sub(lambda found: re.sub(r"\s", "\N{NO-BREAK SPACE}", found[0]), text)
    written = UNIT.sub("\N{NO-BREAK SPACE}", written)
    if isinstance(text.parent, nodes.title):
        written = POINTS.sub("\N{NO-BREAK SPACE}", written)
    if written != text:
        replace(text, [nodes.Text(written)])


def _keep_punctuation(formula: nodes.math) -> None:
    """Put a formula, the bracket before it and the punctuation after it into one element, which is not broken.

    A long formula is marked.
    """
    place = formula.parent.index(formula)
    before: Any = formula.parent[place - 1] if place else None
    after = formula.next_node(siblings=True, descend=False)
    opened = OPENING.search(before) if isinstance(before, nodes.Text) else None
    found = PUNCTUATION.match(after) if isinstance(after, nodes.Text) else None
    long = _signs(formula.astext()) >= LONG_FORMULA
    if opened or found or long:
        together = nodes.inline("", "", formula.deepcopy(), classes=["together"] + ["long"] * long)
        if opened:
            together.insert(0, nodes.Text(opened[0]))
            replace(before, [nodes.Text(before[: opened.start()])])
        if found:
            together += nodes.Text(found[0])
            replace(after, [nodes.Text(after[found.end() :])])
        replace(formula, [together])
