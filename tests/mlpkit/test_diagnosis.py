"""Which mistake a wrong result looks like, and when nothing is said."""

from dataclasses import replace

import numpy as np
import pytest

from mlpkit.testing.diagnosis import VALUE_SIGNATURES, likely_cause
from mlpkit.testing.observation import Observation
from mlpkit.testing.shapes import SHAPE_SIGNATURES

E = np.array([0.5, -1.5, 4.0])
P = np.array([0.25, 2.25, 6.5])
M, N = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, 1.0], [3.0, 0.0]])
A = {"x": np.array([3.0, 5.0, 8.0]), "b": 0.7, "M": M, "N": N, "length": len, "f": np.cos}


@pytest.mark.parametrize(
    ("got", "expected", "name", "words"),
    [
        (A["x"], E, "argument returned unchanged", "the result is the argument x, number for number"),
        (P, np.cos(P), "function not applied", "the numbers before f was applied to them"),
        ([[2, 1]] * 3, [[4, 2], [3, 5], [2, 1]], "one array in every row", "the last row in all rows"),
        (-E, E, "sign flipped", "the negative of what was expected"),
        (np.abs(E), E, "sign lost", "the signs are lost"),
        (2 * E, E, "factor two", "twice what was expected"),
        (E / 2, E, "factor two", "half of what was expected"),
        (3 * E, E, "sum instead of mean", "3 times what was expected, and 3 is a length: is a sum taken, not a mean?"),
        (E / 3, E, "sum instead of mean", "1/3 of what was expected, and 3 is a length: is it divided once too often?"),
        (0.7 * E, E, "times an argument", "b times what was expected."),
        (0.49 * E, E, "times an argument", "b squared times what was expected: is b a factor that should divide?"),
        (E - 0.7, E, "off by an argument", "off by b: the difference is 0.7"),
        (E + 1.4, E, "off by an argument", "off by twice b: has b the right sign?"),
        (E + 0.25, E, "off by a constant", "all numbers are off by 0.25"),
        (np.trunc(P), P, "decimals cut off", "without its decimals"),
        (np.array([0.0, 1.0, 1.0]), np.array([1.0, 0.0, 0.0]), "zero and one exchanged", "0 and 1 are exchanged"),
        (1 - E, E, "zero and one exchanged", "1 minus what was expected"),
        (E**2, E, "root or square", "the square of what was expected"),
        (np.sqrt(P), P, "root or square", "the square root of what was expected"),
        (1 / E, E, "inverted", "1 over the expected one, up to its sign"),
        (N @ M, M @ N, "factors exchanged", "the factors of a matrix product cannot be exchanged"),
        (E[::-1], E, "other order", "another order"),
        (np.full(3, 7.0), E, "always the same", "all numbers that arrived are the same, 7."),
        (1.7 * E, E, "proportional", "every number is 1.7 times the expected one"),
        (np.ones((2, 1)) * [[1.0, 3.0], [2.0, 4.0]], np.array([[1.0, 2.0], [3.0, 4.0]]), "transposed square", "rows"),
    ],
)
def test_each_known_mistake_is_recognised(got, expected, name, words):
    assert name in VALUE_SIGNATURES
    seen = Observation(np.asarray(got, float), np.asarray(expected, float), A)
    assert VALUE_SIGNATURES[name](seen) is not None
    cause = likely_cause(seen)
    assert cause is not None
    assert cause.startswith(("This looks like ", "Here "))
    assert words in cause


