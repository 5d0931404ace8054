"""What stands in the tests for an object of the student's: it forwards, and never answers for itself.

Each handle has a class of its own, made of what the student's process claims of the object's class: its name,
and the special methods, so that `type(x).__name__`, `callable`, `len` and operators do as they would there.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, NoReturn, Protocol

from autograder.execute.claims import FIELDS, Claim, Name, class_here, name_of
from autograder.execute.contract import ContractError
from autograder.execute.signatures import code, signature

OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
UNARY = ("neg", "pos", "abs", "invert")
COMPARISONS = {"eq": "equality", "ne": "equality", **dict.fromkeys(("lt", "le", "gt", "ge"), "order")}
NUMBERS = ("float", "int", "complex", "index", "round", "trunc", "floor", "ceil")
JUDGED = {
    **COMPARISONS,
    "bool": "truth",
    "contains": "membership",
    "array": "array",
    **dict.fromkeys(NUMBERS, "value"),
}
"""What an object is asked for only where the reference was asked, too, with the same kind of operand."""

NOT_FORWARDED = ("__", "_repr_", "_ipython_")
"""What Python, numpy and IPython ask any object for is not asked of the student's, but for `READABLE`."""
READABLE = {"name", "qualname", "dict", "annotations", "defaults", "kwdefaults", "wrapped"}
READABLE |= {"sklearn_tags", "sklearn_is_fitted", "sklearn_clone"}  # by which scikit-learn knows its estimators
BASES = ("__bases__", "__base__", "__mro__")

Operate = Callable[..., Any]


class Keeper(Protocol):
    """What a handle needs of the connection to the student's process."""

    def operate(self, operation: str, handle: Handle, *args: object, **kwargs: object) -> Any:
        """Carry an operation out there."""

    def did(self, operation: str, handle: Handle, *args: object) -> bool:
        """Return whether the reference was asked for this operation."""

    def misuse(self, message: str, refused: str = "") -> NoReturn:
        """Fail the cell for good, and raise."""

    def claim(self, number: int) -> Claim:
        """Return what is claimed of a class."""

    def release(self, number: int) -> None:
        """Forget an object."""


class HandleType(type):
    """The class of handles to objects of one class; it equals that class, and whatever passes for it."""

    claim: Claim | None = None

    def __eq__(cls, other: object) -> bool:
        return cls is other or (cls.claim is not None and cls.claim.chain[0] == claimed_name(other))

    __hash__ = type.__hash__


