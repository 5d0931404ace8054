"""The training loop: epochs of mini-batches, each followed by an update of the weights."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import ArrayLike
from mlpkit.callbacks import Callback, TensorBoard
from mlpkit.divergence import DivergenceError, first_non_finite
from mlpkit.history import History
from mlpkit.losses import LogitLoss, Loss
from mlpkit.metrics import METRICS, Metric, evaluate
from mlpkit.minibatches import Batch, DatasetLike, TrainingData, as_targets
from mlpkit.progress import Progress, somebody_is_looking
from mlpkit.registry import resolve

if TYPE_CHECKING:
    from mlpkit.network import MLP

__all__ = ["TrainingRun", "train"]


class TrainingRun:
    """A training run, as callbacks see it.

    Attributes
    ----------
    model : MLP
        The network.
    loss : Loss
        What it minimizes.
    history : History
        The metrics of the epochs so far.
    epoch, step : int
        How many epochs and updates came before the present one.
    n_epochs : int
        How many epochs there will be at most.
    batch_loss : float
        The loss of the latest batch.
    """

    def __init__(
        self, model: MLP, loss: Loss, data: TrainingData, metrics: Iterable[str] | None, n_epochs: int
    ) -> None:
        self.model, self.loss, self.n_epochs = model, loss, n_epochs
        self.history = History()
        self.epoch = self.step = 0
        self.batch_loss = math.nan
        self._data = data
        self._n_out = model.n_out or data.train[0].shape[1]
        loss.check_targets(as_targets(data.train[1], self._n_out, loss), self._n_out)
        self.metrics = self._chosen_metrics(metrics)
        self._running = {
            name: resolve(name.removeprefix("train_"), METRICS, Metric)
            for name in self.metrics
            if name.startswith("train_") and name != "train_loss" and METRICS[name.removeprefix("train_")].averages
        }

    def stop(self, reason: str) -> None:
        """End the training after this epoch."""
        self.history.stopped = reason

    def check_monitor(self, name: str, callback: Callback) -> None:
        """Raise a ValueError if a callback needs a metric that is not computed."""
        if name not in self.metrics:
            advice = "validation_split=0.1" if name.startswith("validation_") else f"metrics=[..., {name!r}]"
            raise ValueError(
                f"{type(callback).__name__} watches {name!r}, but this run computes {', '.join(self.metrics)}; "
                f"call train with {advice}"
            )

    def run(self, callbacks: list[Callback], rng: np.random.Generator, progress: Progress) -> None:
        """Train epoch after epoch, until the last or until a callback stops it."""
        each_batch = [one for one in callbacks if _overrides(one, "on_batch_end")]
        for epoch in range(self.n_epochs):
            self.epoch = epoch
            for callback in callbacks:
                callback.on_epoch_begin(self)
            start = time.perf_counter()
            metrics = self._train_epoch(rng, each_batch, progress)
            metrics |= self._evaluate_sets()
            self.history.append({name: metrics[name] for name in self.metrics}, seconds=time.perf_counter() - start)
            progress.end_epoch(self.epoch, self.history.last())
            for callback in callbacks:
                callback.on_epoch_end(self)
            if self.history.stopped is not None:
                break

    def _train_epoch(self, rng: np.random.Generator, callbacks: list[Callback], progress: Progress) -> dict[str, float]:
        """Update the weights once for each mini-batch, and return the means of the batches' metrics."""
        model, loss, n_out = self.model, self.loss, self._n_out
        total, n_samples, sums = 0.0, 0, dict.fromkeys(self._running, 0.0)
        for X, y, weights in self._data.batches(rng):
            targets = y if y.ndim == 2 else as_targets(y, n_out, loss)
            value = model.propagate(X, targets, loss, weights)
            if not math.isfinite(value):
                self._diverged(value, X)
            model.update()
            batch_size = len(X)
            total += value * batch_size
            n_samples += batch_size
            for name, metric in self._running.items():
                sums[name] += metric(model.outputs, targets) * batch_size
            self.batch_loss = value
            if callbacks or progress.visible:
                for callback in callbacks:
                    callback.on_batch_end(self)
                progress.move()
            self.step += 1
        return {name: value / n_samples for name, value in {"train_loss": total, **sums}.items()}

    def _evaluate_sets(self) -> dict[str, float]:
        """Return the metrics of the sets that are held out, and those of the training set that are no means."""
        X, y, weights = self._data.train
        sets: dict[str, Batch] = {name: (*pair, None) for name, pair in self._data.held_out.items()}
        results: dict[str, float] = {}
        for prefix, (inputs, targets, counts) in {"train": (X, y, weights), **sets}.items():
            names = [name for name in self.metrics if name.startswith(f"{prefix}_") and name not in self._running]
            wanted = [name.removeprefix(f"{prefix}_") for name in names if name != "train_loss"]
            if wanted:
                targets = as_targets(targets, self._n_out, self.loss)
                found = evaluate(self.model, inputs, targets, self.loss, wanted, sample_weights=counts)
                results |= {f"{prefix}_{name}": value for name, value in found.items()}
        return results

    def _chosen_metrics(self, metrics: Iterable[str] | None) -> list[str]:
        """Return the names of the metrics, checked; validation is never left out."""
        sets = ["train", *self._data.held_out]
        classes = isinstance(self.loss, LogitLoss) or self._data.train[1].dtype.kind in "iub"
        known = ["loss", *METRICS]
        if metrics is None:
            return [f"{which}_{name}" for name in (["loss", "accuracy"] if classes else ["loss"]) for which in sets]
        chosen = list(metrics)
        for name in chosen:
            which, _, kind = name.partition("_")
            if which not in sets or kind not in known:
                raise ValueError(
                    f"MLP.train expected metrics such as train_loss, of the sets {', '.join(sets)} and the kinds "
                    f"{', '.join(known)}, got {name!r}; a test set comes with a dataset, validation with "
                    "validation_split=0.1"
                )
        if "validation" in sets:
            kinds = dict.fromkeys(["loss", *(name.partition("_")[2] for name in chosen)])
            chosen += [f"validation_{kind}" for kind in kinds]
        return list(dict.fromkeys(chosen))

    def _diverged(self, value: float, X: NDArray[Any]) -> None:
        rates = {str(self.model.optimizer)} | {str(layer.optimizer) for layer in self.model.layers if layer.optimizer}
        raise DivergenceError(
            f"training diverged in epoch {self.epoch + 1}, step {self.step + 1}: the loss is {value}, and "
            f"{first_non_finite(self.model, X)}; choose a smaller learning rate ({', '.join(sorted(rates))}), "
            "scale the inputs, or clip the gradients"
        )


