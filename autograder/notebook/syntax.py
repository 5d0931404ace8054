"""Code without what a copier changes first: comments, layout, local names, docstrings."""

from __future__ import annotations

import ast
import re
from collections import Counter

from IPython.core.inputtransformer2 import TransformerManager

WORD_CHARACTERS = 60
LOCAL = re.compile(r"local \d+")
"""What takes the place of a local name: no name of Python's own."""


def parsed(source: str) -> ast.Module | None:
    """Return the syntax tree of a cell, magics written as calls; None if it is not valid Python."""
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def bare(tree: ast.Module) -> ast.Module:
    """Take docstrings, annotations and the local names out of a tree, in place; names that others see stay."""
    public = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    local = {name for node in ast.walk(tree) for name in _bound(node)} - public
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef | ast.Module):
            _without_docstring(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    tree = _Plain().visit(tree)
    for node in _in_order(tree):
        if isinstance(node, ast.Name) and node.id in local:
            node.id = names.setdefault(node.id, f"local {len(names)}")
        elif isinstance(node, ast.arg) and node.arg in local:
            node.arg = names.setdefault(node.arg, f"local {len(names)}")
        elif isinstance(node, ast.FunctionDef) and node.name in local:
            node.name = names.setdefault(node.name, f"local {len(names)}")
        elif isinstance(node, ast.keyword) and node.arg in names:
            node.arg = names[node.arg]
    return tree


def look(source: str) -> Counter[str]:
    """Return what a cell is made of: each part of its syntax with what stands directly in it; words if it is no Python.

    Answers that differ only in what `bare` takes away look the same.
    """
    tree = parsed(source)
    if tree is None:
        return Counter(source.split())
    return Counter(f"{_word(node)}: {' '.join(map(_word, _parts(node)))}" for node in ast.walk(bare(tree)))


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """Return the share of two looks that is the same, from 0 to 1 (Jaccard's index of multisets)."""
    shared = (one & other).total()
    whole = one.total() + other.total() - shared
    return shared / whole if whole else 1.0


def _word(node: ast.AST) -> str:
    """Return what a part of syntax is, without what stands in it."""
    told = [type(node).__name__]
    for name in ("id", "arg", "attr", "name", "value"):
        found = getattr(node, name, None)
        if isinstance(found, str | int | float | complex | bytes):
            told.append(repr(found)[:WORD_CHARACTERS])
    return "".join(told)


class _Plain(ast.NodeTransformer):
    """Writes assignments with an annotation without it."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return ast.Assign([node.target], node.value) if node.value is not None else ast.Pass()


def _bound(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    if isinstance(node, ast.arg):
        return [node.arg]
    return [node.name] if isinstance(node, ast.FunctionDef) else []


def _without_docstring(node: ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef | ast.Module) -> None:
    if ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:] or [ast.Pass()]


def _parts(node: ast.AST) -> list[ast.AST]:
    return [part for part in ast.iter_child_nodes(node) if not isinstance(part, ast.expr_context)]


def _in_order(node: ast.AST) -> list[ast.AST]:
    """Return the nodes in the order of the text, which `ast.walk` does not keep."""
    found, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += reversed(_parts(one))
    return found


def anonymous(tree: ast.Module) -> ast.Module:
    """Take docstrings, annotations and every local name out of a tree, in place, so that no order of names is left."""
    bare(tree)
    for node in ast.walk(tree):
        for name in ("id", "arg"):
            if LOCAL.fullmatch(str(getattr(node, name, ""))):
                setattr(node, name, "_")
    return tree
