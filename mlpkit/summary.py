"""A table of the layers of a network."""

from __future__ import annotations

from mlpkit.arrays import FloatArray
from mlpkit.layers.base import Layer, leaves, numbered

__all__ = ["Summary", "summarize"]


class Summary(str):
    """A text that shows itself as it is, also at the end of a notebook cell."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def summarize(layers: tuple[Layer, ...], parameters: FloatArray) -> Summary:
    """Return a table with the outputs' shape and the number of parameters of every layer, and which are frozen.

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
    for number, layer in numbered(layers):
        width = width if layer.n_out is None else layer.n_out
        shape = f"(batch, {'…' if width is None else width})"
        name = type(layer).__name__ if layer.sublayers else str(layer)  # those inside have lines of their own
        count = f"{layer.n_parameters:,}" + ("" if layer.trainable else ", frozen")
        rows.append((number, "  " * number.count(".") + name, shape, count))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{number:<{widths[0]}}  {name:<{widths[1]}}  {shape:<{widths[2]}}  {count:>{widths[3]}}"
        for number, name, shape, count in rows
    ]
    rule = "─" * len(lines[0])
    frozen = sum(layer.n_parameters for layer in leaves(layers) if not layer.trainable)
    told = f" ({frozen:,} frozen)" if frozen else ""
    total = f"{parameters.size:,} parameters{told}, {parameters.dtype}, {parameters.nbytes / 1024:,.1f} KiB"
    return Summary("\n".join([lines[0], rule, *lines[1:], rule, total]))
