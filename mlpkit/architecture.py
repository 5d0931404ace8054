"""The architecture of a network as JSON: the names of its layers and optimizers, with their settings.

Rebuilding looks these names up among the classes of this library, and calls the class with the settings that stand
beside it. A new layer or formula needs nothing for this, if its constructor's arguments are attributes of the same
names (``n`` and ``dtype`` may be left to the layer's widths and parameters), or if a property `settings` gives them.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from mlpkit.arrays import FloatArray, trainable_dtype
from mlpkit.layers import Layer
from mlpkit.network import MLP
from mlpkit.optimizers import Optimizer
from mlpkit.registry import Formula
from mlpkit.stack import LayerStack

__all__ = ["DTYPES", "describe", "rebuild"]

DTYPES = ("float32", "float64")
WIDTHS = ("n", "n_in", "n_out")
MOST_NESTED = 16  # formulas within formulas, such as a schedule after a warm-up
NOT_SETTINGS = frozenset({"rng", "layers"})  # a rebuilt network draws new random numbers


def describe(model: LayerStack) -> dict[str, Any]:
    """Describe a network without its parameters.

    Parameters
    ----------
    model : MLP
        The network.

    Returns
    -------
    dict
        Under ``"layers"`` and ``"optimizers"`` the name and the settings of each, as JSON can hold them, and under
        ``"settings"`` those of the network. The first optimizer is the network's; layers name theirs by its number.

    Raises
    ------
    ValueError
        If a layer or formula is not one of this library, or JSON cannot hold one of its settings.

    Examples
    --------
    >>> from mlpkit.layers import Dense
    >>> architecture = describe(MLP([Dense(2, 1, "tanh")], optimizer="sgd"))
    >>> architecture["optimizers"]
    [{'class': 'SGD', 'settings': {'learning_rate': 0.01, 'momentum': 0.0, 'weight_decay': 0.0}}]
    >>> architecture["layers"][0]["settings"]["activation"]
    {'formula': {'class': 'Tanh', 'settings': {}}}
    """
    optimizers: list[Optimizer] = [model.optimizer]
    return {
        "layers": [_describe_one(layer, Layer, optimizers) for layer in model.layers],
        "optimizers": [_describe_one(one, Formula, []) for one in optimizers],
        "settings": {name: _encode(value, f"MLP.{name}", []) for name, value in _settings(model).items()},
    }


def rebuild(architecture: Mapping[str, Any], n_values: int) -> MLP:
    """Make a network from its description, with parameters as of a new one.

    Parameters
    ----------
    architecture : mapping
        What `describe` has returned, perhaps with a way through a file, and not to be trusted.
    n_values : int
        How many numbers there are to fill the network with; no larger one is made.

    Returns
    -------
    MLP

    Raises
    ------
    Exception
        If the description is not one, or names something that this library does not have.

    Examples
    --------
    >>> from mlpkit.layers import Dense
    >>> rebuild(describe(MLP([Dense(2, 1)])), 3)
    MLP([
        Dense(2, 1, activation=Sigmoid()),
    ])  # 3 parameters, float32
    """
    optimizers = [_build(one, Formula, []) for one in architecture["optimizers"]]
    layers = _build_layers(architecture["layers"], optimizers, n_values)
    settings = {name: _decode(value, []) for name, value in architecture["settings"].items()}
    return MLP(layers, optimizer=optimizers[0], **settings)


def _describe_one(thing: Layer | Formula, base: type, optimizers: list[Optimizer]) -> dict[str, Any]:
    """Return the name and the settings of a layer or formula, as JSON can hold them."""
    cls: type = type(thing)
    name = cls.__name__
    if not _is_ours(cls, base):
        raise ValueError(
            f"save expected layers and formulas of mlpkit, got {cls.__module__}.{name}, which load could not "
            "find again; save its parameters by themselves: numpy.save(path, model.parameters)"
        )
    description: dict[str, Any] = {
        "class": name,
        "settings": {key: _encode(value, f"{name}.{key}", optimizers) for key, value in _settings(thing).items()},
    }
    if isinstance(thing, Layer) and thing.sublayers:
        description["layers"] = [_describe_one(layer, Layer, optimizers) for layer in thing.sublayers]
    elif isinstance(thing, Layer) and not thing.trainable:
        description["trainable"] = False
    return description


def _settings(thing: Layer | Formula | LayerStack) -> dict[str, Any]:
    """Return the arguments that make an equal thing: by its own account, or its attributes of that name."""
    own: dict[str, Any] | None = getattr(thing, "settings", None)
    if own is not None:
        return own
    known = dict(vars(thing))
    if isinstance(thing, Layer):
        known.setdefault("n", thing.n_out)
        for array in thing.params.values():
            known.setdefault("dtype", array.dtype)
    left_out = NOT_SETTINGS | ({"optimizer"} if isinstance(thing, LayerStack) else set())
    cls: type = type(thing)
    names = _arguments(cls).keys() - left_out
    return {name: known[name] for name in sorted(names & known.keys())}


def _encode(value: Any, name: str, optimizers: list[Optimizer]) -> Any:
    if isinstance(value, Optimizer):  # layers may share one, and shall share it again
        if not any(value is known for known in optimizers):
            optimizers.append(value)
        return {"optimizer": next(i for i, known in enumerate(optimizers) if known is value)}
    if isinstance(value, Formula):
        return {"formula": _describe_one(value, Formula, optimizers)}
    if isinstance(value, np.dtype):
        return {"dtype": value.name}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (list, tuple)):
        return [_encode(entry, name, optimizers) for entry in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError(f"save expected {name} to be a number, a text, a dtype or a formula, got {value!r}")


def _decode(value: Any, optimizers: list[Any], depth: int = 0) -> Any:
    if depth > MOST_NESTED:
        raise ValueError(f"expected at most {MOST_NESTED} settings within settings, got more")
    if isinstance(value, list):
        return [_decode(entry, optimizers, depth + 1) for entry in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "optimizer":
        return optimizers[content]
    if kind == "dtype":
        if content not in ("float16", *DTYPES):
            raise ValueError(f"expected a dtype of {', '.join(DTYPES)}, got {content!r}")
        return trainable_dtype(content, "load")
    if kind == "formula":
        return _build(content, Formula, optimizers, depth=depth + 1)
    raise ValueError(f"expected a setting of a known kind, got {kind!r}")


def _build(description: Mapping[str, Any], base: type, optimizers: list[Any], n_values: int = 0, depth: int = 0) -> Any:
    """Make the layer or formula that `_describe_one` has described, a layer of at most `n_values` numbers."""
    cls = _class(base, description["class"])
    settings = {key: _decode(value, optimizers, depth) for key, value in description["settings"].items()}
    for name, argument in _arguments(cls).items():
        value = settings.get(name, 0.0)
        if isinstance(argument.default, float) and not isinstance(value, (int, float, Formula)):
            raise ValueError(f"expected {name} of {cls.__name__} to be a number, got {value!r}")
    if base is not Layer:
        return cls(**settings)
    if "layers" in description:
        settings["layers"] = _build_layers(description["layers"], optimizers, n_values, depth + 1)
    _check_size(cls, settings, n_values)
    layer, trainable = cls(**settings), description.get("trainable", True)
    if not isinstance(trainable, bool):
        raise ValueError(f"expected trainable of {cls.__name__} to be true or false, got {trainable!r}")
    if not trainable:
        layer.trainable = False
    return layer


def _build_layers(
    descriptions: Iterable[Mapping[str, Any]], optimizers: list[Any], n_values: int, depth: int = 0
) -> list[Layer]:
    """Make layers one after the other, of at most `n_values` numbers together."""
    if depth > MOST_NESTED:
        raise ValueError(f"expected at most {MOST_NESTED} layers within layers, got more")
    layers: list[Layer] = []
    for one in descriptions:
        layers.append(_build(one, Layer, optimizers, n_values, depth))
        n_values -= sum(array.size for array in _held(layers[-1]))
    return layers


def _check_size(cls: type, settings: Mapping[str, Any], n_values: int) -> None:
    """Refuse a layer that would hold more numbers than there are, before it takes their memory."""
    widths = {name: settings[name] for name in WIDTHS if settings.get(name) is not None}
    for name, width in widths.items():
        if not isinstance(width, int) or isinstance(width, bool):
            raise ValueError(f"expected {name} of {cls.__name__} to be a whole number, got a {type(width).__name__}")
        if width < 1:
            raise ValueError(f"expected {name} of {cls.__name__} to be a positive integer, got {width}")
    narrow = cls(**{**settings, **dict.fromkeys(widths, 1)}) if widths else None  # tells whether it holds any numbers
    if narrow is not None and _held(narrow) and math.prod(widths.values()) > n_values:
        size = " x ".join(str(width) for width in widths.values())
        raise ValueError(f"expected a layer of at most {n_values} numbers, got {cls.__name__} with {size}")


def _held(layer: Layer) -> list[FloatArray]:
    """Return the arrays of a layer that are saved."""
    return [*layer.params.values(), *layer.buffers.values()]


@lru_cache(maxsize=256)  # in a network of many layers, each kind is looked up once
def _arguments(cls: type) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(cls).parameters


@lru_cache(maxsize=256)
def _class(base: type, name: str) -> type:
    """Return the class of this library that derives from `base` and has a name."""
    found = _classes(base).get(name)
    if found is None:
        raise ValueError(f"expected a {base.__name__.lower()} of this version of mlpkit, got the name {name!r}")
    return found


@lru_cache(maxsize=256)
def _is_ours(cls: type, base: type) -> bool:
    return _classes(base).get(cls.__name__) is cls


def _classes(base: type) -> dict[str, type]:
    """Return the classes of this library that derive from `base`, by name."""
    found: dict[str, type] = {}
    subclasses: list[type] = base.__subclasses__()
    for cls in subclasses:
        if cls.__module__.partition(".")[0] == "mlpkit":
            found.update({cls.__name__: cls} if not inspect.isabstract(cls) else {})
            found.update(_classes(cls))
    return found
