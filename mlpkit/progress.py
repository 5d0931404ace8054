"""A progress bar for terminal and notebook."""

from __future__ import annotations

from typing import Any

from mlpkit.callbacks import Callback
from mlpkit.optional import needed_by
from mlpkit.run import TrainingRun

__all__ = ["ProgressBar"]


class ProgressBar(Callback):
    """A bar that moves with every batch, and shows the metrics of the latest epoch.

    ``train(..., progress=True)`` makes one.

    Raises
    ------
    ModuleNotFoundError
        When it is made, if tqdm is not installed.
    """

    def __init__(self) -> None:
        with needed_by("a progress bar"):
            from tqdm.auto import tqdm
        self._tqdm: Any = tqdm
        self._bar: Any = None

    def on_train_begin(self, run: TrainingRun) -> None:
        """Show the bar."""
        self._bar = self._tqdm(total=run.n_epochs * run.n_batches, unit="batch", dynamic_ncols=True)

    def on_batch_end(self, run: TrainingRun) -> None:
        """Move the bar by a batch."""
        self._bar.update()

    def on_epoch_end(self, run: TrainingRun) -> None:
        """Show the number of the epoch and its metrics."""
        self._bar.set_description(f"epoch {run.epoch + 1}/{run.n_epochs}", refresh=False)
        self._bar.set_postfix({name: f"{value:.4f}" for name, value in run.history.last().items()})

    def on_train_end(self, run: TrainingRun) -> None:
        """Leave the bar as it is."""
        self._bar.close()