def test_every_signature_is_tested_above():
    mark = next(m for m in test_each_known_mistake_is_recognised.pytestmark if m.name == "parametrize")
    assert {case[2] for case in mark.args[1]} == set(VALUE_SIGNATURES)
    assert len(SHAPE_SIGNATURES) == 5


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, 3.0])),  # one number proves no factor
        (np.array([0.0, 0.0, 3.0]), np.array([-0.2, 0.0, 3.0])),  # nor does one lost fraction
        (np.array([1.0, 4.0, 2.0]), E),
        (np.array([0.0, 0.0]), np.array([0.25, 0.16])),  # a*1-a: nothing was cut off
        (np.array([2.0, 2.0]), np.array([5.0, 4.0])),  # nor do two equal numbers tell of one for all
        (np.array([1.0, 1.0, 0.0]), np.array([0.0, 1.0, 1.0])),  # every row of zeros and ones has another order
        (np.array(6.0), np.array(3.0)),  # nor is a single number twice another one for one reason only
        (np.array([2.0, -2.0]), np.array([1.0, -1.0])),  # two numbers of one size are one number
        (np.array(6.5), np.array(5.5)),  # one number that is off by twice h may be so for any reason
        (np.array(-2 / 3), np.array(5 / 3)),  # 1 minus a number is no sign of anything
        (np.array([[2.0, 1.0], [6.0, 1.0]]), np.array([5.0, 3.0])),  # not all pairs of a column and a vector
        (np.array([5.0, 4.0]), np.array([[7.0, 1.0], [3.0, 0.0]])),  # one axis less, but no sum of these
        (np.ones((3, 2)) * [1, 2], np.array([[1.0, 2.0], [0.0, 4.0], [5.0, 7.0]])),  # the first row in all rows
        (np.array([0.0, 1.5]), np.array([1e-17, 1.5])),  # nearly right is nearly everything else, too
        (np.ones((2, 3)), np.arange(6.0).reshape(3, 2)),  # the shape of a transposed array, not its numbers
    ],
)
def test_no_cause_is_made_up(got, expected):
    assert likely_cause(Observation(got, expected, {"z": np.array([-2.0, 0.0, 3.0]), "h": 0.5})) is None


def test_an_index_is_no_factor():
    for got, expected in ((4.0, 2.0), (0.0, 1.0)):
        assert likely_cause(Observation(np.array(got), np.array(expected), A, whole=True, exact=True)) is None


@pytest.mark.parametrize(("expected", "exact"), [([0, 2, 0, 2], True), ([0, 1, 0, 1], False)])
def test_equal_indices_and_zeros_alone_prove_nothing(expected, exact):
    seen = Observation(np.zeros(4), np.array(expected, dtype=float), A, whole=True, exact=exact)
    assert likely_cause(seen) is None
    rising = replace(seen, expected=np.arange(4.0), exact=False)
    assert likely_cause(rising) is None  # zeros everywhere may be where nothing began
    assert "all numbers that arrived are the same" in str(likely_cause(replace(rising, got=np.full(4, 7.0))))


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        ((3, 1), (3,), "One axis is too many: an index takes its axis away, as in A[:, 0]."),
        ((1, 3), (3,), "as in A[0]."),
        ((2, 3, 1), (2, 3), "as in A[:, :, 0]."),
        ((3,), (3, 1), "An axis of length 1 is missing: A[:, None] has it."),
        ((3,), (1, 3), "A[None] has it."),
        ((6,), (2, 3), "See reshape, or the shapes of the arguments."),
    ],
)
def test_an_axis_too_many_or_missing(got, expected, words):
    numbers = np.arange(float(np.prod(got)))
    cause = likely_cause(Observation(numbers.reshape(got), numbers.reshape(expected), A))
    assert cause is not None
    assert f"the right numbers in the wrong shape: {got} instead of {expected}." in cause
    assert cause.endswith(words)


def test_an_integer_result_lost_its_decimals_before_anything_else():
    seen = Observation(np.array([5.0, 2.0]), np.array([5.5, 2.5]), {"b": 0.5}, whole=True)
    assert "without its decimals" in str(likely_cause(seen))
    assert "off by b" in str(likely_cause(replace(seen, whole=False)))
    single = Observation(np.array(5.0), np.array(5.5), {"b": 0.5}, whole=True)
    assert likely_cause(single) is None  # a single number may differ by 0.5 for any reason


def test_the_name_of_the_argument_wins_over_a_plain_factor():
    assert "w times what was expected" in str(likely_cause(Observation(3 * P, P, {"w": 3.0})))


def test_a_factor_two_is_laid_to_no_argument():
    """A rate of one half says nothing of the half that is missing."""
    for value, times in ((2.0, 2.0), (0.5, 0.5), (0.5, 0.25)):
        cause = likely_cause(Observation(times * E, E, {"rate": value}))
        assert "rate" not in str(cause)
