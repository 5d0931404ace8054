"""A table of the layers of a network."""

from __future__ import annotations

from mlpkit.arrays import FloatArray
from mlpkit.layers.base import Layer

__all__ = ["Summary", "summarize"]


class Summary(str):
    """A text that shows itself as it is, also at the end of a notebook cell."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def summarize(layers: tuple[Layer, ...], parameters: FloatArray) -> Summary:
    """Return a table with the outputs' shape and the number of parameters of every layer.

    Parameters
    ----------
    layers : tuple of Layer
        The layers of a network.
    parameters : ndarray
        All its parameters.

    Returns
    -------
    Summary
    """
    rows = [("", "layer", "outputs", "parameters")]
    width: int | None = None
    for number, layer in enumerate(layers, start=1):
        width = width if layer.n_out is None else layer.n_out
        shape = f"(batch, {'…' if width is None else width})"
        rows.append((str(number), str(layer), shape, f"{layer.n_parameters:,}"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{number:>{widths[0]}}  {name:<{widths[1]}}  {shape:<{widths[2]}}  {count:>{widths[3]}}"
        for number, name, shape, count in rows
    ]
    rule = "─" * len(lines[0])
    total = f"{parameters.size:,} parameters, {parameters.dtype}, {parameters.nbytes / 1024:,.1f} KiB"
    return Summary("\n".join([lines[0], rule, *lines[1:], rule, total]))
