"""Number the formulas of a chapter that define or state something, so that one can refer to them."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

FOLDER = "chapters/"
DETAILS = re.compile(r"<(/?)details\b")
TOKEN = re.compile(r"\\(?:begin|end)\{[^}]*\}|\\[A-Za-z]+|\\.|.", re.DOTALL)
SPACES = {r"\qquad", r"\quad"}
RELATIONS = {"=", r"\approx", r"\le", r"\ge", r"\leftarrow", r"\Longrightarrow", "<", ">"}
ALIGNED = re.compile(r"\\(?:begin|end)\{(?:aligned|gathered)\}|&(?==)")
WORDS = re.compile(r"\\(?:text|mathrm|operatorname|begin|end)\{[^}]*\}")
GREEK = r"\\(?:alpha|beta|gamma|delta|epsilon|theta|lambda|mu|rho|sigma|kappa|nabla|varphi|varepsilon|ell)(?![A-Za-z])"
SYMBOL = re.compile(rf"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])|d[A-Zh-z]\b|{GREEK}")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step, which every chapter goes through."""
    app.connect("doctree-read", number_equations)
    return {"parallel_read_safe": True}


def number_equations(app: Sphinx, doctree: nodes.document) -> None:
    """Give each statement in symbols its number and an anchor; what is folded away or only calculated has none."""
    chapter = re.match(rf"{FOLDER}(\d+)", app.env.docname)
    if not chapter:
        return
    folded = count = 0
    for node in doctree.findall(lambda one: isinstance(one, (nodes.raw, nodes.math_block))):
        if isinstance(node, nodes.raw):
            folded += sum(-1 if closing else 1 for closing in DETAILS.findall(node.astext()))
        elif not folded and not _is_repeated(node) and is_statement(node.astext()):
            count += 1
            node["number"] = f"{int(chapter[1])}.{count}"
            node["ids"] = [f"equation-{int(chapter[1])}-{count}"]


def _is_repeated(node: nodes.Element) -> bool:
    """Tell whether a formula is part of a definition at the end of the page, see `terms`."""
    return isinstance(node.parent, nodes.container) and "definition" in node.parent["classes"]


def is_statement(tex: str) -> bool:
    """Tell whether one of a formula's parts says with symbols, not with numbers only, what something is."""
    return any(len(sides) > 1 and SYMBOL.search(WORDS.sub(" ", sides[-1])) for sides in _parts(ALIGNED.sub("", tex)))


def _parts(tex: str) -> list[list[str]]:
    """Split a formula at its wide spaces, and each part at its relations, where they stand in no group."""
    parts = [[""]]
    depth = 0
    for token in TOKEN.findall(tex):
        if depth == 0 and token in SPACES:
            parts.append([""])
        elif depth == 0 and token in RELATIONS:
            parts[-1].append("")
        else:
            depth += (token == "{" or token.startswith((r"\begin", r"\left"))) and token != r"\leftarrow"
            depth -= token == "}" or token.startswith((r"\end", r"\right"))
            parts[-1][-1] += token
    return parts
