"""The metrics of a training run, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mlpkit.metrics import METRICS

__all__ = ["MODES", "History", "shown"]

MODES = {"auto": None, "min": False, "max": True}
"""The directions in which a metric may improve, in Keras' words, and whether its best value is then the largest."""


@dataclass(eq=False, repr=False)
class History(Mapping[str, list[float]]):
    """The metrics of a training run: for each name, one number an epoch.

    Attributes
    ----------
    seconds : list of float
        How long each epoch took.
    stopped : str or None
        Why training ended before its last epoch; None if it did not.
    larger_is_better : dict of str to bool or None
        The direction of each metric, as the metric itself states it; None if that is not known.

    Examples
    --------
    >>> history = History()
    >>> history.append({"train_loss": 0.7, "test_accuracy": 0.5}, seconds=0.1)
    >>> history.append({"train_loss": 0.0004, "test_accuracy": 0.8}, seconds=0.1)
    >>> history["train_loss"]
    [0.7, 0.0004]
    >>> history.best("test_accuracy")
    (1, 0.8)
    >>> print(history)
    epoch  train_loss  test_accuracy
        1      0.7000         0.5000
        2   0.0004000         0.8000
    """

    seconds: list[float] = field(default_factory=list)
    stopped: str | None = None
    larger_is_better: dict[str, bool | None] = field(default_factory=dict)
    _values: dict[str, list[float]] = field(default_factory=dict, init=False)

    def append(self, metrics: Mapping[str, float], *, seconds: float) -> None:
        """Add the metrics of one more epoch."""
        for name, value in metrics.items():
            self._values.setdefault(name, []).append(value)
        self.seconds.append(seconds)

    @property
    def n_epochs(self) -> int:
        """How many epochs there have been."""
        return len(self.seconds)

    def last(self) -> dict[str, float]:
        """Return the metrics of the latest epoch by name."""
        return {name: values[-1] for name, values in self.items() if values}

    def best(self, name: str, mode: str = "auto") -> tuple[int, float]:
        """Return the epoch, from 0, and the value at which a metric was best: the first of several, and never nan.

        Parameters
        ----------
        name : str
            The metric.
        mode : {"auto", "min", "max"}, default "auto"
            Which value is the best, the smallest or the largest; the metric itself tells, if it is not given.

        Returns
        -------
        epoch : int
        value : float

        Raises
        ------
        ValueError
            If the metric was not recorded, was never a number, or does not tell its direction.
        """
        values = self._values.get(name)
        if not values:
            raise ValueError(
                f"History expected one of the metrics {', '.join(self) or '(none)'}, got {name!r}; "
                "ask train to record it: metrics=[...]"
            )
        sign = 1 if self.rises(name, mode) else -1
        numbers = [epoch for epoch, value in enumerate(values) if not math.isnan(value)]
        if not numbers:
            raise ValueError(f"History expected a best {name}, got nan in every epoch; look for 0/0 in the metric")
        epoch = max(numbers, key=lambda epoch: sign * values[epoch])
        return epoch, values[epoch]

    def rises(self, name: str, mode: str = "auto") -> bool:
        """Return whether a metric improves upwards; parameters and errors are those of `best`.

        A history that was made by hand knows the loss and the metrics in `METRICS`.
        """
        if mode not in MODES:
            raise ValueError(f"History expected a mode of {', '.join(MODES)}, got {mode!r}; 'max' is for accuracies")
        larger = MODES[mode]
        if larger is None:
            _, _, kind = name.partition("_")
            by_hand = METRICS[kind].larger_is_better if kind in METRICS else (False if kind == "loss" else None)
            larger = self.larger_is_better.get(name, by_hand)
        if larger is None:
            raise ValueError(
                f"History expected to know whether a larger or a smaller {name} is better, but the metric does not "
                "tell; give mode='max' or mode='min', or the metric an attribute larger_is_better"
            )
        return larger

    def __getitem__(self, name: str) -> list[float]:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"History({self.n_epochs} epochs of {', '.join(self) or 'nothing'})"

    def __str__(self) -> str:
        lines = ["  ".join(["epoch", *(f"{name:>10}" for name in self)])]
        for epoch in range(self.n_epochs):
            numbers = [f"{shown(values[epoch]):>{max(10, len(name))}}" for name, values in self.items()]
            lines.append("  ".join([f"{epoch + 1:>5}", *numbers]))
        return "\n".join(lines)


def shown(value: float) -> str:
    """Write a number with four significant digits, as tables and bars show it.

    Examples
    --------
    >>> [shown(value) for value in (0.5, 1, 3.2e-6, 23953.2, 5000)]
    ['0.5000', '1.000', '3.200e-06', '2.395e+04', '5000']
    """
    return f"{value:#.4g}".removesuffix(".")
