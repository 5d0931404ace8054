"""The messages that students read, in the order in which they are given."""

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from mlpkit.testing import Check, CheckFailed, mistake

X = np.array([1.0, 2.0, 3.0])


def failure(function, *args, expected, call="f(x, w)", **case):
    """The message of one failing case."""
    with pytest.raises(CheckFailed) as caught:
        Check(call, {"f": function}).case(*args, expected=expected, **case)
    return str(caught.value)


def test_a_name_that_is_not_defined():
    with pytest.raises(CheckFailed, match=r"no function called f yet\. Define it with 'def f\(x, w\):'"):
        Check("f(x, w)", {})


@pytest.mark.parametrize(
    ("value", "words"), [(5.5, "a single number"), (X, "an array of shape"), ([1], "a list"), (None, "None")]
)
def test_a_name_that_is_no_function(value, words):
    with pytest.raises(CheckFailed, match=f"f should be a function, but the name now stands for {words}"):
        Check("f(x)", {"f": value})


def test_the_whole_message():
    message = failure(lambda x, w: float(x @ w), X, X, expected=15.0, call="f(x, w)", by_hand="1·1 + 2·2 + 3·3 + 1")
    assert message == (
        "f(x, w) returned a wrong value.\n"
        "    x = [1, 2, 3]   shape (3,)\n"
        "    w = [1, 2, 3]   shape (3,)\n"
        "Expected: 15   (by hand: 1·1 + 2·2 + 3·3 + 1)\n"
        "Got:      14   (tolerance 0.00015)"
    )


def test_the_worst_entry_is_pointed_at():
    message = failure(lambda x: x + np.array([0, 1, 5]), X, expected=X, call="f(x)")
    assert "2 of 3 numbers wrong, the worst at [2]: expected 3, got 8 (tolerance 3e-05)" in message


@pytest.mark.parametrize(
    ("result", "expected", "words"),
    [
        (None, 1.0, "Got:      None\nIs a return statement missing"),
        ([1.0, 2.0, 3.0], X, "Got:      a list\nThe numbers may be right; turn them into an array"),
        ("5.5", 5.5, "Got:      a text"),
        (1j, 1.0, "Got:      a complex number"),
        (np.sum, 6.0, "Got:      a function\nThis looks like a function that was named but not called"),
        ({}, 6.0, "Got:      a dictionary"),
        (np.array(["a"]), X, "Got:      an array of <U1 entries"),
    ],
)
def test_type(result, expected, words):
    message = failure(lambda x: result, X, expected=expected, call="f(x)")
    assert message.startswith("f(x) returned the wrong type.")
    assert words in message


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (X[:2], "an array of shape (2,), [1, 2]"),
        (X.reshape(3, 1), "This looks like the right numbers in the wrong shape: (3, 1) instead of (3,)"),
        (X - X[:, None] + X, "This looks like a column (n, 1) that met a vector (n,)"),
        (
            6.0,
            "Got:      a single number, 6\nHere the result is the sum, the mean or the largest of the numbers expected",
        ),
        (np.vstack([X, 0 * X]), "This looks like single terms: their sum is what was expected."),
    ],
)
def test_shape(result, words):
    message = failure(lambda x: result, X, expected=X, call="f(x)")
    assert message.startswith("f(x) returned a result of the wrong shape.")
    assert words in message


def test_transposed_shape():
    for shape in ((3, 2), (1, 3)):
        rows = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
        message = failure(lambda x: x.T, rows, expected=rows, call="f(x)")
        assert "This looks like a transposed result" in message


def test_one_number_and_an_array_of_one():
    message = failure(lambda x: x, np.array([5.5]), expected=5.5, call="f(x)")
    assert "a single number was asked for, not an array of one" in message
    message = failure(lambda x: 5.5, 1, expected=np.array([5.5]), call="f(x)")
    assert "an array with one entry was asked for" in message


