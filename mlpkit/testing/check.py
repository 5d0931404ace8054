"""Check a student's function: exists, callable, type, shape, finite, worked cases, gradient."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import numpy as np

from mlpkit.notebook import check_begins, verdicts
from mlpkit.testing.compare import Tolerance, difference, equal
from mlpkit.testing.explain import change_in_place, notes, parameter_count
from mlpkit.testing.slopes import slopes
from mlpkit.testing.wording import arguments, kind

__all__ = ["Check", "CheckFailed"]


class CheckFailed(AssertionError):
    """A student's function did not do what the exercise asks for."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook: how a check works inside is of no use to its reader."""
        return [f"{type(self).__name__}: {self}"]


class Check:
    """Checks of one function, which is found by its name when the checks begin.

    The function is only called, and what comes back is only read: it may live in another process.
    Its own exceptions pass through, with notes on the call and on what they mean; a stub still raises
    ``NotImplementedError``.

    Parameters
    ----------
    call : str
        Name and arguments as the messages shall show them, and the names of the results if there are
        several: ``"weighted_sum(x, w, b)"``, ``"merge(W1, b1, W2, b2) -> W, b"``.
    namespace : mapping of str to object
        Where to look the name up; in a notebook ``globals()``.
    rtol, atol : float
        A number passes if it differs by at most ``atol + rtol·|expected|``.

    Raises
    ------
    CheckFailed
        If the name is not defined or is not a function.

    Examples
    --------
    >>> def errors(X, w, b, y):
    ...     return y - X @ w
    >>> check = Check("errors(X, w, b, y)", {"errors": errors})
    >>> X, w, y = np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([1.0, 0.5]), np.array([3.0, 7.0])
    >>> check.case(X, w, 0.5, y, expected=np.array([0.5, 3.5]), by_hand="3 - (1·1 + 2·0.5 + 0.5), 7 - (3·1 + 0.5)")
    Traceback (most recent call last):
    mlpkit.testing.check.CheckFailed: errors(X, w, b, y) returned wrong values.
        X = [[1, 2],
             [3, 0]]   shape (2, 2)
        w = [1, 0.5]   shape (2,)
        b = 0.5
        y = [3, 7]   shape (2,)
    Expected: [0.5, 3.5]   (by hand: 3 - (1·1 + 2·0.5 + 0.5), 7 - (3·1 + 0.5))
    Got:      [1, 4]
    2 of 2 numbers wrong, the worst at [0]: expected 0.5, got 1 (tolerance 5e-06)
    Here the result is off by b: the difference is 0.5.
    """

    def __init__(self, call: str, namespace: Mapping[str, object], *, rtol: float = 1e-5, atol: float = 1e-8) -> None:
        self.call, _, results = (part.strip() for part in call.partition("->"))
        self.name, _, inner = self.call.rstrip(")").partition("(")
        self.parameters = [p.strip() for p in inner.split(",") if p.strip()]
        self.results = [r.strip() for r in results.split(",") if r.strip()]
        self.tolerance = Tolerance(rtol, atol)
        self.passed = 0
        if why := check_begins(self.name):
            raise CheckFailed(why)
        self._function = self._find(namespace)

    def _find(self, namespace: Mapping[str, object]) -> Callable[..., Any]:
        if self.name not in namespace:
            raise CheckFailed(
                f"There is no function called {self.name} yet. Define it with "
                f"'def {self.call}:' in the cell above, run that cell, then this one."
            )
        found = namespace[self.name]
        if not callable(found):
            raise CheckFailed(
                f"{self.name} should be a function, but the name now stands for {kind(found)}. "
                f"Define it with 'def {self.call}:' and use another name for the number or array."
            )
        return found

    def __enter__(self) -> Check:
        return self

    def __exit__(
        self, error: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            print(f"{self.name}: {self.passed} check{'s' if self.passed != 1 else ''} passed", file=verdicts())

    def result(self, *args: object) -> Any:
        """Call the function on copies of the arguments and return what it returns.

        Parameters
        ----------
        *args : object
            The arguments.

        Returns
        -------
        object
            The result, to be read only.

        Raises
        ------
        CheckFailed
            If the function takes another number of arguments, changed one in place, or numpy met an overflow, a
            division by zero or an invalid operation (numpy would only warn, and a warning is easily overlooked).
        """
        __tracebackhide__ = True  # a traceback shows the student's code, not ours
        handed = [_copied(a) for a in args]
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"), warnings.catch_warnings():
                warnings.simplefilter("error", RuntimeWarning)
                result = self._function(*handed)
        except (FloatingPointError, RuntimeWarning) as problem:
            raise CheckFailed(
                f"{self.call} was stopped by a numerical problem: {problem}.\n{self._with(args)}\n"
                "Which step of your formula becomes too large, or divides by zero, for these numbers?"
            ) from problem
        except NotImplementedError as problem:
            if not problem.args:  # IPython asks an exception for what to show; this one has nothing to trace
                open_ = [f"{type(problem).__name__}: {self.name} is not solved yet"]
                vars(problem)["_render_traceback_"] = lambda: open_
            raise
        except (Exception, KeyboardInterrupt) as problem:
            if isinstance(problem, TypeError) and (takes := parameter_count(self._function, len(args))) is not None:
                raise CheckFailed(
                    f"{self.name} takes {takes} argument{'s' if takes != 1 else ''}, it should take {len(args)}: "
                    f"{', '.join(self._names(args))}."
                ) from None
            for note in notes(problem, self.call, dict(zip(self._names(args), args, strict=True))):
                problem.add_note(note)
            raise
        for name, before, after in zip(self._names(args), args, handed, strict=True):
            if isinstance(before, np.ndarray) and not equal(after, before):
                raise CheckFailed(change_in_place(self.call, name, before, after))
        return result

    def case(self, *args: object, expected: object, by_hand: str = "") -> None:
        """Check one call against its expected result: type, shape, finiteness, value.

        Parameters
        ----------
        *args : object
            The arguments; the function gets copies of them.
        expected : object
            Number, array, text, or a tuple of these.
        by_hand : str
            How a reader gets the expected value with pencil and paper.

        Raises
        ------
        CheckFailed
            If the result is wrong.
        """
        __tracebackhide__ = True
        self._compare(args, self.result(*args), expected, f"by hand: {by_hand}" if by_hand else "")

    def gradient(self, z: object, *args: object, of: Callable[..., Any], h: float = 1e-5) -> None:
        """Check that the function is the derivative of another one, by central differences.

        Parameters
        ----------
        z : float or ndarray
            Where to take the derivative, away from kinks. First argument of both functions.
        *args : object
            Further arguments of both functions.
        of : callable
            The function whose derivative is asked for. If it works entry by entry, the derivative does
            so too; if it returns one number, the derivative is its gradient, with the shape of `z`.
        h : float
            Step of the central difference.

        Raises
        ------
        CheckFailed
            If the result differs from the measured slope.
        """
        __tracebackhide__ = True
        expected = slopes(lambda at: float(np.sum(of(at, *args))), np.array(z, dtype=float), h)
        name = getattr(of, "__name__", type(of).__name__)
        note = f"slope of {name} measured by central differences"
        self._compare((z, *args), self.result(z, *args), expected if expected.ndim else float(expected), note)

    def ensure(self, holds: object, otherwise: str, *args: object) -> None:
        """Check a property of a result, where no single result is right: of random numbers, of how a function was used.

        Parameters
        ----------
        holds : bool
            Whether the property holds.
        otherwise : str
            What is wrong if it does not, as the end of a sentence that begins with the call.
        *args : object
            The arguments of the call, to be shown.

        Raises
        ------
        CheckFailed
            If it does not hold.

        Examples
        --------
        >>> check = Check("throw(rng)", {"throw": lambda rng: int(rng.integers(0, 6))})
        >>> throws = [check.result(np.random.default_rng(seed)) for seed in range(100)]
        >>> check.ensure(min(throws) == 1, f"returned a {min(throws)}; the smallest throw of a die is 1")
        Traceback (most recent call last):
        mlpkit.testing.check.CheckFailed: throw(rng) returned a 0; the smallest throw of a die is 1.
        """
        __tracebackhide__ = True
        if not holds:
            raise CheckFailed("\n".join([f"{self.call} {otherwise}."] + ([self._with(args)] if args else [])))
        self.passed += 1

    def _compare(self, args: tuple[object, ...], got: object, expected: object, note: str) -> None:
        named = dict(zip(self._names(args), args, strict=True))
        wrong = difference(got, expected, named, self.tolerance, self.results)
        if wrong is None:
            self.passed += 1
            return
        part = f" for {self.results[wrong.part]}" if wrong.part is not None and self.results else ""
        lines = [
            f"{self.call} returned {wrong.what}{part}.",
            self._with(args),
            f"Expected: {wrong.expected}" + (f"   ({note})" if note else ""),
            f"Got:      {wrong.got}",
        ]
        raise CheckFailed("\n".join(lines + ([wrong.cause] if wrong.cause else [])))

    def _names(self, args: tuple[object, ...]) -> list[str]:
        extra = [f"argument {i + 1}" for i in range(len(self.parameters), len(args))]
        return (self.parameters + extra)[: len(args)]

    def _with(self, args: tuple[object, ...]) -> str:
        return arguments(dict(zip(self._names(args), args, strict=True)))


def _copied(value: object) -> object:
    """A copy of plain data; functions and other objects are handed on as they are."""
    return copy.deepcopy(value) if isinstance(value, (np.ndarray, list, dict, set, tuple)) else value
