"""Gradient checks: whether the gradient that the code computes is the slope that the function has."""

from mlpkit.gradcheck.checks import check_activation, check_layer, check_loss, check_network
from mlpkit.gradcheck.differences import GradientCheck, gradient_check

__all__ = ["GradientCheck", "check_activation", "check_layer", "check_loss", "check_network", "gradient_check"]
