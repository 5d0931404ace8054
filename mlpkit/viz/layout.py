"""Places for the nodes of a graph: in layers from left to right, with room for a label on every edge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mlpkit.graph import Value

__all__ = ["Edge", "Layout", "lay_out", "tabulate"]

SWEEPS = 30  # after that, nothing moves in the graphs of a lecture


class Edge(NamedTuple):
    """A way from a value to what is computed from it.

    Attributes
    ----------
    source, target : Value
        The ends; the result has an edge to itself, which leads out of the drawing.
    local_derivative : float
        Derivative of the target by the source.
    points : list of (float, float)
        The way, from end to end.
    label : (float, float)
        The point of the way that is kept free for a label.
    """

    source: Value
    target: Value
    local_derivative: float
    points: list[tuple[float, float]]
    label: tuple[float, float]


class Layout(NamedTuple):
    """The place of everything: neighbouring columns and rows are 1 apart.

    Attributes
    ----------
    places : dict of Value to (float, float)
        The nodes.
    edges : list of Edge
        The edges, in the order of computation.
    """

    places: dict[Value, tuple[float, float]]
    edges: list[Edge]


def lay_out(result: Value) -> Layout:
    """Find a place for every value that `result` depends on, and for every label.

    Values stand in the even columns, after all their inputs. A label is treated like a node of its own, in an odd
    column, and so is each column that an edge only passes: so nothing can cover anything else.

    Parameters
    ----------
    result : Value
        The end of the computation.

    Returns
    -------
    Layout
    """
    order = result.topological_order()
    column = _columns(order)
    chains: list[tuple[Value, Value, float, list[int]]] = []
    columns: list[list[int]] = [[] for _ in range(max(column.values()) + 3)]  # nodes by number, from top to bottom
    neighbours: list[list[int]] = []
    number: dict[Value, int] = {}

    def add(at: int) -> int:
        neighbours.append([])
        columns[at].append(len(neighbours) - 1)
        return len(neighbours) - 1

    for value in order:
        for source, local in zip(value.inputs, value.local_derivatives, strict=True):
            if source not in number:
                number[source] = add(column[source])
            chains.append((source, value, local, [add(at) for at in range(column[source] + 1, column[value])]))
        if value not in number:
            number[value] = add(column[value])
    chains.append((result, result, 1.0, [add(column[result] + 1), add(column[result] + 2)]))
    for source, target, _, between in chains:
        way = [number[source], *between] + ([number[target]] if target is not source else [])
        for left, right in pairwise(way):
            neighbours[left].append(right)
            neighbours[right].append(left)
    y = _rows(columns, neighbours)
    x = {node: float(at) for at, nodes in enumerate(columns) for node in nodes}
    edges = []
    for source, target, local, between in chains:
        way = [number[source], *between] + ([number[target]] if target is not source else [])
        label = between[0] if target is source else between[-1]
        edges.append(Edge(source, target, local, [(x[node], y[node]) for node in way], (x[label], y[label])))
    return Layout({value: (x[node], y[node]) for value, node in number.items()}, edges)


def tabulate(result: Value, symbol: Callable[[Value], str]) -> dict[str, Any]:
    """Write a graph and its layout as lists of numbers and texts, for a page.

    Parameters
    ----------
    result : Value
        The end of the computation.
    symbol : callable
        Returns what stands in the circle of an operation.

    Returns
    -------
    dict
        The values, each after its inputs, which are their places in the list; and the edges, each with the number of
        the input that it is.
    """
    order, layout = result.topological_order(), lay_out(result)
    place = {value: i for i, value in enumerate(order)}
    which = [i for value in order for i in range(len(value.inputs))] + [0]  # in the order of the edges
    return {
        "values": [
            {
                "name": value.name,
                "operation": value.operation,
                "symbol": symbol(value),
                "inputs": [place[source] for source in value.inputs],
                "data": value.data,
                "place": _rounded(layout.places[value]),
            }
            for value in order
        ],
        "edges": [
            {
                "source": place[edge.source],
                "target": place[edge.target],
                "input": k,
                "points": [_rounded(point) for point in edge.points],
                "label": _rounded(edge.label),
            }
            for edge, k in zip(layout.edges, which, strict=True)
        ],
    }


def _rounded(point: tuple[float, float]) -> tuple[float, float]:
    return round(point[0], 3), round(point[1], 3)


def _columns(order: Sequence[Value]) -> dict[Value, int]:
    """Return an even column for each value: results right after their last input, inputs before their first use."""
    column: dict[Value, int] = {}
    for value in order:
        column[value] = 2 + max((column[source] for source in value.inputs), default=-2)
    for value in reversed(order):
        if not value.inputs:
            uses = [column[target] for target in order if value in target.inputs]
            column[value] = min(uses, default=2) - 2
    return column


def _rows(columns: list[list[int]], neighbours: list[list[int]]) -> list[float]:
    """Return a height for each node: near the mean of its neighbours, and 1 away from the next in its column."""
    y = [0.0] * len(neighbours)
    for nodes in columns:
        for i, node in enumerate(nodes):
            y[node] = (len(nodes) - 1) / 2 - i
    for _ in range(SWEEPS):
        for nodes in (*columns, *reversed(columns)):
            wanted = {node: fmean(y[other] for other in neighbours[node]) for node in nodes if neighbours[node]}
            nodes.sort(key=lambda node: -wanted.get(node, y[node]))
            _spread(nodes, wanted, y)
    return y


def _spread(nodes: Sequence[int], wanted: dict[int, float], y: list[float]) -> None:
    """Move the nodes of a column, from top to bottom, to where they want to be, but for what keeps them apart."""
    lowest = None
    for node in nodes:
        y[node] = wanted.get(node, y[node]) if lowest is None else min(wanted.get(node, y[node]), lowest - 1)
        lowest = y[node]
    if nodes:  # pushed down only: lift all by what they were pushed on average
        lift = fmean(wanted.get(node, y[node]) - y[node] for node in nodes)
        for node in nodes:
            y[node] += lift
