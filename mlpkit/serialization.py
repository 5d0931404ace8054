"""Networks in files: the parameters as safetensors, the architecture as JSON in the header.

Such a file holds numbers and text, nothing that could run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping

import numpy as np

from mlpkit.architecture import DTYPES, describe, rebuild
from mlpkit.arrays import FloatArray
from mlpkit.callbacks import Callback
from mlpkit.files import write_atomically
from mlpkit.network import MLP
from mlpkit.optional import needed_by
from mlpkit.run import TrainingRun
from mlpkit.stack import LayerStack

__all__ = ["FORMAT_VERSION", "Checkpoint", "load", "save"]

FORMAT_VERSION = 1
"""The version that `save` writes; `load` reads it and all older ones."""


def save(model: LayerStack, path: str | os.PathLike[str]) -> None:
    """Write a network to a file: its layers with their settings and parameters, and its optimizers.

    The memory of the optimizers (velocities, averages) is not saved: training goes on with an empty one.

    Parameters
    ----------
    model : MLP
        The network.
    path : path-like
        The file, usually ``….safetensors``; what it held before is replaced, once the new contents are complete.

    Raises
    ------
    ValueError
        If a layer is not one of this library, or something in its settings cannot be written as JSON.
    OSError
        If the file cannot be written.

    References
    ----------
    Hugging Face, "Safetensors: a simple, safe way to store and distribute tensors", 2022.

    Examples
    --------
    >>> import tempfile
    >>> from mlpkit import Dense
    >>> model = MLP([Dense(3, 4, "relu"), Dense(4, 1)], optimizer="sgd")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, f"{folder}/model.safetensors")
    ...     copy = load(f"{folder}/model.safetensors")
    >>> copy
    MLP([
        Dense(3, 4, activation=ReLU()),
        Dense(4, 1, activation=Sigmoid()),
    ])  # 21 parameters, float32
    >>> np.array_equal(copy.parameters, model.parameters)
    True
    """
    with needed_by("save"):
        from safetensors.numpy import save as to_bytes
    architecture = describe(model)
    tensors = {name: np.ascontiguousarray(array) for name, array in _arrays(model)}
    for name, array in tensors.items():
        if array.dtype.name not in DTYPES:
            raise ValueError(f"save expected arrays of {', '.join(DTYPES)}, got {array.dtype} in {name}")
    header = {
        "format": "mlpkit",
        "format_version": str(FORMAT_VERSION),
        "architecture": json.dumps(architecture, sort_keys=True),
    }
    write_atomically(path, to_bytes(tensors, header))


def load(path: str | os.PathLike[str]) -> MLP:
    """Read a network that `save` has written.

    Nothing in the file is executed: names are looked up among the layers and formulas of this library.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    MLP
        A network that computes the same. Its optimizers have the same settings, and an empty memory.

    Raises
    ------
    ValueError
        If the file is damaged, was written by another program, or by a newer version of this one.
    OSError
        If the file cannot be read.
    """
    header, tensors = _read(path)
    try:
        n_values = sum(array.size for array in tensors.values())
        model = rebuild(json.loads(header["architecture"]), n_values)
        expected = dict(_arrays(model))
        _check_tensors(expected, tensors)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError(
            f"load cannot rebuild the network in {os.fspath(path)}: {error or type(error).__name__}; "
            "the file is damaged, or not from this version of mlpkit: save it anew, or update mlpkit"
        ) from error
    for name, array in expected.items():
        array[...] = tensors[name]
    return model


class Checkpoint(Callback):
    """Saves the network after every epoch, or after those that improve a metric.

    Parameters
    ----------
    path : path-like
        The file; ``{epoch}`` in it is replaced by the number of the epoch, from 1.
    monitor : str, optional
        Save only if this metric is better than ever.

    Raises
    ------
    ValueError
        When training begins, if the metric is not computed.
    """

    def __init__(self, path: str | os.PathLike[str], monitor: str | None = None) -> None:
        self.path, self.monitor = os.fspath(path), monitor

    def on_train_begin(self, run: TrainingRun) -> None:
        """Check that the metric will be computed."""
        if self.monitor is not None:
            run.check_monitor(self.monitor, self)

    def on_epoch_end(self, run: TrainingRun) -> None:
        """Save the network if it is better than ever, or always without `monitor`."""
        if self.monitor is None or run.history.best(self.monitor)[0] == run.epoch:
            save(run.model, self.path.replace("{epoch}", str(run.epoch + 1)))


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, str], dict[str, FloatArray]]:
    """Return the header and the arrays of a file, after checking that they are whole and ours."""
    with needed_by("load"):
        from safetensors import SafetensorError, safe_open
    try:
        with safe_open(os.fspath(path), framework="numpy") as file:
            header: dict[str, str] = file.metadata() or {}
            found = header.get("format")
            if found != "mlpkit":
                raise ValueError(
                    f"load expected a network saved by mlpkit, got {os.fspath(path)}, a file of "
                    f"{'another program' if found is None else repr(found)}; write it with mlpkit.save(model, path)"
                )
            version = header.get("format_version", "")
            if not version.isdecimal() or int(version) > FORMAT_VERSION:
                raise ValueError(
                    f"load reads files up to format version {FORMAT_VERSION}, got {version!r} in {os.fspath(path)}; "
                    "it was written by a newer mlpkit: update mlpkit"
                )
            return header, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
    except SafetensorError as error:
        raise ValueError(
            f"load expected a whole safetensors file, got {os.fspath(path)}, which is none, is damaged or cut off "
            f"({error}); copy or save it again"
        ) from None


def _arrays(model: LayerStack) -> Iterator[tuple[str, FloatArray]]:
    """Yield every array to save, by name: parameters and buffers."""
    for i, layer in enumerate(model.layers):
        for name, array in (*layer.params.items(), *layer.buffers.items()):
            yield f"layers.{i}.{name}", array


def _check_tensors(expected: Mapping[str, FloatArray], found: Mapping[str, FloatArray]) -> None:
    if expected.keys() != found.keys():
        missing, extra = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
        raise ValueError(f"expected one array for each parameter, got none for {missing}, and {extra} besides")
    for name, array in expected.items():
        if array.shape != found[name].shape or array.dtype != found[name].dtype:
            raise ValueError(
                f"expected {name} of shape {array.shape} and dtype {array.dtype}, "
                f"got {found[name].shape} and {found[name].dtype}"
            )
