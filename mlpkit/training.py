"""The training loop: epochs of mini-batches, each followed by an update of the weights."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import ArrayLike
from mlpkit.callbacks import Callback
from mlpkit.divergence import DivergenceError, first_non_finite
from mlpkit.history import History
from mlpkit.layers.activated import ActivatedLayer
from mlpkit.losses import Loss
from mlpkit.metrics import Accuracy, BinaryAccuracy, Metric, MetricLike, evaluate
from mlpkit.minibatches import Arrays, DatasetLike, TrainingSet, checked_set, mean_weight, training_sets
from mlpkit.optional import is_installed
from mlpkit.recording import recorded_metrics
from mlpkit.registry import check_count
from mlpkit.run import TrainingRun
from mlpkit.stack import LayerStack
from mlpkit.tensorboard import TensorBoard

__all__ = ["accuracy_of", "train"]


def train(
    model: LayerStack,
    dataset: DatasetLike | tuple[ArrayLike, ArrayLike],
    loss: Loss,
    n_epochs: int,
    metrics: Iterable[MetricLike] | None,
    tensorboard: bool | str | os.PathLike[str],
    callbacks: Iterable[Callback] | Mapping[str, Callback],
    *,
    batch_size: int | None,
    validation_split: float,
    validation_data: Sequence[ArrayLike] | None,
    sample_weights: ArrayLike | None,
    rng: np.random.Generator | int | None,
    progress: bool | None,
) -> History:
    """Train a network; the parameters, but for the first, are those of `MLP.train`."""
    n_epochs = check_count(n_epochs, "MLP.train", "epochs", least=0)
    called = _listed(callbacks)
    generator = np.random.default_rng(rng)
    dtype = model.parameters.dtype
    data, sets = training_sets(dataset, dtype, batch_size, validation_split, validation_data, sample_weights, generator)
    n_out = model.n_out or data.X_train.shape[1]
    targets = loss.as_targets(data.y_train, n_out)
    loss.check_targets(targets, n_out)
    _check_outputs(model, loss, targets, n_out)
    accuracy, names = accuracy_of(loss, data.y_train, n_out), ["train", *sets]
    if metrics is None:
        kinds = {"loss": None} if accuracy is None else {"loss": None, "accuracy": accuracy}
        chosen = {f"{which}_{kind}": metric for kind, metric in kinds.items() for which in names}
    else:
        chosen = recorded_metrics(metrics, accuracy, targets, n_out, names)
    history = History(larger_is_better={name: m.larger_is_better if m else False for name, m in chosen.items()})
    n_batches = -(-len(data.X_train) // data.batch_size)
    run = TrainingRun(model, loss, chosen, n_epochs, n_batches, history)
    if tensorboard:
        called.append(TensorBoard(None if tensorboard is True else tensorboard))
    if _is_interactive() if progress is None else progress:
        from mlpkit.progress import ProgressBar  # needs tqdm

        called.append(ProgressBar())
    begun: list[Callback] = []
    try:
        for callback in called:
            callback.on_train_begin(run)
            begun.append(callback)
        with np.errstate(all="ignore"):  # numbers that are not finite end in the loss, and that is looked at
            _train_epochs(run, data, sets, called, generator)
    finally:
        for callback in begun:
            callback.on_train_end(run)
    return run.history


def _listed(callbacks: Iterable[Callback] | Mapping[str, Callback]) -> list[Callback]:
    """Return the callbacks as a list, after checking that each is one."""
    if isinstance(callbacks, Callback) or callable(callbacks):
        name = getattr(callbacks, "__name__", type(callbacks).__name__)
        raise ValueError(f"MLP.train expected a list of callbacks, got {name} alone; write callbacks=[...]")
    if callbacks is None:
        raise ValueError("MLP.train expected a list of callbacks, got None; leave them out to have none")
    called = list(callbacks.values() if isinstance(callbacks, Mapping) else callbacks)
    for one in called:
        if not isinstance(one, Callback):
            cure = (
                f"call it: {one.__name__}(...)" if isinstance(one, type) else "a function goes into LambdaCallback(...)"
            )
            raise ValueError(f"MLP.train expected callbacks that are a Callback, got {one!r}; {cure}")
    return called


def accuracy_of(loss: Loss, y: NDArray[Any], n_out: int) -> Metric | None:
    """Return what accuracy means for a loss, None if nothing: then `y` holds numbers to predict, whole ones or not.

    Class numbers, of shape (m,) for several outputs, are classes for every loss.
    """
    if loss.answers == "classes" or (y.ndim == 1 and n_out > 1):
        return Accuracy()
    return BinaryAccuracy() if loss.answers == "labels" else None


def _train_epochs(
    run: TrainingRun,
    data: TrainingSet | DatasetLike,
    sets: Mapping[str, Arrays],
    callbacks: list[Callback],
    rng: np.random.Generator,
) -> None:
    """Train epoch after epoch, until the last or until a callback stops it."""
    averaged = {  # the metrics of the training set that are means over the batches
        name: metric
        for name, metric in run.metrics.items()
        if name.startswith("train_") and metric is not None and metric.averages
    }
    each_batch = [callback for callback in callbacks if _overrides(callback, "on_batch_end")]
    for epoch in range(run.n_epochs):
        run.epoch = epoch
        for callback in callbacks:
            callback.on_epoch_begin(run)
        start = time.perf_counter()
        metrics = _train_epoch(run, data, averaged, each_batch, rng) | _evaluate_sets(run, data, sets, averaged)
        run.history.append({name: metrics[name] for name in run.metrics}, seconds=time.perf_counter() - start)
        for callback in callbacks:
            callback.on_epoch_end(run)
        if run.history.stopped is not None:
            break


def _train_epoch(
    run: TrainingRun,
    data: TrainingSet | DatasetLike,
    averaged: Mapping[str, Metric],
    callbacks: list[Callback],
    rng: np.random.Generator,
) -> dict[str, float]:
    """Update the weights once for each mini-batch, and return the means of the batches' metrics."""
    model, loss = run.model, run.loss
    n_out = model.n_out or data.X_train.shape[1]
    total, n_samples, sums = 0.0, 0, dict.fromkeys(averaged, 0.0)
    usual = mean_weight(getattr(data, "weights_train", None))
    own = getattr(type(data), "batches", None) is not TrainingSet.batches
    for batch in data.batches(rng):
        if own:
            batch = checked_set(batch, model.parameters.dtype, f"batches of {type(data).__name__}")
        X, y = batch[:2]
        weights = batch[2] if len(batch) > 2 else None
        if usual and weights is None:
            raise ValueError(
                f"MLP.train expected batches (X, y, weights), since it was given sample_weights, got (X, y) from "
                f"{type(data).__name__}.batches; let it yield the batch's part of self.weights_train, too"
            )
        targets = loss.as_targets(y, n_out)
        if own:
            loss.check_targets(targets, n_out)
        scale = mean_weight(weights) / usual if usual else 1.0
        value = model.propagate(X, targets, loss, weights, scale=scale)
        if not math.isfinite(value):
            _diverged(run, value, X)
        model.update()
        batch_size = len(X)
        total += value * batch_size
        n_samples += batch_size
        for name, metric in averaged.items():
            sums[name] += metric(model.outputs, targets) * batch_size
        run.batch_loss = value
        for callback in callbacks:
            callback.on_batch_end(run)
        run.step += 1
    if not n_samples:
        raise ValueError(f"MLP.train expected {type(data).__name__}.batches to yield at least one batch, got none")
    return {name: value / n_samples for name, value in {"train_loss": total, **sums}.items()}