def test_whole_numbers_have_no_tolerance():
    assert failure(lambda x: 0, 1, expected=2, call="f(x)").endswith("Expected: 2\nGot:      0")
    message = failure(lambda x: x, np.array([1, 2, 0]), expected=np.array([1, 3, 4]), call="f(x)")
    assert "2 of 3 numbers wrong, the first at [1]: expected 3, got 2\n" in message


@pytest.mark.parametrize(("bad", "words"), [(np.nan, "nan (not a number)"), (np.inf, "infinite")])
def test_finite(bad, words):
    message = failure(lambda x: x * [1, bad, 1], X, expected=X, call="f(x)")
    assert message.startswith(f"f(x) returned a result that is {words}.")


def test_an_expected_infinity_is_allowed():
    Check("f(x)", {"f": lambda x: np.inf}).case(1, expected=np.inf)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (5.5, 5.5),
        (np.float64(5.5), 5.5),
        (np.float32(5.5), 5.5),
        (np.array(5.5), 5.5),
        (5.5 + 1e-6, 5.5),
        (1, 1.0),
        (True, 1),
        (np.int64(3), 3),
        (X.astype(np.float32), X),
        (X > 1, np.array([0.0, 1.0, 1.0])),
        ([X, 2.0], (X, 2.0)),
        ("relu", "relu"),
    ],
)
def test_every_reasonable_form_of_a_right_answer_passes(result, expected):
    Check("f(x)", {"f": lambda x: result}).case(X, expected=expected)


def test_several_results():
    call = "f(x) -> W, b"
    assert "returned a wrong value for b" in failure(lambda x: (X, 2.0), 1, expected=(X, 3.0), call=call)
    assert "2 values, as in 'return W, b'\nGot:      an array" in failure(lambda x: X, 1, expected=(X, 3.0), call=call)
    assert "Got:      1 values" in failure(lambda x: (X,), 1, expected=(X, 3.0), call=call)
    assert "as in 'return a, b'" in failure(lambda x: X, 1, expected=(X, 3.0), call="f(x)")


def test_several_results_in_another_order():
    words = "The results are right but in another order: return W, b."
    assert words in failure(lambda x: (3.0, X), 1, expected=(X, 3.0), call="f(x) -> W, b")
    assert words not in failure(lambda x: (2.0, X), 1, expected=(X, 3.0), call="f(x) -> W, b")


def test_text_is_compared_as_it_is():
    message = failure(lambda x: "tanh", 1, expected="relu", call="f(x)")
    assert "Expected: 'relu'\nGot:      'tanh', a text" in message


def test_the_student_gets_copies_and_a_change_is_reported():
    def f(x):
        x[0] = 9
        return x

    x = X.copy()
    message = failure(f, x, expected=np.array([9.0, 2.0, 3.0]), call="f(x)")
    assert message == (
        "f(x) changed its argument x in place.\n    before: [1, 2, 3]\n    after:  [9, 2, 3]\n"
        "The caller still needs x: work on a copy, x.copy()."
    )
    assert np.array_equal(x, X)


def test_the_rows_of_a_changed_argument_are_aligned():
    def f(x):
        x[0] = 9
        return x

    message = failure(f, np.eye(2), expected=np.eye(2), call="f(x)")
    assert "    before: [[1, 0],\n             [0, 1]]\n    after:  [[9, 9],\n             [0, 1]]\n" in message


def test_a_change_too_small_to_be_seen_is_told():
    def f(x):
        x += 0.1
        x -= 0.1
        return x

    message = failure(f, X / 3, expected=X / 3, call="f(x)")
    assert "They differ by up to 5.55112e-17: what is added and subtracted again leaves a rounding error.\n" in message


def test_overflow_is_reported():
    message = failure(lambda z: 1 / (1 + np.exp(-z)), np.array([-1000.0]), expected=np.zeros(1), call="f(z)")
    assert message.startswith("f(z) was stopped by a numerical problem: overflow encountered in exp.\n    z = [-1000]")


