"""The metrics of a training run, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["History"]


@dataclass(eq=False, repr=False)
class History(Mapping[str, list[float]]):
    """The metrics of a training run: for each name, one number an epoch.

    Attributes
    ----------
    seconds : list of float
        How long each epoch took.
    stopped : str or None
        Why training ended before its last epoch; None if it did not.

    Examples
    --------
    >>> history = History()
    >>> history.append({"train_loss": 0.7, "test_accuracy": 0.5}, seconds=0.1)
    >>> history.append({"train_loss": 0.4, "test_accuracy": 0.8}, seconds=0.1)
    >>> history["train_loss"]
    [0.7, 0.4]
    >>> history.best("test_accuracy")
    (1, 0.8)
    >>> print(history)
    epoch  train_loss  test_accuracy
        1      0.7000         0.5000
        2      0.4000         0.8000
    """

    seconds: list[float] = field(default_factory=list)
    stopped: str | None = None
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

    def best(self, name: str) -> tuple[int, float]:
        """Return the epoch, from 0, and the value at which a metric was best.

        Raises
        ------
        ValueError
            If the metric was not recorded.
        """
        values = self._values.get(name)
        if not values:
            raise ValueError(
                f"History expected one of the metrics {', '.join(self) or '(none)'}, got {name!r}; "
                "ask train to record it: metrics=[...]"
            )
        value = max(values) if larger_is_better(name) else min(values)
        return values.index(value), value

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
            numbers = [f"{values[epoch]:>{max(10, len(name))}.4f}" for name, values in self.items()]
            lines.append("  ".join([f"{epoch + 1:>5}", *numbers]))
        return "\n".join(lines)


def larger_is_better(name: str) -> bool:
    """Return whether a metric such as ``"test_accuracy"`` improves upwards; losses improve downwards."""
    return name.endswith(("_accuracy", "_r2"))
