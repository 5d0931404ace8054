"""Callbacks: other things to do while a network is trained."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from mlpkit.history import larger_is_better
from mlpkit.optimizers import Optimizer
from mlpkit.optional import needed_by
from mlpkit.run import TrainingRun
from mlpkit.schedules import Schedule

__all__ = ["Callback", "EarlyStopping", "LambdaCallback", "LearningRate", "TensorBoard"]


class Callback:
    """An action at certain moments of a training run; a subclass overrides the moments that it needs.

    Every moment is given the `TrainingRun`, with the attributes `model`, `history`, `epoch` and `step` (from 0),
    `batch_loss`, and the method `stop`.
    """

    def on_train_begin(self, run: TrainingRun) -> None:
        """Run before the first epoch."""

    def on_epoch_begin(self, run: TrainingRun) -> None:
        """Run before an epoch."""

    def on_batch_end(self, run: TrainingRun) -> None:
        """Run after the update of a batch."""

    def on_epoch_end(self, run: TrainingRun) -> None:
        """Run after an epoch, whose metrics are the last of the history."""

    def on_train_end(self, run: TrainingRun) -> None:
        """Run at the end, also if that is an error."""


class LambdaCallback(Callback):
    """Functions at the moments of a training run.

    Parameters
    ----------
    on_train_begin, on_epoch_begin, on_batch_end, on_epoch_end, on_train_end : callable, optional
        Called with the `TrainingRun` at that moment.

    Examples
    --------
    >>> from mlpkit import MLP, Dense
    >>> tell = LambdaCallback(on_epoch_end=lambda run: print("epoch", run.epoch))
    >>> _ = MLP([Dense(2, 1)]).train(([[0, 1]], [[1]]), "mse", epochs=2, callbacks=[tell], batch_size=1)
    epoch 0
    epoch 1
    """

    def __init__(
        self,
        *,
        on_train_begin: Callable[[TrainingRun], Any] | None = None,
        on_epoch_begin: Callable[[TrainingRun], Any] | None = None,
        on_batch_end: Callable[[TrainingRun], Any] | None = None,
        on_epoch_end: Callable[[TrainingRun], Any] | None = None,
        on_train_end: Callable[[TrainingRun], Any] | None = None,
    ) -> None:
        given = {
            "on_train_begin": on_train_begin,
            "on_epoch_begin": on_epoch_begin,
            "on_batch_end": on_batch_end,
            "on_epoch_end": on_epoch_end,
            "on_train_end": on_train_end,
        }
        vars(self).update({moment: function for moment, function in given.items() if function is not None})


class EarlyStopping(Callback):
    """Ends training when a metric has stopped improving, and restores the best parameters.

    Parameters
    ----------
    monitor : str, default "validation_loss"
        The metric to watch; for one, `train` needs a `validation_split`. Watching the test set would make it a part of
        the training.
    patience : int, default 5
        How many epochs without an improvement to wait.
    min_delta : float, default 0.0
        The least improvement that counts as one is more than this.

    Raises
    ------
    ValueError
        If `patience` is below 1, or, when training begins, if the metric is not computed.

    References
    ----------
    L. Prechelt, "Early stopping — but when?", 1998.
    """

    def __init__(self, monitor: str = "validation_loss", patience: int = 5, min_delta: float = 0.0) -> None:
        if patience < 1:
            raise ValueError(f"EarlyStopping expected patience of at least 1, got {patience}")
        self.monitor, self.patience, self.min_delta = monitor, patience, min_delta
        self._best: list[Any] = []

    def on_train_begin(self, run: TrainingRun) -> None:
        """Forget earlier runs."""
        run.check_monitor(self.monitor, self)
        self.best_epoch, self.best_value, self._best = -1, float("nan"), []

    def on_epoch_end(self, run: TrainingRun) -> None:
        """Compare with the best epoch so far."""
        value = run.history[self.monitor][-1]
        gain = value - self.best_value if larger_is_better(self.monitor) else self.best_value - value
        if self.best_epoch < 0 or gain > self.min_delta:
            self.best_epoch, self.best_value = run.epoch, value
            self._best = [array.copy() for array in run.model.state()]
        elif run.epoch - self.best_epoch >= self.patience:
            run.stop(f"{self.monitor} has not improved since epoch {self.best_epoch + 1}")

    def on_train_end(self, run: TrainingRun) -> None:
        """Restore the best parameters."""
        for array, best in zip(run.model.state(), self._best, strict=False):
            array[...] = best


class LearningRate(Callback):
    """Sets the learning rate before every epoch.

    Parameters
    ----------
    schedule : Schedule or callable
        Returns the learning rate of an epoch, counted from 0.
    optimizer : Optimizer, optional
        Whose rate to set; all that the network and its layers have, if not given.

    Examples
    --------
    >>> from mlpkit import MLP, Dense, StepSchedule
    >>> model = MLP([Dense(2, 1)])
    >>> schedule = LearningRate(StepSchedule(0.1, every=1, factor=0.5))
    >>> _ = model.train(([[0, 1]], [[1]]), "mse", epochs=3, callbacks=[schedule], batch_size=1)
    >>> model.optimizer.learning_rate
    0.025
    """

    def __init__(self, schedule: Schedule | Callable[[int], float], optimizer: Optimizer | None = None) -> None:
        self.schedule, self.optimizer = schedule, optimizer

    def on_epoch_begin(self, run: TrainingRun) -> None:
        """Set the learning rate of the epoch."""
        layers = [layer.optimizer for layer in run.model.layers if layer.optimizer is not None]
        for optimizer in [run.model.optimizer, *layers] if self.optimizer is None else [self.optimizer]:
            optimizer.learning_rate = self.schedule(run.epoch)


class TensorBoard(Callback):
    """Writes the metrics as event files, which TensorBoard shows: ``tensorboard --logdir runs``.

    ``train(..., tensorboard=True)`` makes one.

    Parameters
    ----------
    path : path-like, optional
        The folder to write to; one named for the date and time, in ``runs``, if not given.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = os.path.join("runs", time.strftime("%Y-%m-%d_%H-%M-%S")) if path is None else os.fspath(path)
        self._writer: Any = None

    def on_train_begin(self, run: TrainingRun) -> None:
        """Open the event file."""
        with needed_by("TensorBoard"):
            from tensorboardX import SummaryWriter
        self._writer = SummaryWriter(self.path)

    def on_epoch_end(self, run: TrainingRun) -> None:
        """Write the metrics of the epoch, and the learning rate."""
        for name, value in run.history.last().items():
            self._writer.add_scalar(name, value, run.epoch + 1)
        rate = run.model.optimizer.learning_rate
        self._writer.add_scalar("learning_rate", rate(run.step) if isinstance(rate, Schedule) else rate, run.epoch + 1)

    def on_train_end(self, run: TrainingRun) -> None:
        """Close the event file."""
        if self._writer is not None:
            self._writer.close()