def test_a_gradient_entry_by_entry():
    check = Check("f(z)", {"f": lambda z: 1 - np.tanh(z) ** 2})
    check.gradient(X, of=np.tanh)
    check.gradient(0.3, of=np.tanh)
    with pytest.raises(CheckFailed, match="slope of sin measured by central differences"):
        check.gradient(X, of=np.sin)


def test_a_gradient_of_a_number():
    Check("f(w, y)", {"f": lambda w, y: 2 * (w - y)}).gradient(
        X.reshape(3, 1), 2.0, of=lambda w, y: float(np.sum((w - y) ** 2))
    )


def test_the_block_says_how_many_checks_passed(capsys):
    with Check("f(x)", {"f": lambda x: x}) as check:
        check.case(1, expected=1)
        check.case(2, expected=2)
    assert capsys.readouterr().out == "f: 2 checks passed\n"


def test_the_block_says_nothing_after_a_failure(capsys):
    with pytest.raises(CheckFailed), Check("f(x)", {"f": lambda x: x}) as check:
        check.case(1, expected=2)
    assert capsys.readouterr().out == ""


def test_messages_hold_no_addresses_and_name_activations():
    from mlpkit.activations import LeakyReLU

    class Odd:
        def __call__(self, z):
            return z

    for function, words in ((LeakyReLU(0.1), "LeakyReLU(epsilon=0.1)"), (Odd(), "Odd(…)"), (np.tanh, "tanh")):
        message = failure(lambda x, w: 0.0, 1.0, function, expected=2.0)
        assert f"w = {words}" in message
        assert " at 0x" not in message


def test_long_arrays_are_shortened():
    message = failure(lambda x: x + 1e-3, np.linspace(0, 1, 1000), expected=np.linspace(0, 1, 1000), call="f(x)")
    assert len(message) < 700
    assert "shape (1000,)" in message


def test_a_property_is_checked_and_counted(capsys):
    with Check("f(x, w)", {"f": lambda x, w: x}) as check:
        check.ensure(True, "is wrong")
        with pytest.raises(CheckFailed) as caught:
            check.ensure(False, "returned too much", X, 2.0)
    assert str(caught.value) == "f(x, w) returned too much.\n    x = [1, 2, 3]   shape (3,)\n    w = 2"
    assert capsys.readouterr().out == "f: 1 check passed\n"


def test_a_marked_mistake_leaves_the_answer_in_place():
    namespace = {"mistake": mistake}
    wrong = '@mistake("wrong", "Look again.")\ndef f(x):\n    return 2 * x\n'
    exec("def f(x):\n    return x\n" + wrong + wrong, namespace)
    assert namespace["f"](3) == 3


def test_a_marked_class_leaves_the_answer_in_place():
    namespace = {"mistake": mistake}
    wrong = '@mistake("wrong", "Look again.")\nclass C:\n    right = False\n'
    exec("class C:\n    right = True\n" + wrong, namespace)
    assert namespace["C"].right


def test_a_marked_mistake_without_an_answer():
    namespace = {"mistake": mistake}
    exec('@mistake("wrong", "Look again.")\ndef f(x):\n    return 2 * x\n' * 2, namespace)
    assert repr(namespace["f"]) == "<no answer for f yet>"
    with pytest.raises(NameError, match="f is not defined yet: run the cell with its answer first"):
        namespace["f"](3)


@pytest.mark.parametrize("words", [("", "hint"), ("name", " "), ("name", None)])
def test_a_mistake_needs_a_name_and_a_hint(words):
    with pytest.raises(ValueError, match="a mistake needs a"):
        mistake(*words)


def test_of_what_is_not_solved_a_notebook_shows_a_line():
    def f(x):
        raise NotImplementedError

    shell = InteractiveShell()
    shell.user_ns.update(Check=Check, f=f)
    with capture_output() as shown:
        result = shell.run_cell("Check('f(x)', globals()).case(1, expected=1)")
    assert isinstance(result.error_in_exec, NotImplementedError)
    assert shown.stdout + shown.stderr == "NotImplementedError: f is not solved yet\n"
