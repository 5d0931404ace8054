"""Backpropagation on single numbers: every result remembers what it was computed from.

Computing with `Value` instead of with floats builds a graph, and `Value.backward` walks it once, from the result back
to the inputs. That is all there is to reverse-mode differentiation; layers do the same with whole matrices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import TypeAlias, Union

__all__ = ["Value"]

Number: TypeAlias = Union["Value", float]


class Value:
    """A number that knows how it was computed, and can tell how the result depends on it.

    A computed value keeps its inputs and the local derivative by each of them: ``dz/dx`` for ``z = f(x, ...)``. With
    ``+ - * / **``, `exp`, `log`, `tanh`, `relu` and `sigmoid`, it computes; `backward` applies the chain rule.

    Parameters
    ----------
    data : float
        The number.
    name : str, default ""
        What a drawing calls it.
    operation : str, default ""
        What computed it; empty for an input.
    inputs : sequence of Value
        What it was computed from.
    local_derivatives : sequence of float
        Its derivative by each of the inputs.

    Attributes
    ----------
    grad : float
        Derivative of the result by this value, after `backward` of the result; 0 before.

    Raises
    ------
    TypeError
        If an operation gets something else than a number.
    ValueError
        If an operation or its derivative is not defined for its inputs: a logarithm of 0, a division by 0.
    OverflowError
        If the result or a local derivative of an operation on finite numbers is too large for a float.

    References
    ----------
    S. Linnainmaa, "Taylor expansion of the accumulated rounding error", 1976.

    Examples
    --------
    The squared error of a neuron with one input, and a step against its gradient:

    >>> x, y, w, b = Value(2, "x"), Value(2, "y"), Value(2, "w"), Value(1, "b")
    >>> o = w * x + b
    >>> L = (o - y) ** 2
    >>> L.backward()
    >>> o.data, L.data, o.grad, w.grad, b.grad
    (5.0, 9.0, 6.0, 12.0, 6.0)
    >>> w, b = Value(w.data - 0.1 * w.grad), Value(b.data - 0.1 * b.grad)
    >>> round(w.data, 12), round(b.data, 12), round(((w * x + b - y) ** 2).data, 12)
    (0.8, 0.4, 0.0)
    """

    __array_ufunc__ = None  # so that numpy's numbers leave the operation to this class

    def __init__(
        self,
        data: float,
        name: str = "",
        *,
        operation: str = "",
        inputs: Sequence[Value] = (),
        local_derivatives: Sequence[float] = (),
    ) -> None:
        self.data = float(data)
        self.grad = 0.0
        self.name = name
        self.operation = operation
        self.inputs = tuple(inputs)
        self.local_derivatives = tuple(local_derivatives)

    def backward(self) -> None:
        """Set `grad` of every value that this one depends on, to the derivative of this one by it.

        From the result to the inputs, each value hands ``grad * local derivative`` to each of its inputs. What is used
        twice gets two contributions, and their sum is right: that is the chain rule for several paths. An earlier
        `backward` leaves no trace.
        """
        order = self.topological_order()
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):  # whatever uses a value comes before it, so its gradient is complete
            for source, local_derivative in zip(value.inputs, value.local_derivatives, strict=True):
                source.grad += value.grad * local_derivative

    def topological_order(self) -> list[Value]:
        """List what this value depends on, and itself at the end: every value after its inputs, and once only.

        Examples
        --------
        >>> x = Value(3, "x")
        >>> [value.data for value in (x * x + 1).topological_order()]
        [3.0, 9.0, 1.0, 10.0]
        """
        order: list[Value] = []
        seen: set[Value] = set()
        stack = [(self, False)]
        while stack:  # a stack of our own: a sum over a thousand samples is deeper than Python may call
            value, inputs_are_listed = stack.pop()
            if inputs_are_listed:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack.extend((source, False) for source in reversed(value.inputs))
        return order

    def __add__(self, other: Number) -> Value:
        x, y = self, _value(other)
        return _computed("+", x.data + y.data, (x, 1.0), (y, 1.0))

    def __sub__(self, other: Number) -> Value:
        x, y = self, _value(other)
        return _computed("-", x.data - y.data, (x, 1.0), (y, -1.0))

    def __mul__(self, other: Number) -> Value:
        x, y = self, _value(other)
        return _computed("*", x.data * y.data, (x, y.data), (y, x.data))

    def __truediv__(self, other: Number) -> Value:
        x, y = self, _value(other)
        if y.data == 0:
            raise ValueError(f"Value expected a divisor other than 0, got {x.data:g} / 0; look where the 0 comes from")
        return _computed("/", x.data / y.data, (x, 1 / y.data), (y, -x.data / y.data / y.data))

    def __pow__(self, exponent: Real | float) -> Value:
        if not isinstance(exponent, Real):
            raise TypeError(f"Value expected a number as exponent, got {exponent!r}; write x**y as (y * x.log()).exp()")
        x, n = self, float(exponent)
        if (x.data == 0 and (n < 0 or 0 < n < 1)) or (x.data < 0 and not n.is_integer()):
            raise ValueError(
                f"Value expected a power that has a derivative, got {x.data:g} ** {n:g}; keep the base > 0"
            )
        slope = n * _finite_or_inf(pow, x.data, n - 1) if n else 0.0
        return _computed(f"**{n:g}", _finite_or_inf(pow, x.data, n), (x, slope))

    def __neg__(self) -> Value:
        return _computed("neg", -self.data, (self, -1.0))

    def __radd__(self, other: float) -> Value:
        return _value(other) + self

    def __rsub__(self, other: float) -> Value:
        return _value(other) - self

    def __rmul__(self, other: float) -> Value:
        return _value(other) * self

    def __rtruediv__(self, other: float) -> Value:
        return _value(other) / self

    def exp(self) -> Value:
        """Return ``e^x``, whose derivative is itself."""
        result = _finite_or_inf(math.exp, self.data)
        return _computed("exp", result, (self, result))

    def log(self) -> Value:
        """Return the natural logarithm, with the derivative ``1 / x``."""
        if self.data <= 0:
            raise ValueError(
                f"Value.log expected a number above 0, got {self.data:g}; is it a probability that became 0?"
            )
        return _computed("log", math.log(self.data), (self, 1 / self.data))

    def tanh(self) -> Value:
        """Return the hyperbolic tangent, with the derivative ``1 - tanh(x)^2``."""
        result = math.tanh(self.data)
        return _computed("tanh", result, (self, (1 - result) * (1 + result)))

    def relu(self) -> Value:
        """Return ``max(0, x)``, with the derivative 1 for ``x > 0`` and 0 otherwise."""
        return _computed("relu", max(0.0, self.data), (self, float(self.data > 0)))

    def sigmoid(self) -> Value:
        """Return ``s = 1 / (1 + e^-x)``, with the derivative ``s (1 - s)``."""
        e = math.exp(-abs(self.data))  # at most 1, so that nothing overflows
        above, below = 1 / (1 + e), e / (1 + e)
        return _computed("sigmoid", above if self.data >= 0 else below, (self, above * below))

    def __repr__(self) -> str:
        name = f", {self.name!r}" if self.name else ""
        return f"Value({self.data:g}{name})"


def _value(number: Number) -> Value:
    if isinstance(number, Value):
        return number
    try:
        return Value(float(number))
    except (TypeError, ValueError):
        raise TypeError(
            f"Value expected a number to compute with, got {type(number).__name__}; use one Value for each entry"
        ) from None


def _finite_or_inf(function: Callable[..., float], *numbers: float) -> float:
    """Compute what a float may not hold; then it is infinite, as in a sum or a product, and `_computed` says so."""
    try:
        return function(*numbers)
    except OverflowError:
        return math.inf


def _computed(operation: str, data: float, *inputs: tuple[Value, float]) -> Value:
    """Make the result of an operation from its inputs, each with the derivative of the result by it."""
    sources, local_derivatives = zip(*inputs, strict=True)
    found = (data, *local_derivatives)
    if not all(map(math.isfinite, found)) and all(math.isfinite(source.data) for source in sources):
        numbers = ", ".join(f"{source.data:g}" for source in sources)
        raise OverflowError(
            f"Value expected a result that a float holds, got {operation} of {numbers}; use smaller numbers"
        )
    return Value(data, operation=operation, inputs=sources, local_derivatives=local_derivatives)
