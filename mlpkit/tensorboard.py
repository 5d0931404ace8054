"""Event files for TensorBoard: the metrics and the learning rates of every epoch."""

from __future__ import annotations

import os
import time
from typing import Any

from mlpkit.callbacks import Callback
from mlpkit.optional import needed_by
from mlpkit.run import TrainingRun

__all__ = ["TensorBoard"]


class TensorBoard(Callback):
    """Writes the metrics as event files, which TensorBoard shows: ``tensorboard --logdir runs``.

    With them it writes the learning rates of the last update in each epoch. ``train(..., tensorboard=True)`` makes one.

    Parameters
    ----------
    path : path-like, optional
        The folder to write to. If not given, every run has one of its own in ``runs``, named for the date and time.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = os.path.join("runs", time.strftime("%Y-%m-%d_%H-%M-%S")) if path is None else os.fspath(path)
        self._named_for_time = self.path if path is None else None
        self._writer: Any = None

    def on_train_begin(self, run: TrainingRun) -> None:
        """Open the event file."""
        with needed_by("TensorBoard"):
            from tensorboardX import SummaryWriter
        if self._named_for_time is not None:
            self.path = _new_folder(self._named_for_time)
        self._writer = SummaryWriter(self.path)

    def on_epoch_end(self, run: TrainingRun) -> None:
        """Write the metrics of the epoch, and the learning rates."""
        for name, value in {**run.history.last(), **run.learning_rates()}.items():
            self._writer.add_scalar(name, value, run.epoch + 1)

    def on_train_end(self, run: TrainingRun) -> None:
        """Close the event file."""
        if self._writer is not None:
            self._writer.close()


def _new_folder(path: str) -> str:
    """Make a folder, with a number at the end of its name if there is one already, and return its path."""
    folder, number = path, 1
    while True:
        try:
            os.makedirs(folder)
            return folder
        except FileExistsError:  # that of another run, which began in the same second
            number += 1
            folder = f"{path}-{number}"
