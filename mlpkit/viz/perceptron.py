"""Figures of the chapter on classification: the learning rule of the perceptron on gates."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes

from mlpkit.viz._animate import Animation, animate
from mlpkit.viz.classification import plot_gate

__all__ = ["animate_perceptron", "plot_perceptron"]

# Both weights and the bias after each correction, from zero, with the corners in the order 00, 01, 10, 11. They are
# stored, so that nobody finds the rule here that the chapter asks for. XOR repeats its last four for ever.
PATHS: Mapping[str, tuple[tuple[int, int, int], ...]] = {
    "AND": (
        *((0, 0, 0), (0, 0, -1), (1, 1, 0), (1, 1, -1), (1, 0, -2), (2, 1, -1)),
        *((2, 0, -2), (1, 0, -3), (2, 1, -2), (1, 1, -3), (2, 2, -2), (2, 1, -3)),
    ),
    "XOR": ((0, 0, 0), (0, 0, -1), (0, 1, 0), *2 * ((-1, 0, -1), (-1, 1, 0), (0, 1, 1), (-1, 0, 0))),
}


def plot_perceptron(gate: str, corrections: int, ax: Axes) -> str:
    """Draw the border of a perceptron after some corrections by its learning rule.

    Parameters
    ----------
    gate : {"AND", "XOR"}
        What it should learn.
    corrections : int
        How often it was corrected: from 0 to 11 for AND, to 10 for XOR.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        A description of the drawing.
    """
    told = plot_gate(gate, *PATHS[gate][corrections], ax)
    right = told.split(": ")[-1].split(" of ")[0]
    after = "1 correction" if corrections == 1 else f"{corrections} corrections"
    ax.set_title(f"{gate} after {after}: {right} of 4 right")
    return f"After {after}. {told}"


def animate_perceptron() -> Animation:
    """Play how the rule of the perceptron learns AND, and how it fails on XOR.

    Returns
    -------
    Animation
        23 frames of `plot_perceptron`.
    """
    alt = (
        "The corrections of a perceptron, which learns AND and then fails on XOR. The answers stand at the corners of "
        "a square. With each correction the border of the neuron jumps; after 11 all four corners of AND are right. "
        "For XOR it takes four positions over and over, and never has more than three corners right."
    )
    settings = [{"gate": gate, "corrections": at} for gate, path in PATHS.items() for at in range(len(path))]
    return animate(plot_perceptron, settings, alt, size=(4.2, 4.4), seconds=0.6)
