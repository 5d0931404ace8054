"""What is said when an exception stops a student's function."""

import numpy as np
import pytest

from mlpkit.testing import Check, CheckFailed

X = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize("error", [NotImplementedError, ValueError, ZeroDivisionError, KeyboardInterrupt])
def test_the_students_exceptions_pass_untouched(error):
    def f(x):
        raise error("mine")

    with pytest.raises(error) as caught:
        Check("f(x)", {"f": f}).case(1, expected=1)
    assert caught.value.args == ("mine",)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: 1, "f takes 1 argument, it should take 2: x, w."),
        (lambda x, w, b: 1, "f takes 3 arguments, it should take 2: x, w."),
        (lambda: 1, "f takes 0 arguments, it should take 2: x, w."),
    ],
)
def test_another_number_of_arguments(function, words):
    with pytest.raises(CheckFailed) as caught:
        Check("f(x, w)", {"f": function}).case(X, X, expected=1.0)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    "function", [lambda x, w: (lambda a: a)(x, w), lambda x, w, *, b: 1, lambda x, w: len(1), print]
)
def test_a_type_error_within_the_function_is_the_students_own(function):
    with pytest.raises((TypeError, CheckFailed)) as caught:
        Check("f(x, w)", {"f": function}).case(X, X, expected=1.0)
    assert "it should take" not in str(caught.value)


@pytest.mark.parametrize(
    ("function", "kind", "words"),
    [
        (lambda X, w: w @ X, ValueError, "The shapes do not fit: X (3, 2), w (2,). Write them under your formula"),
        (lambda X, w: X.T * w, ValueError, "The shapes do not fit: X (3, 2), w (2,)."),
        (lambda X, w: np.dot(w, X), ValueError, "The shapes do not fit: X (3, 2), w (2,)."),
        (lambda X, w: X @ 3, ValueError, "The shapes do not fit: X (3, 2), w (2,)."),
        (lambda X, w: max(0, w), ValueError, "if, and, or, not, min and max need one number; here is an array."),
        (lambda X, w: np.max(0, w), TypeError, "An array stands where a whole number is needed, such as an axis"),
        (lambda X, w: float(w), TypeError, "float and int need one number; here is an array."),
        (lambda X, w: X.__setitem__(slice(1), np.ones((1, 3))), ValueError, "The numbers do not fit into the place"),
        (lambda X, w: np.linalg.inv(X.T @ X), ValueError, "A matrix made of X (3, 2), w (2,) has no inverse"),
        (lambda X, w: int("a"), ValueError, None),
    ],
)
def test_what_numpy_says_is_explained_in_a_note(function, kind, words):
    with pytest.raises(kind) as caught:
        Check("f(X, w)", {"f": function}).case(np.ones((3, 2)), np.ones(2), expected=1.0)
    *meaning, where = caught.value.__notes__
    assert len(meaning) == (words is not None)
    assert all(note.startswith(words) for note in meaning)
    assert where.startswith("This happened in f(X, w) with\n    X = [[1, 1],\n")
    assert where.endswith("    w = [1, 1]   shape (2,)")
    seen = [entry.frame.code.name for entry in caught.traceback if "numpy" not in str(entry.path)]
    assert seen[-1] == "<lambda>"


def test_a_variable_of_the_function_around_is_explained_in_a_note():
    names = {}
    exec("def f():\n    best = 0\n    def inner():\n        best += 1\n    inner()\n", names)
    with pytest.raises(UnboundLocalError) as caught:
        Check("f()", names).case(expected=1)
    meaning, where = caught.value.__notes__
    assert "name it after nonlocal" in meaning
    assert where == "This happened in f()"


def test_an_exercise_without_an_answer_gets_no_note():
    def f(x):
        raise NotImplementedError

    with pytest.raises(NotImplementedError) as caught:
        Check("f(x)", {"f": f}).case(1, expected=1)
    assert not hasattr(caught.value, "__notes__")