def train(
    model: MLP,
    dataset: DatasetLike | tuple[ArrayLike, ArrayLike],
    loss: Loss,
    n_epochs: int,
    metrics: Iterable[str] | None,
    tensorboard: bool | str | os.PathLike[str],
    callbacks: Iterable[Callback] | Mapping[str, Callback],
    *,
    batch_size: int | None,
    validation_split: float,
    sample_weights: ArrayLike | None,
    rng: np.random.Generator | int | None,
    progress: bool | None,
) -> History:
    """Train a network; `MLP.train` says how."""
    if n_epochs < 0:
        raise ValueError(f"MLP.train expected a number of epochs of at least 0, got {n_epochs}")
    generator = np.random.default_rng(rng)
    data = TrainingData(dataset, batch_size, validation_split, sample_weights, model.parameters.dtype, generator)
    run = TrainingRun(model, loss, data, metrics, n_epochs)
    called = list(callbacks.values() if isinstance(callbacks, Mapping) else callbacks)
    if tensorboard:
        called.append(TensorBoard(None if tensorboard is True else tensorboard))
    bar = Progress(n_epochs, data.n_batches, somebody_is_looking() if progress is None else progress)
    begun: list[Callback] = []
    try:
        for callback in called:
            callback.on_train_begin(run)
            begun.append(callback)
        with np.errstate(all="ignore"):  # numbers that are not finite end in the loss, and that is looked at
            run.run(called, generator, bar)
    finally:
        for callback in begun:
            callback.on_train_end(run)
        bar.close()
    return run.history


def _overrides(callback: Callback, moment: str) -> bool:
    return moment in vars(callback) or getattr(type(callback), moment) is not getattr(Callback, moment)
