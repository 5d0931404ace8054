"""Figures of the course.

``plot_x`` draws on an axis, ``strip_x`` shows a few settings side by side, ``explore_x`` has sliders.

Every picture carries a description of itself for readers who cannot see it.
"""

from mlpkit.notebook import begin
from mlpkit.optional import needed_by

with needed_by("mlpkit.viz"):
    import matplotlib  # noqa: F401

from mlpkit.viz._animate import Animation, animate
from mlpkit.viz._picture import Picture, show
from mlpkit.viz._show import Explorer
from mlpkit.viz._style import BLUE, ORANGE, STYLE
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
    explore_bug,
    explore_step_size,
    plot_bug,
    plot_step_size,
    strip_bug,
    strip_step_size,
)
from mlpkit.viz.classification import (
    animate_logistic,
    explore_gate,
    explore_logistic,
    plot_gate,
    plot_logistic,
    strip_gate,
    strip_logistic,
)
from mlpkit.viz.descent import explore_bowl, explore_descent, plot_bowl, plot_descent, strip_bowl, strip_descent
from mlpkit.viz.design import explore_double_descent, plot_double_descent, strip_double_descent
from mlpkit.viz.diagram import draw_network, draw_neuron, plot_network, plot_neuron_diagram
from mlpkit.viz.dice import explore_sums, plot_sums, strip_sums
from mlpkit.viz.encoding import explore_encoding, plot_encoding, strip_encoding
from mlpkit.viz.fit import animate_fit, explore_fit, plot_fit, strip_fit
from mlpkit.viz.graph import draw_graph, explore_graph, lecture_graph, plot_graph, strip_graph
from mlpkit.viz.multiclass import (
    draw_confusion,
    draw_images,
    explore_softmax,
    plot_confusion,
    plot_image,
    plot_softmax,
    strip_softmax,
)
from mlpkit.viz.neuron import (
    animate_neuron,
    explore_activation,
    explore_neuron,
    plot_activation,
    plot_neuron,
    strip_activation,
    strip_neuron,
)
from mlpkit.viz.optimizers import (
    animate_optimizers,
    draw_curves,
    explore_optimizers,
    plot_curves,
    plot_optimizers,
    strip_optimizers,
)
from mlpkit.viz.pad import explore_pad
from mlpkit.viz.penalties import explore_penalties, plot_penalties, strip_penalties
from mlpkit.viz.perceptron import animate_perceptron, plot_perceptron
from mlpkit.viz.playground import (
    explore_playground,
    explore_width,
    plot_playground,
    plot_width,
    strip_playground,
    strip_width,
)
from mlpkit.viz.preparation import explore_preparation, plot_preparation, strip_preparation
from mlpkit.viz.project import (
    animate_distorted,
    draw_gallery,
    explore_distorted,
    explore_margin,
    plot_distorted,
    plot_margin,
    strip_distorted,
    strip_margin,
)
from mlpkit.viz.regression import explore_regression, plot_regression, strip_regression
from mlpkit.viz.schedule import explore_schedule, plot_schedule, strip_schedule
from mlpkit.viz.signals import animate_signals, explore_signals, plot_signals, strip_signals
from mlpkit.viz.today import (
    animate_attack,
    explore_attack,
    explore_attention,
    explore_rounding,
    plot_attack,
    plot_attention,
    plot_rounding,
    strip_attack,
    strip_attention,
    strip_rounding,
)
from mlpkit.viz.xor import animate_xor, explore_xor, plot_xor, strip_xor

__all__ = [
    "BLUE",
    "ORANGE",
    "STYLE",
    "Animation",
    "Explorer",
    "Picture",
    "animate",
    "animate_attack",
    "animate_distorted",
    "animate_fit",
    "animate_graph",
    "animate_logistic",
    "animate_neuron",
    "animate_optimizers",
    "animate_perceptron",
    "animate_product",
    "animate_signals",
    "animate_xor",
    "draw_confusion",
    "draw_curves",
    "draw_gallery",
    "draw_graph",
    "draw_images",
    "draw_network",
    "draw_neuron",
    "explore_activation",
    "explore_attack",
    "explore_attention",
    "explore_bowl",
    "explore_broadcast",
    "explore_bug",
    "explore_descent",
    "explore_distorted",
    "explore_double_descent",
    "explore_encoding",
    "explore_fit",
    "explore_gate",
    "explore_graph",
    "explore_logistic",
    "explore_margin",
    "explore_neuron",
    "explore_optimizers",
    "explore_pad",
    "explore_penalties",
    "explore_playground",
    "explore_preparation",
    "explore_reduction",
    "explore_regression",
    "explore_rounding",
    "explore_schedule",
    "explore_signals",
    "explore_softmax",
    "explore_step_size",
    "explore_sums",
    "explore_width",
    "explore_xor",
    "lecture_graph",
    "plot_activation",
    "plot_attack",
    "plot_attention",
    "plot_bowl",
    "plot_broadcast",
    "plot_bug",
    "plot_confusion",
    "plot_curves",
    "plot_descent",
    "plot_distorted",
    "plot_double_descent",
    "plot_encoding",
    "plot_fit",
    "plot_gate",
    "plot_graph",
    "plot_image",
    "plot_logistic",
    "plot_margin",
    "plot_network",
    "plot_neuron",
    "plot_neuron_diagram",
    "plot_optimizers",
    "plot_penalties",
    "plot_perceptron",
    "plot_playground",
    "plot_preparation",
    "plot_product",
    "plot_reduction",
    "plot_regression",
    "plot_rounding",
    "plot_schedule",
    "plot_signals",
    "plot_softmax",
    "plot_step_size",
    "plot_sums",
    "plot_width",
    "plot_xor",
    "show",
    "strip_activation",
    "strip_attack",
    "strip_attention",
    "strip_bowl",
    "strip_broadcast",
    "strip_bug",
    "strip_descent",
    "strip_distorted",
    "strip_double_descent",
    "strip_encoding",
    "strip_fit",
    "strip_gate",
    "strip_graph",
    "strip_logistic",
    "strip_margin",
    "strip_neuron",
    "strip_optimizers",
    "strip_penalties",
    "strip_playground",
    "strip_preparation",
    "strip_reduction",
    "strip_regression",
    "strip_rounding",
    "strip_schedule",
    "strip_signals",
    "strip_softmax",
    "strip_step_size",
    "strip_sums",
    "strip_width",
    "strip_xor",
]

begin()  # each chapter imports this module in its first cell
