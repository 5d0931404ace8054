"""A training run, as callbacks see it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mlpkit.history import History
from mlpkit.layers.base import numbered
from mlpkit.losses import Loss
from mlpkit.metrics import Metric
from mlpkit.stack import LayerStack

__all__ = ["TrainingRun"]


@dataclass(eq=False)
class TrainingRun:
    """A training run, as callbacks see it.

    Attributes
    ----------
    model : MLP
        The network.
    loss : Loss
        The loss that it minimizes.
    metrics : dict of str to Metric or None
        The metrics that are recorded, by name; None stands for the loss.
    n_epochs, n_batches : int
        How many epochs there are at most, and how many updates in each.
    history : History
        The metrics of the epochs so far.
    epoch, step : int
        How many epochs and updates of this run came before the present one. (A schedule in an optimizer counts the
        updates of all runs.)
    batch_loss : float
        The loss of the latest batch.
    """

    model: LayerStack
    loss: Loss
    metrics: dict[str, Metric | None]
    n_epochs: int
    n_batches: int
    history: History = field(default_factory=History)
    epoch: int = 0
    step: int = 0
    batch_loss: float = math.nan

    def learning_rates(self) -> dict[str, float]:
        """Return the learning rates that the latest update has used, by names for a diagram.

        Returns
        -------
        dict of str to float
            Under ``"learning_rate"`` that of the network's optimizer, and under ``"learning_rate/layer_2"``, for
            example, that of a layer with its own. An optimizer that has none is left out.
        """
        rates: dict[str, float] = {}
        learning = [number for number, layer in numbered(self.model.layers) if layer.params and not layer.sublayers]
        for number, (optimizer, rate) in zip(learning, self.model._flat.updates.rates(), strict=False):
            own = optimizer is not self.model.optimizer
            if not math.isnan(rate):
                rates.setdefault(f"learning_rate/layer_{number}" if own else "learning_rate", rate)
        return rates

    def stop(self, reason: str) -> None:
        """End the training after this epoch."""
        self.history.stopped = reason

    def check_monitor(self, name: str, callback: object) -> None:
        """Raise a ValueError if a callback needs a metric that is not computed."""
        if name not in self.metrics:
            advice = "validation_split=0.1" if name.startswith("validation_") else f"metrics=[..., {name!r}]"
            raise ValueError(
                f"{type(callback).__name__} watches {name!r}, but this run computes {', '.join(self.metrics)}; "
                f"call train with {advice}"
            )
