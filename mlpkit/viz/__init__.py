"""Figures of the course.

``plot_x`` draws on an axis, ``strip_x`` shows a few settings side by side, ``explore_x`` has sliders.

Every picture carries a description of itself for readers who cannot see it.
"""

from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._show import BLUE, ORANGE, STYLE, Explorer, Picture, show
from mlpkit.viz.arrays import (
    animate_product,
    explore_broadcast,
    explore_reduction,
    plot_broadcast,
    plot_product,
    plot_reduction,
    strip_broadcast,
    strip_reduction,
)
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
from mlpkit.viz.descent import explore_bowl, explore_descent, plot_bowl, plot_descent, strip_bowl, strip_descent
from mlpkit.viz.diagram import draw_network, draw_neuron, plot_network, plot_neuron_diagram
from mlpkit.viz.dice import explore_sums, plot_sums, strip_sums
from mlpkit.viz.fit import animate_fit, explore_fit, plot_fit, strip_fit
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
    "animate_fit",
    "animate_graph",
    "animate_product",
    "animate_xor",
    "draw_graph",
    "draw_network",
    "draw_neuron",
    "explore_activation",
    "explore_bowl",
    "explore_broadcast",
    "explore_bug",
    "explore_descent",
    "explore_fit",
    "explore_graph",
    "explore_neuron",
    "explore_reduction",
    "explore_regression",
    "explore_step_size",
    "explore_sums",
    "explore_xor",
    "lecture_graph",
    "plot_activation",
    "plot_bowl",
    "plot_broadcast",
    "plot_bug",
    "plot_descent",
    "plot_fit",
    "plot_graph",
    "plot_network",
    "plot_neuron",
    "plot_neuron_diagram",
    "plot_product",
    "plot_reduction",
    "plot_regression",
    "plot_step_size",
    "plot_sums",
    "plot_xor",
    "show",
    "strip_activation",
    "strip_bowl",
    "strip_broadcast",
    "strip_bug",
    "strip_descent",
    "strip_fit",
    "strip_graph",
    "strip_neuron",
    "strip_reduction",
    "strip_regression",
    "strip_step_size",
    "strip_sums",
    "strip_xor",
]
