"""Figures of the course.

``plot_x`` draws on an axis, ``strip_x`` shows a few settings side by side, ``explore_x`` has sliders.

Every picture carries a description of itself for readers who cannot see it.
"""

from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._show import BLUE, ORANGE, STYLE, Explorer, Picture, show
from mlpkit.viz.backprop import (
    animate_graph,
    animate_xor,
    explore_bug,
    explore_step_size,
    explore_xor,
    plot_bug,
    plot_step_size,
    plot_xor,
    strip_bug,
    strip_step_size,
    strip_xor,
)
from mlpkit.viz.diagram import draw_network, draw_neuron, plot_network, plot_neuron_diagram
from mlpkit.viz.graph import draw_graph, explore_graph, lecture_graph, plot_graph, strip_graph
from mlpkit.viz.neuron import (
    explore_activation,
    explore_neuron,
    explore_regression,
    plot_activation,
    plot_neuron,
    plot_regression,
    strip_activation,
    strip_neuron,
    strip_regression,
)

__all__ = [
    "BLUE",
    "ORANGE",
    "STYLE",
    "Animation",
    "Explorer",
    "Picture",
    "animate",
    "animate_graph",
    "animate_xor",
    "draw_graph",
    "draw_network",
    "draw_neuron",
    "explore_activation",
    "explore_bug",
    "explore_graph",
    "explore_neuron",
    "explore_regression",
    "explore_step_size",
    "explore_xor",
    "lecture_graph",
    "plot_activation",
    "plot_bug",
    "plot_graph",
    "plot_network",
    "plot_neuron",
    "plot_neuron_diagram",
    "plot_regression",
    "plot_step_size",
    "plot_xor",
    "show",
    "strip_activation",
    "strip_bug",
    "strip_graph",
    "strip_neuron",
    "strip_regression",
    "strip_step_size",
    "strip_xor",
]
