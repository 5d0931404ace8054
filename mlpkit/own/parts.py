"""The parts of one's own library: which exercise each comes from, and how to tell whether it is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from mlpkit.own import reference

__all__ = ["PARTS", "Part"]

Names = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """What one exercise adds to the library.

    Attributes
    ----------
    chapter, exercise : int
        Where students write it.
    names : tuple of str
        What the answer defines.
    right : callable
        Tries the names out and returns whether they do what the exercise asks for.
    """

    chapter: int
    exercise: int
    names: tuple[str, ...]
    right: Callable[[Names], bool]


def _same(found: Any, expected: Any) -> bool:
    found, expected = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    return found.shape == expected.shape and np.allclose(found, expected, rtol=1e-5, atol=1e-8)


def _engine(own: Names) -> bool:
    w, x, b = (own["Value"](number) for number in (2.0, -3.0, 0.5))
    s = w * x + b
    f = s * s + 2 * x * s + ((-s).exp() + 1).log() - s.relu() + 3 * w**2 * (x - 1) ** -1
    for _ in range(2):  # the second time, nothing must remain of the first
        f.backward()
    p, q, c = (reference.Value(number) for number in (2.0, -3.0, 0.5))
    t = p * q + c
    known = t * t + 2 * q * t + ((-t).exp() + 1).log() - t.relu() + 3 * p**2 * (q - 1) ** -1
    known.backward()
    kink = own["Value"](1.5)
    (kink.relu() + kink).backward()
    listed = own["in_order"](f)
    return (
        _same([f.data, w.grad, x.grad, b.grad], [known.data, p.grad, q.grad, c.grad])
        and _same(kink.grad, 2.0)
        and len(listed) == len({id(one) for one in listed})
        and listed[-1] is f
    )


def _gradients(own: Names) -> bool:
    theta = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, 1.5]])
    before = theta.copy()
    found = own["numeric_gradient"](lambda at: float(np.sum(at**3)), theta, 0.1)
    apart = own["relative_error"](np.array([1.0, -4.0, 0.0]), np.array([1.0, -5.0, 0.0]))
    return _same(found, 3 * before**2 + 0.01) and np.array_equal(theta, before) and _same(apart, 0.2)


def _against_the_reference(name: str, *arguments: Any) -> Callable[[Names], bool]:
    """Compare one function with the one that would stand in for it."""

    def right(own: Names) -> bool:
        found, known = (function(*_copies(arguments)) for function in (own[name], getattr(reference, name)))
        if isinstance(known, tuple):
            return isinstance(found, tuple | list) and len(found) == len(known) and all(map(_same, found, known))
        return _same(found, known)

    return right


def _copies(arguments: tuple[Any, ...]) -> list[Any]:
    return [one.copy() if isinstance(one, np.ndarray) else one for one in arguments]


def _numbers(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


def _truth_and_loss(own: Names) -> bool:
    Z, y = 2 * _numbers(3, 5, 4), np.array([3, 0, 0, 1, 2])
    codes = own["one_hot"](y, 4)
    loss = own["cross_entropy"](Z, reference.one_hot(y, 4), reference.log_sum_exp)
    known = reference.cross_entropy(Z, reference.one_hot(y, 4), reference.log_sum_exp)
    return _same(codes, reference.one_hot(y, 4)) and _same(loss, known)


def _loop(own: Names) -> bool:
    X = np.arange(7.0)[:, None]
    seen: list[list[float]] = []

    def step(X: Any, Y: Any, start: Any) -> tuple[float, Any]:
        seen.append(X[:, 0].tolist())
        return float(start.sum()), start + X.sum() + 10 * float(np.array_equal(2 * X, Y))

    parameters, losses = own["train_digits"](X, 2 * X, (np.zeros(1),), 3, 3, np.random.default_rng(0), step)
    shapes = [len(rows) for rows in seen] == [3, 3, 1] * 3
    complete = all(sorted(chain(*seen[i : i + 3])) == list(range(7)) for i in (0, 3, 6))
    return shapes and complete and _same(parameters[0], [153.0]) and len(losses) == 3 and seen[:3] != seen[3:6]


SCORES = 3 * _numbers(1, 6, 4) + np.array([0.0, 0.0, 0.0, 700.0])
PARTS = (
    Part(3, 8, ("in_order", "Value"), _engine),
    Part(3, 11, ("numeric_gradient", "relative_error"), _gradients),
    Part(
        3,
        15,
        ("dense_backward",),
        _against_the_reference("dense_backward", _numbers(0, 5, 2), _numbers(1, 5, 3), _numbers(2, 3, 2)),
    ),
    Part(4, 12, ("softmax",), _against_the_reference("softmax", SCORES)),
    Part(4, 14, ("log_sum_exp",), _against_the_reference("log_sum_exp", SCORES)),
    Part(4, 15, ("one_hot", "cross_entropy"), _truth_and_loss),
    Part(
        4,
        18,
        ("output_gradient",),
        _against_the_reference("output_gradient", _numbers(2, 5, 3), np.array([0, 2, 1, 1, 0]), reference.softmax),
    ),
    Part(4, 24, ("train_digits",), _loop),
)
"""In the order in which they stand in the file."""
