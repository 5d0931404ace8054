"""Keep together on a line what belongs together, and say what is too long for a phone."""

from __future__ import annotations

import re

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
POINTS = re.compile(r"(?<=\d) (?=points?\))")
THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:[ \u2009]\d{3})+(?!\w)")
UNIT = re.compile(r"(?<=\d)[ \u2009](?=(?:%|°C|px|[nµm]?s|min|h|[kMG]i?B|bits?)(?!\w))")
NOT_PROSE = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)
LETTER = re.compile(r"[a-z]: ")
"""What an answer that one can choose begins with."""
JOINT = re.compile(r"(?<=\w[/_.])(?=\w)")
"""Where a path or a name may be broken."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps, which every page goes through."""
    app.connect("doctree-read", mark)
    app.connect("doctree-resolved", open_joints)
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


def open_joints(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Let long code in tables be broken after the joints of a path or a name, and nowhere else."""
    for cell in doctree.findall(nodes.entry):
        for code in cell.findall(nodes.literal):
            if len(code.astext()) > SHORT_CODE:
                parts = JOINT.split(code.astext())
                breaks = [(nodes.raw("", "<wbr>", format="html"), nodes.Text(part)) for part in parts[1:]]
                code[:] = [nodes.Text(parts[0]), *(node for pair in breaks for node in pair)]


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
    """Put a formula and the punctuation after it into one element, which is not broken; mark it if it is long."""
    after = formula.next_node(siblings=True, descend=False)
    found = PUNCTUATION.match(after) if isinstance(after, nodes.Text) else None
    long = _signs(formula.astext()) >= LONG_FORMULA
    if found or long:
        together = nodes.inline("", "", formula.deepcopy(), classes=["together"] + ["long"] * long)
        if found:
            together += nodes.Text(found[0])
            replace(after, [nodes.Text(after[found.end() :])])
        replace(formula, [together])