def _evaluate_sets(
    run: TrainingRun,
    data: TrainingSet | DatasetLike,
    sets: Mapping[str, Arrays],
    averaged: Mapping[str, Metric],
) -> dict[str, float]:
    """Return the metrics of the sets that are held out, and those of the training set that are no means."""
    n_out = run.model.n_out or data.X_train.shape[1]
    results: dict[str, float] = {}
    for prefix, (X, y, *weights) in {"train": (data.X_train, data.y_train), **sets}.items():
        wanted = {
            name.removeprefix(f"{prefix}_"): metric
            for name, metric in run.metrics.items()
            if name.startswith(f"{prefix}_") and name not in averaged and name != "train_loss"
        }
        if wanted:
            targets = run.loss.as_targets(y, n_out)
            found = evaluate(run.model, X, targets, run.loss, wanted, sample_weights=weights[0] if weights else None)
            results |= {f"{prefix}_{name}": value for name, value in found.items()}
    return results


def _check_outputs(model: LayerStack, loss: Loss, targets: NDArray[Any], n_out: int) -> None:
    """Raise a ValueError if the last activation never gives what the loss needs, or nothing like the targets."""
    last = model.layers[-1] if model.layers else None
    if not isinstance(last, ActivatedLayer):
        return
    f, z = last.activation.forward, np.linspace(-1, 2.5, n_out, dtype=model.parameters.dtype)
    Z = np.stack([z, -z, np.ones_like(z)])  # of all signs, and neither z nor -z alone adds up to a special sum
    with np.errstate(all="ignore"):
        outputs, far, farther = f(Z), f(1000 * Z), f(10_000 * Z)
    loss.check_predictions(outputs, last)
    if np.array_equal(outputs[0], outputs[1]):
        raise ValueError(
            f"MLP.train expected outputs that depend on the inputs, got {last}, which always gives {outputs[0, 0]:g}; "
            "for one yes-or-no output give the last layer activation='sigmoid'"
        )
    low, high = float(far.min()), float(far.max())
    is_bounded = low == farther.min() and high == farther.max()
    if loss.answers == "numbers" and is_bounded and targets.size:
        mean, width = float(targets.mean(dtype=np.float64)), high - low
        if not low - width <= mean <= high + width and math.isfinite(mean):  # even their mean is out of reach
            raise ValueError(
                f"MLP.train expected targets near the outputs of {last}, which lie between {low:g} and {high:g}, got "
                f"targets with the mean {mean:g}; give the last layer activation='identity', or scale the targets"
            )


def _diverged(run: TrainingRun, value: float, X: NDArray[Any]) -> None:
    """Raise a DivergenceError that names the place and the learning rates."""
    layers = run.model.layers
    rates = {str(run.model.optimizer)} | {str(layer.optimizer) for layer in layers if layer.optimizer}
    raise DivergenceError(
        f"training diverged in epoch {run.epoch + 1}, step {run.step + 1}: the loss is {value}, and "
        f"{first_non_finite(run.model, X)}; choose a smaller learning rate ({', '.join(sorted(rates))}), "
        "scale the inputs, or clip the gradients"
    )


def _is_interactive() -> bool:
    """Return whether a progress bar can be shown: in a terminal or a notebook, if tqdm is installed."""
    terminal = sys.stderr is not None and sys.stderr.isatty()
    return (terminal or "ipykernel.zmqshell" in sys.modules) and is_installed("tqdm")


def _overrides(callback: Callback, moment: str) -> bool:
    return moment in vars(callback) or getattr(type(callback), moment) is not getattr(Callback, moment)
