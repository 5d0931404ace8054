"""Replace a node of a page by others; docutils does so by equality, and a page holds many equal texts."""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes


def replace(node: nodes.Node, others: Sequence[nodes.Node]) -> None:
    """Put other nodes where this one stands."""
    parent = node.parent
    place = next(i for i, child in enumerate(parent.children) if child is node)
    parent[place : place + 1] = others
