"""Formulas: chosen by name, such as ``"relu"`` for ``ReLU()``, and computed with floating arrays."""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import ArrayLike, FloatArray

__all__ = [
    "CheckedFormula",
    "Choice",
    "Formula",
    "Range",
    "as_floating",
    "check_count",
    "check_finite",
    "constant",
    "resolve",
]

T = TypeVar("T")


class Formula:
    """A formula with its settings (an activation, a loss, ...), which prints as the call that makes it.

    Examples
    --------
    >>> from mlpkit.activations import LeakyReLU
    >>> LeakyReLU(0.1)
    LeakyReLU(epsilon=0.1)
    """

    def __copy__(self) -> Self:
        """Copy deeply: one of one's own may hold a generator, which copies must not share."""
        return copy.deepcopy(self)

    @property
    def settings(self) -> dict[str, Any]:
        """The arguments that make an equal formula, by name."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        return f"{type(self).__name__}({settings})"


@dataclass(frozen=True)
class Range:
    """The numbers that a setting may be.

    Parameters
    ----------
    least, below : float
        What they must reach, and what they must stay below; no range holds infinity or nan.
    positive : bool
        Whether 0 is left out.
    whole : bool
        Whether only whole numbers fit.
    also : tuple of type
        What else fits, beside numbers.
    advice : str
        What an error message tells to do.

    Examples
    --------
    >>> Range(below=1.0).checked(np.float64(0.9), "SGD", "momentum")
    0.9
    """

    least: float = 0.0
    below: float = math.inf
    positive: bool = False
    whole: bool = False
    also: tuple[type, ...] = ()
    advice: str = "choose another"

    def checked(self, value: Any, owner: str, name: str) -> Any:
        """Return a setting as a Python number: one of numpy, a float64, would upcast float32 arrays.

        Raises
        ------
        ValueError
            If `value` is not a number of this range; `owner` and `name` say whose setting it is.
        """
        if isinstance(value, self.also):
            return value
        if getattr(value, "ndim", None) == 0:  # a number of numpy
            value = value.item()
        if isinstance(value, Real) and value is not True and value is not False and self._holds(value):
            return int(value) if self.whole else float(value)  # type: ignore[call-overload]  # Real lacks __index__
        bounds = "positive" if self.positive else f"at least {self.least:g}"
        rule = f"{bounds} and below {self.below:g}" if self.below < math.inf else f"finite and {bounds}"
        if self.whole:
            rule = f"a whole number of {bounds}"
        raise ValueError(f"{owner} expected {name} to be {rule}, got {value!r}; {self.advice}")

    def _holds(self, number: Any) -> bool:
        reached = number > 0 if self.positive else number >= self.least
        bounded = number < self.below and number <= sys.float_info.max
        return bool(reached and bounded and not (self.whole and number % 1))


class CheckedFormula(Formula):
    """A formula whose settings are checked whenever they are set: those in `ranges`, and no others.

    Attributes
    ----------
    ranges : dict of str to Range
        The ranges of the settings of this class; what a subclass adds is its own business.
    """

    ranges: ClassVar[dict[str, Range]] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        allowed = type(self).ranges.get(name)
        if allowed is not None:
            value = allowed.checked(value, type(self).__name__, name)
        elif isinstance(value, np.generic):
            value = value.item()
        super().__setattr__(name, value)


class Choice(Generic[T]):
    """An attribute whose values are instances of one class; a name that is assigned is resolved, as by `resolve`.

    The constructor must assign it.

    Parameters
    ----------
    base : type
        What every value is an instance of.
    registry : mapping of str to class
        The names on offer.
    default : callable, optional
        Makes what None stands for; without it, None stays None.

    Examples
    --------
    >>> from mlpkit.activations import ACTIVATIONS, Activation
    >>> class Neuron:
    ...     activation = Choice(Activation, ACTIVATIONS)
    >>> neuron = Neuron()
    >>> neuron.activation = "relu"
    >>> neuron.activation
    ReLU()
    """

    def __init__(
        self, base: type[Any], registry: Mapping[str, type[Any]], default: Callable[[], T] | None = None
    ) -> None:
        self.base, self.registry, self.default = base, registry, default

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    if TYPE_CHECKING:  # a method would make reading slow: as it is, Python finds what __set__ has put

        @overload
        def __get__(self, thing: None, owner: type) -> Self: ...
        @overload
        def __get__(self, thing: object, owner: type) -> T: ...
        def __get__(self, thing: object | None, owner: type) -> Self | T: ...

    def __set__(self, thing: object, value: T | str | None) -> None:
        if value is not None:
            value = resolve(value, self.registry, self.base)
        elif self.default is not None:
            value = self.default()
        thing.__dict__[self.name] = value


def resolve(choice: T | str, registry: Mapping[str, type[T]], base: type) -> T:
    """Return `choice` itself, or a new object of the class that it names.

    Parameters
    ----------
    choice : object or str
        An instance of `base`, or a name in `registry`.
    registry : mapping of str to class
        The names on offer.
    base : type
        What every choice must be an instance of.

    Returns
    -------
    object
        An instance of `base`.

    Raises
    ------
    ValueError
        If `choice` is neither an instance of `base` nor a known name.

    Examples
    --------
    >>> from mlpkit.activations import ACTIVATIONS, Activation
    >>> resolve("relu", ACTIVATIONS, Activation)
    ReLU()
    """
    if isinstance(choice, base):
        return choice  # type: ignore[return-value]  # base is the common class of the registry's entries
    if isinstance(choice, str) and choice in registry:
        return registry[choice]()
    rule = f"{base.__name__} expected an instance"
    if registry:
        rule += f" or one of the names {', '.join(sorted(registry))}"
    if isinstance(choice, type):
        raise ValueError(f"{rule}; got the class {choice.__name__}; create an instance: {choice.__name__}()")
    advice = "choose a name from the list or pass an instance"
    if not registry:
        advice = f"create one, such as {base.__subclasses__()[0].__name__}()"
    raise ValueError(f"{rule}; got {choice!r}; {advice}")


def as_floating(values: ArrayLike) -> FloatArray:
    """Return `values` as a floating array: itself if it is one (float32 stays float32), else a float64 copy."""
    array = np.asarray(values)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


@lru_cache(maxsize=256)
def constant(value: float, dtype: np.dtype[Any]) -> FloatArray:
    """Return a number as an array without dimensions: small arrays are computed with it in half the time."""
    array: FloatArray = np.array(value, dtype)
    array.flags.writeable = False  # everybody gets the same one
    return array


def check_finite(values: NDArray[Any], name: str) -> None:
    """Raise a ValueError that calls the values `name` if one of them is infinite or nan."""
    with np.errstate(all="ignore"):
        if values.dtype.kind != "f" or np.isfinite(np.add.reduce(values, axis=None)):  # quicker than to look at each
            return
    wrong = np.argwhere(~np.isfinite(values))
    if len(wrong):
        raise ValueError(
            f"MLP expected finite numbers in {name}, got {len(wrong)} that are infinite or nan, the first in row "
            f"{wrong[0][0]}; clean the data"
        )


def check_count(count: Any, owner: str, name: str, least: int = 1) -> int:
    """Return an integer, or raise a ValueError, with its `owner` and `name`, for 2.0, True and those below `least`."""
    if not isinstance(count, bool) and isinstance(count, (int, np.integer)) and count >= least:
        return int(count)
    rule = "a positive integer" if least == 1 else f"an integer of at least {least}"
    raise ValueError(f"{owner} expected {name} to be {rule}, got {count!r}")
