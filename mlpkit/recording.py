"""Which metrics are computed: what the user asks for, or what the loss suggests, as metrics with names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from numpy.typing import NDArray

from mlpkit.metrics import METRICS, Accuracy, FunctionMetric, Metric, MetricLike
from mlpkit.registry import resolve

__all__ = ["evaluated_metrics", "recorded_metrics"]


def evaluated_metrics(
    metrics: Iterable[MetricLike] | None, accuracy: Metric | None, targets: NDArray[Any], n_out: int
) -> dict[str, Metric | None]:
    """Return the metrics that `MLP.evaluate` computes, by name, and None for the loss.

    Parameters
    ----------
    metrics : iterable of str, Metric or callable, optional
        What the user asks for; the loss, and for classes the accuracy, if not given.
    accuracy : Metric or None
        What accuracy means for the loss and the targets; None if they are numbers to predict.
    targets : ndarray of shape (m,) or (m, n_out)
        The targets, as the loss takes them.
    n_out : int
        The number of outputs.

    Returns
    -------
    dict of str to Metric or None

    Raises
    ------
    ValueError
        If a metric is unknown, has no name or that of another, or does not apply to the targets.
    """
    if metrics is None:
        return {"loss": None} if accuracy is None else {"loss": None, "accuracy": accuracy}
    found: dict[str, Metric | None] = {}
    for choice in _listed(metrics, "MLP.evaluate"):
        if choice == "loss":
            _enter(found, "loss", None)
        elif choice == "accuracy":
            _enter(found, "accuracy", accuracy or Accuracy())
        else:
            metric = _as_metric(choice)
            _enter(found, choice if isinstance(choice, str) else metric.name, metric)
    _check(found, targets, n_out)
    return found


def recorded_metrics(
    metrics: Iterable[MetricLike], accuracy: Metric | None, targets: NDArray[Any], n_out: int, sets: Sequence[str]
) -> dict[str, Metric | None]:
    """Return the metrics that `MLP.train` records, by names such as ``"train_loss"``; validation is never left out.

    Parameters and errors are as for `evaluated_metrics`, but a name says the set, too; a metric or a function is
    recorded for all `sets`.
    """
    found: dict[str, Metric | None] = {}
    for choice in _listed(metrics, "MLP.train"):
        if not isinstance(choice, str):
            metric = _as_metric(choice)
            for which in sets:
                _enter(found, f"{which}_{metric.name}", metric)
            continue
        which, _, kind = choice.partition("_")
        if which not in sets or kind not in ("loss", *METRICS):
            raise ValueError(
                f"MLP.train expected metrics such as train_loss, of the sets {', '.join(sets)} and the kinds "
                f"{', '.join(['loss', *METRICS])}, got {choice!r}; a test set comes with a dataset, validation with "
                "validation_split=0.1"
            )
        named = None if kind == "loss" else (accuracy or Accuracy()) if kind == "accuracy" else METRICS[kind]()
        _enter(found, choice, named)
    if "validation" in sets:
        for kind, named in (
            {"loss": None} | {name.partition("_")[2]: metric for name, metric in found.items()}
        ).items():
            _enter(found, f"validation_{kind}", named)
    _check(found, targets, n_out)
    return found


def _listed(metrics: Iterable[MetricLike], caller: str) -> Iterator[MetricLike]:
    """Yield the metrics of a list, after checking that it is none of them itself."""
    if isinstance(metrics, str) or callable(metrics):
        shown = repr(metrics) if isinstance(metrics, (str, Metric)) else getattr(metrics, "__name__", repr(metrics))
        raise ValueError(f"{caller} expected a list of metrics, got {shown} alone; write metrics=[{shown}]")
    yield from metrics


def _as_metric(choice: MetricLike) -> Metric:
    """Return the metric that a name, a metric or a function stands for."""
    if isinstance(choice, (str, Metric, type)) or not callable(choice):
        return resolve(choice, METRICS, Metric)  # type: ignore[return-value]  # or raises
    if not str(getattr(choice, "__name__", "")).isidentifier():
        raise ValueError(
            f"Metric expected a function with a name, which the history shows, got {choice!r}; define one with def"
        )
    return FunctionMetric(choice)


def _enter(found: dict[str, Metric | None], name: str, metric: Metric | None) -> None:
    """Enter a metric under its name, which may be there already if it is that of an equal one."""
    if name in found and repr(found[name]) != repr(metric):
        raise ValueError(
            f"two metrics are called {name!r}, {found[name] or 'the loss'} and {metric or 'the loss'}; give one of "
            "them another name"
        )
    found[name] = metric


def _check(found: dict[str, Metric | None], targets: NDArray[Any], n_out: int) -> None:
    for metric in found.values():
        if metric is not None:
            metric.check_targets(targets, n_out)