class Handle(metaclass=HandleType):
    """An object of the student's: call it, read and set attributes, index, iterate, compute with it.

    What it is worth to a test is only ever the data that comes back. It has no truth, order, equality or
    value of its own, since those would be the student's to make up, unless the reference has them, too.
    """

    __slots__ = ("__weakref__", "_remote")
    __array_ufunc__ = None  # an array leaves an operation with a handle to the handle

    def __init__(
        self, keeper: Keeper, number: int, label: str, refusal: ContractError | None = None, own: int = -1
    ) -> None:
        object.__setattr__(self, "_remote", (keeper, number, label, refusal, own))

    def __del__(self) -> None:
        keeper, number, *_ = self._remote
        keeper.release(number)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """The class that `isinstance` goes by: the test's own of the claimed name, else that of the handle."""
        kind = type(self)
        return (kind.claim and kind.claim.here()) or kind

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name == "__signature__" and callable(self):
            return signature(operate(self, "signature"))
        claim = type(self).claim
        if name == "__code__" and claim and claim.here() is FunctionType:
            return code(operate(self, "code"))
        if name in BASES and self._remote[4] >= 0:
            return _as_here(operate(self, "get", name))
        if name == FIELDS and self._remote[4] >= 0:
            return self._remote[0].claim(self._remote[4]).dataclass_fields()
        if name.startswith(NOT_FORWARDED) and name[2:-2] not in READABLE and not self._has(name):
            raise AttributeError(f"{self._remote[2]} has no attribute {name!r} here")
        return operate(self, "get", name)

    def _has(self, name: str) -> bool:
        """Return whether this is a class whose objects have a special method."""
        keeper, _, _, _, own = self._remote
        return own >= 0 and name in keeper.claim(own).methods

    def __setattr__(self, name: str, value: object) -> None:
        __tracebackhide__ = True
        operate(self, "set", name, value)

    def __delattr__(self, name: str) -> None:
        __tracebackhide__ = True
        operate(self, "delete", name)

    def __repr__(self) -> str:
        _, _, label, refusal, _ = self._remote
        return f"<the student's {label}>" if refusal else operate(self, "repr")

    def __str__(self) -> str:
        return repr(self) if self._remote[3] else operate(self, "str")

    def __format__(self, form: str) -> str:
        return repr(self) if self._remote[3] else operate(self, "format", form)

    def __dir__(self) -> Any:
        return operate(self, "dir")

    def __copy__(self) -> Any:
        return operate(self, "copy")

    def __deepcopy__(self, memory: object) -> Any:
        return operate(self, "deepcopy")

    def __hash__(self) -> int:
        keeper, *_ = self._remote
        return operate(self, "hash") if keeper.did("hash", self) else id(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        __tracebackhide__ = True
        array = operate(self, "array")
        if is_handle(array):
            _misuse(self, "array")
        return array if dtype is None else array.astype(dtype)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        here = [one.__array__() if is_handle(one) else one for one in args]
        return function(*here, **{name: one.__array__() if is_handle(one) else one for name, one in kwargs.items()})

    def __mro_entries__(self, bases: object) -> NoReturn:
        keeper: Keeper = self._remote[0]
        label = self._remote[2]
        said = (
            f"a test cannot derive a class from {label}, which is in another process: derive it in an instructor's cell"
        )
        keeper.misuse(said, f"a class derived from {label}")

    def __instancecheck__(self, value: Any) -> Any:
        __tracebackhide__ = True
        if is_handle(value):
            return operate(self, "isinstance", value)
        return self.__subclasscheck__(type(value))

    def __subclasscheck__(self, kind: Any) -> Any:
        __tracebackhide__ = True
        if is_handle(kind):
            return operate(self, "issubclass", kind)
        own = claimed_name(self)
        if own is None:
            raise TypeError(f"{self._remote[2]} is no class")
        told: tuple[str, ...] = getattr(kind, "students_names", ())  # an exception, told of in names
        chain = kind.claim.chain if issubclass(type(kind), HandleType) and kind.claim else map(name_of, kind.__mro__)
        return own in chain or own[1].split(".")[-1] in told


def is_handle(value: object) -> bool:
    """Return whether something stands for an object of the student's, whatever it says of itself."""
    return issubclass(type(value), Handle)


def claimed_name(kind: Any) -> Name | None:
    """Return module and qualified name of a class, real or claimed; None of what is none."""
    if is_handle(kind):
        keeper, _, _, _, own = kind._remote
        return keeper.claim(own).chain[0] if own >= 0 else None
    if issubclass(type(kind), HandleType):
        return kind.claim.chain[0] if kind.claim else None
    return name_of(kind) if issubclass(type(kind), type) else None


def _as_here(kinds: Any) -> Any:
    """Return classes of the student's, those that this process has as itself."""
    if type(kinds) is tuple:
        return tuple(map(_as_here, kinds))
    name = claimed_name(kinds) if is_handle(kinds) else None
    return (name and class_here(name)) or kinds


def operate(handle: Handle, operation: str, *args: object, **kwargs: object) -> Any:
    """Have an operation carried out where the object is, if it may be asked for."""
    __tracebackhide__ = True
    keeper, _, _, refusal, _ = handle._remote
    if refusal:
        keeper.misuse(str(refusal), refusal.refused)
    if operation in JUDGED and not keeper.did(operation, handle, *args):
        _misuse(handle, JUDGED[operation])
    return keeper.operate(operation, handle, *args, **kwargs)


def forward(operation: str) -> Operate:
    """Return the method that asks for an operation."""

    def method(self: Handle, *others: object, **named: object) -> Any:
        __tracebackhide__ = True
        return operate(self, operation, *others, **named)

    return method


def _compare(operation: str) -> Operate:
    asked = forward(operation)

    def method(self: Handle, other: object) -> Any:
        __tracebackhide__ = True
        if self._remote[4] >= 0 and issubclass(type(other), type):  # a class and type(x)
            return (claimed_name(self) == claimed_name(other)) is (operation == "eq")
        return asked(self, other)

    return method


def _refuse(what: str) -> Operate:
    def method(self: Handle, *others: object, **named: object) -> NoReturn:
        __tracebackhide__ = True
        _misuse(self, what)

    return method


def _misuse(handle: Handle, what: str) -> NoReturn:
    __tracebackhide__ = True
    keeper: Keeper = handle._remote[0]
    _, _, label, refusal, _ = handle._remote
    if refusal:
        keeper.misuse(str(refusal), refusal.refused)
    said = f"{label} is an object of the student's, which has no {what} here: ask it for data"
    keeper.misuse(said, f"{what} of {label}")


for _name in COMPARISONS:
    setattr(Handle, f"__{_name}__", _compare(_name))
for _name in (*NUMBERS, "bool"):
    setattr(Handle, f"__{_name}__", forward(_name))
setattr(Handle, "__reduce_ex__", _refuse("copy"))  # noqa: B010 (mypy takes no assignment)
