"""A progress bar for terminal and notebook, if anybody is looking."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["Progress", "somebody_is_looking"]


def somebody_is_looking() -> bool:
    """Return whether the output goes to a terminal or into a notebook, and not to a file or a test."""
    terminal = sys.stderr is not None and sys.stderr.isatty()
    return terminal or "ipykernel.zmqshell" in sys.modules


class Progress:
    """A bar that moves with every batch and shows the metrics of the latest epoch; without `visible`, nothing.

    Parameters
    ----------
    n_epochs, n_batches : int
        How many epochs there will be, and how many batches in each.
    visible : bool
        Whether to show it.
    """

    def __init__(self, n_epochs: int, n_batches: int, visible: bool) -> None:
        self.n_epochs, self.n_batches = n_epochs, n_batches
        self._bar: Any = None
        if visible:
            from tqdm.auto import tqdm  # only those who look at it pay for loading it

            self._bar = tqdm(total=n_epochs * n_batches, unit="batch", dynamic_ncols=True)

    @property
    def visible(self) -> bool:
        """Whether there is a bar."""
        return self._bar is not None

    def move(self) -> None:
        """Move the bar by a batch."""
        if self._bar is not None:
            self._bar.update()

    def end_epoch(self, epoch: int, metrics: Mapping[str, float]) -> None:
        """Show the number of an epoch, counted from 0, and its metrics."""
        if self._bar is not None:
            self._bar.set_description(f"epoch {epoch + 1}/{self.n_epochs}", refresh=False)
            self._bar.set_postfix({name: f"{value:.4f}" for name, value in metrics.items()})

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()
