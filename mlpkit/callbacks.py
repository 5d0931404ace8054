"""Callbacks: other things to do while a network is trained."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mlpkit.history import MODES
from mlpkit.optimizers import Optimizer
from mlpkit.run import TrainingRun
from mlpkit.schedules import Schedule

__all__ = ["Callback", "EarlyStopping", "LambdaCallback", "LearningRate", "Watcher"]


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


class Watcher(Callback):
    """A callback that knows in which epoch a metric of a network was best, over all calls of `train`.

    What it knows belongs to one network. Given another one, or one that has got another layer, it starts afresh.

    Attributes
    ----------
    monitor : str or None
        The metric to watch.
    mode : {"auto", "min", "max"}
        Whether its best value is the smallest or the largest; ``"auto"`` asks the metric.
    n_epochs : int
        How many epochs of the network it has seen.
    best_epoch : int
        The best of them, counted from 0; -1 if there is none yet.
    best_value : float
        The metric then.
    """

    n_epochs: int
    best_epoch: int
    best_value: float

    def __init__(self, monitor: str | None, mode: str = "auto") -> None:
        if mode not in MODES:
            raise ValueError(f"{type(self).__name__} expected a mode of {', '.join(MODES)}, got {mode!r}")
        self.monitor, self.mode = monitor, mode
        self._network: Any = None
        self._forget()

    def on_train_begin(self, run: TrainingRun) -> None:
        """Check that the metric will be computed and has a direction, and forget another network."""
        if self.monitor is not None:
            run.check_monitor(self.monitor, self)
            run.history.rises(self.monitor, self.mode)
        network = run.model, [array.shape for array in run.model.state()]
        if network != self._network:
            self._network = network
            self._forget()

    def is_best(self, run: TrainingRun, min_delta: float = 0.0) -> bool:
        """Count the epoch that has ended, and return whether it is better than all before; nan never is.

        Without a metric to watch, every epoch is.
        """
        self.n_epochs += 1
        if self.monitor is None:
            return True
        value = run.history[self.monitor][-1]
        rises = run.history.rises(self.monitor, self.mode)
        gain = value - self.best_value if rises else self.best_value - value
        if math.isnan(value) or (self.best_epoch >= 0 and not gain > min_delta):
            return False
        self.best_epoch, self.best_value = self.n_epochs - 1, value
        return True

    def _forget(self) -> None:
        self.n_epochs, self.best_epoch, self.best_value = 0, -1, math.nan


class EarlyStopping(Watcher):
    """Ends training when a metric has stopped improving, and restores the best parameters.

    The best is that of all calls of `train` with this callback: a second call that makes nothing better ends with the
    parameters of the first. It may wait as long as the first one. For another task, make a new callback.

    Parameters
    ----------
    monitor : str, default "validation_loss"
        The metric to watch; for one, `train` needs a `validation_split`. Watching the test set would make it a part of
        the training.
    patience : int, default 5
        How many epochs without an improvement to wait.
    min_delta : float, default 0.0
        The least improvement that counts as one is more than this.
    mode : {"auto", "min", "max"}, default "auto"
        Whether the best value is the smallest or the largest; the metric itself tells, if it is not given.

    Raises
    ------
    ValueError
        If `patience` is below 1 or `mode` unknown, or, when training begins, if the metric is not computed or does not
        tell its direction.

    References
    ----------
    L. Prechelt, "Early stopping — but when?", 1998.
    """

    monitor: str

    def __init__(
        self, monitor: str = "validation_loss", patience: int = 5, min_delta: float = 0.0, mode: str = "auto"
    ) -> None:
        if patience < 1:
            raise ValueError(f"EarlyStopping expected patience of at least 1, got {patience}")
        super().__init__(monitor, mode)
        self.patience, self.min_delta = patience, min_delta
        self._best: list[Any] = []
        self._n_before = 0

    def on_train_begin(self, run: TrainingRun) -> None:
        """Begin to wait; the best of earlier calls counts on."""
        super().on_train_begin(run)
        self._n_before = self.n_epochs
        if self.best_epoch < 0:
            self._best = []

    def on_epoch_end(self, run: TrainingRun) -> None:
        """Compare with the best epoch so far."""
        if self.is_best(run, self.min_delta):
            self._best = [array.copy() for array in run.model.state()]
        elif self.n_epochs - max(self.best_epoch + 1, self._n_before) >= self.patience:
            known = f"has not improved since epoch {self.best_epoch + 1}" if self._best else "was never a number"
            run.stop(f"{self.monitor} {known}")

    def on_train_end(self, run: TrainingRun) -> None:
        """Restore the best parameters."""
        for array, best in zip(run.model.state(), self._best, strict=False):
            array[...] = best


class LearningRate(Callback):
    """Sets the learning rate before every epoch.

    The optimizers keep the last rate when training has ended: a later call of `train` goes on with it. A schedule that
    was in the place of their learning rate is gone.

    Parameters
    ----------
    schedule : Schedule or callable
        Returns the learning rate of an epoch, counted from 0 in every call of `train`.
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
