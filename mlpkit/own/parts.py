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
        if isinstance(known, tuple | list):
            return isinstance(found, tuple | list) and len(found) == len(known) and all(map(_same, found, known))
        return _same(found, known)

    return right


def _copies(arguments: Any) -> list[Any]:
    copied = (_copies(one) if isinstance(one, list) else one for one in arguments)
    return [one.copy() if isinstance(one, np.ndarray) else one for one in copied]


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


def _first_weights(own: Names) -> bool:
    draw, rng = own["initial_weights"], np.random.default_rng(5)
    for kind in ("glorot_normal", "glorot_uniform", "he_normal", "he_uniform"):
        variance = 2 / 70 if kind.startswith("glorot") else 2 / 40
        W = draw(kind, 40, 30, rng)
        if np.shape(W) != (40, 30) or abs(np.var(W) / variance - 1) > 0.3 or abs(np.mean(W)) > 0.2 * variance**0.5:
            return False
    return True


def _batch_norm(own: Names) -> bool:
    X, (gamma, beta, mean), variance = 2 + 3 * _numbers(4, 6, 3), _numbers(5, 3, 3), np.array([0.5, 1.0, 4.0])
    trained = _against_the_reference("batchnorm_train", X, gamma, beta, mean, variance, 0.1, 0.01)
    used = _against_the_reference("batchnorm_use", X, gamma, beta, mean, variance, 0.01)
    return trained(own) and used(own)


def _residual(own: Names) -> bool:
    X, W1, W2, dY = _numbers(6, 5, 3), _numbers(7, 3, 4), _numbers(8, 4, 3), _numbers(9, 5, 3)
    forth = _against_the_reference("residual_block", X, W1, W2)
    back = _against_the_reference("residual_backward", dY, X, W1, W2)
    return forth(own) and back(own)


def _dropout(own: Names) -> bool:
    A = 2 + abs(_numbers(10, 30, 40))
    output, mask = own["dropout"](A.copy(), 0.25, True, np.random.default_rng(0))
    left, ones = own["dropout"](A.copy(), 0.25, False, np.random.default_rng(0))
    zero, kept = np.isclose(mask, 0), np.isclose(mask, 4 / 3)
    shares = np.all(zero | kept) and 0.15 < zero.mean() < 0.35
    back = _same(own["dropout_backward"](A, mask), A * mask)
    return bool(shares) and _same(output, A * mask) and _same(left, A) and _same(ones, np.ones(A.shape)) and back


def _rates(own: Names) -> bool:
    known = [reference.rate_at(t, 0.3, 3, 12) for t in range(1, 13)] + [reference.rate_at(1, 0.3, 0, 4)]
    return _same([own["rate_at"](t, 0.3, 3, 12) for t in range(1, 13)] + [own["rate_at"](1, 0.3, 0, 4)], known)


def _stopping(own: Names) -> bool:
    losses = [3.0, 2.0, 2.5, 1.9, 1.95, 2.2, 2.1, 1.0]
    cases = [(losses, 3, 0.0), (losses, 4, 0.0), (losses, 2, 0.5), (losses[:1], 1, 0.0), (losses[:3], 5, 0.0)]
    return all(_against_the_reference("early_stopping", *case)(own) for case in cases)


def _clipped(own: Names) -> bool:
    gradients = [_numbers(11, 3, 2), _numbers(12, 2)]
    return all(_against_the_reference("clip_gradients", gradients, limit)(own) for limit in (0.5, 50.0))


ADAM = (*(_numbers(seed, 3, 2) for seed in (13, 14, 15)), _numbers(16, 3, 2) ** 2, 3, 0.1, 0.8, 0.95, 0.01)
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
    Part(5, 9, ("silu",), _against_the_reference("silu", 4 * _numbers(17, 3, 4))),
    Part(5, 11, ("initial_weights",), _first_weights),
    Part(5, 15, ("batchnorm_train", "batchnorm_use"), _batch_norm),
    Part(
        5,
        16,
        ("batchnorm_backward",),
        _against_the_reference("batchnorm_backward", _numbers(18, 6, 3), 3 * _numbers(19, 6, 3), _numbers(20, 3), 0.01),
    ),
    Part(5, 18, ("residual_block", "residual_backward"), _residual),
    Part(6, 2, ("clip_gradients",), _clipped),
    Part(6, 4, ("dropout", "dropout_backward"), _dropout),
    Part(6, 6, ("adam_step",), _against_the_reference("adam_step", *ADAM)),
    Part(6, 7, ("adamw_step",), _against_the_reference("adamw_step", *ADAM, 0.2)),
    Part(6, 8, ("rate_at",), _rates),
    Part(6, 11, ("early_stopping",), _stopping),
)
"""In the order in which they stand in the file."""
