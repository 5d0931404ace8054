"""Networks in files: the parameters as safetensors, the architecture as JSON in the header.

Such a file holds numbers and text, nothing that could run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from mlpkit.architecture import DTYPES, describe, rebuild
from mlpkit.arrays import FloatArray
from mlpkit.callbacks import Watcher
from mlpkit.files import write_atomically
from mlpkit.network import MLP
from mlpkit.optimizers import OptimizerState
from mlpkit.optional import needed_by
from mlpkit.run import TrainingRun
from mlpkit.stack import LayerStack

__all__ = ["FORMAT_VERSION", "Checkpoint", "load", "save"]

FORMAT_VERSION = 2
"""The newest version that `load` reads; `save` writes the oldest that can hold the contents, 1 without a memory."""


def save(model: LayerStack, path: str | os.PathLike[str], *, optimizer: bool = False) -> None:
    """Write a network to a file: its layers with their settings and parameters, and the settings of its optimizers.

    The same network makes the same bytes. Generators of random numbers, such as those of `Dropout`, are not saved.

    Parameters
    ----------
    model : MLP
        The network.
    path : path-like
        The file, usually ``….safetensors``; what it held before is replaced, once the new contents are complete.
    optimizer : bool, default False
        Whether to write what the optimizers remember, too: velocities, averages, and the number of steps, by which
        schedules go. Training then goes on as if it had not been interrupted; the file is two to three times as long.

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
    states = _states(model) if optimizer else []
    tensors = {name: np.ascontiguousarray(array) for name, array in _arrays(model, states)}
    for name, array in tensors.items():
        if array.dtype.name not in DTYPES:
            raise ValueError(f"save expected arrays of {', '.join(DTYPES)}, got {array.dtype} in {name}")
    header = {
        "format": "mlpkit",
        "format_version": "2" if optimizer else "1",
        "architecture": json.dumps(describe(model), sort_keys=True),
    }
    if optimizer:
        header["steps"] = json.dumps([None if state is None else state.step for state in states])
    write_atomically(path, _with_sorted_header(to_bytes(tensors, header)))


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
        A network that computes the same. Its optimizers have the same settings, and the memory that was saved with
        ``optimizer=True``, or an empty one.

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
        states = _remember(model, json.loads(header["steps"])) if "steps" in header else []
        expected = dict(_arrays(model, states))
        _check_tensors(expected, tensors)
    except Exception as error:  # whatever a damaged description leads to
        raise ValueError(
            f"load cannot rebuild the network in {os.fspath(path)}: {error or type(error).__name__}; "
            "the file is damaged, or not from this version of mlpkit: save it anew, or update mlpkit"
        ) from error
    for name, array in expected.items():
        array[...] = tensors[name]
    return model


class Checkpoint(Watcher):
    """Saves the network after every epoch, or after those that improve a metric.

    "Every epoch" and "better than ever" go over all calls of `train` with this callback, so that a second call does not
    replace a better file. Given another network, it starts afresh, and so does a new callback.

    Parameters
    ----------
    path : path-like
        The file. Placeholders stand for the number of the epoch, from 1, and for the metrics, and may have a format:
        ``"epoch-{epoch:03d}-{train_loss:.2f}.safetensors"``.
    monitor : str, optional
        Save only if this metric is better than ever; nan never is.
    mode : {"auto", "min", "max"}, default "auto"
        Whether the best value is the smallest or the largest; the metric itself tells, if it is not given.
    optimizer : bool, default False
        Whether to save what the optimizers remember, too.

    Raises
    ------
    ValueError
        If `mode` is unknown, or, when training begins, if a metric is not computed or does not tell its direction, or
        a placeholder is unknown.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        monitor: str | None = None,
        mode: str = "auto",
        *,
        optimizer: bool = False,
    ) -> None:
        super().__init__(monitor, mode)
        self.path, self.optimizer = os.fspath(path), optimizer

    def on_train_begin(self, run: TrainingRun) -> None:
        """Check that the metric will be computed, and that the placeholders can be filled."""
        super().on_train_begin(run)
        try:
            self.path.format(epoch=1, **dict.fromkeys(run.metrics, 0.0))
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            raise ValueError(
                f"Checkpoint expected placeholders of epoch, {', '.join(run.metrics)} in its path, got {self.path!r} "
                f"({error}); write a brace that is none twice, {{{{ or }}}}"
            ) from None

    def on_epoch_end(self, run: TrainingRun) -> None:
        """Save the network if it is better than ever, or always without `monitor`."""
        if self.is_best(run):
            path = self.path.format(epoch=self.n_epochs, **run.history.last())
            save(run.model, path, optimizer=self.optimizer)


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
    except (SafetensorError, TypeError, AttributeError) as error:  # the last two from dtypes that numpy has not
        raise ValueError(
            f"load expected a whole safetensors file, got {os.fspath(path)}, which is none, is damaged or cut off "
            f"({error}); copy or save it again"
        ) from None


def _arrays(model: LayerStack, states: Iterable[OptimizerState | None]) -> Iterator[tuple[str, FloatArray]]:
    """Yield every array to save, by name: parameters, buffers, and what the optimizers remember of each layer."""
    for i, layer in enumerate(model.layers):
        for name, array in (*layer.params.items(), *layer.buffers.items()):
            yield f"layers.{i}.{name}", array
    for i, state in enumerate(states):
        for k, array in enumerate([] if state is None else state.memory):
            yield f"optimizer.{i}.{k}", array


def _states(model: LayerStack) -> list[OptimizerState | None]:
    """Return what the optimizers remember of each layer that learns; None where one has not made a step."""
    known = [model._flat.states.get(stretch) for stretch in model._flat.updates.stretches]
    optimizers = [layer.optimizer or model.optimizer for layer in model._flat.learning]
    return [one[1] if one and one[0] is now else None for one, now in zip(known, optimizers, strict=True)]


def _remember(model: LayerStack, steps: list[int | None]) -> list[OptimizerState | None]:
    """Make the states of optimizers that have gone so many steps, with arrays to fill, and return them."""
    flat = model._flat
    for layer, (start, stop), step in zip(flat.learning, flat.updates.stretches, steps, strict=True):
        if step is not None:
            if not isinstance(step, int) or not 0 <= step < 1 << 63:
                raise ValueError(f"expected the number of steps to be a whole one of at least 0, got {step!r}")
            optimizer = layer.optimizer or model.optimizer
            state = optimizer.init(model.parameters[start:stop])
            state.step = step
            flat.states[start, stop] = optimizer, state
    return _states(model)


def _with_sorted_header(contents: bytes) -> bytes:
    """Return a safetensors file with the entries of its header in order: safetensors writes them in any."""
    stop = 8 + int.from_bytes(contents[:8], "little")
    header = json.dumps(json.loads(contents[8:stop]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)  # the numbers begin at a multiple of 8 bytes
    return len(header).to_bytes(8, "little") + header + contents[stop:]


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
