"""A progress bar for terminal and notebook."""

from __future__ import annotations

from typing import Any

from mlpkit.callbacks import Callback
from mlpkit.history import shown
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
        self._shown: Any = None

    def on_train_begin(self, run: TrainingRun) -> None:
        """Show the bar."""
        settings = {"total": run.n_epochs * run.n_batches, "unit": "batch", "dynamic_ncols": True}
        if any(base.__module__ == "tqdm.notebook" for base in self._tqdm.__mro__):
            import IPython.display

            show: Any = IPython.display.display
            self._bar = self._tqdm(**settings, display=False)
            self._shown = show(self._bar.container, display_id=True)
        else:
            self._bar = self._tqdm(**settings)

    def on_batch_end(self, run: TrainingRun) -> None:
        """Move the bar by a batch."""
        self._bar.update()

    def on_epoch_end(self, run: TrainingRun) -> None:
        """Show the number of the epoch and its metrics."""
        self._bar.set_description(f"epoch {run.epoch + 1}/{run.n_epochs}", refresh=False)
        self._bar.set_postfix({name: shown(value) for name, value in run.history.last().items()})

    def on_train_end(self, run: TrainingRun) -> None:
        """Leave the bar as it is; in a notebook, its text too, which is all that a saved one shows."""
        self._bar.close()
        if self._shown is not None:
            self._shown.update(self._bar.container)
