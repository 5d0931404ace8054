"""Which mistake a wrong result looks like, and when nothing is said."""

import numpy as np
import pytest

from mlpkit.testing.diagnosis import SHAPE_SIGNATURES, VALUE_SIGNATURES, likely_cause
from mlpkit.testing.observation import Observation

E = np.array([0.5, -1.5, 4.0])
P = np.array([0.25, 2.25, 6.5])
A = {"x": np.array([3.0, 5.0, 8.0]), "b": 0.7}


@pytest.mark.parametrize(
    ("got", "expected", "name", "words"),
    [
        (A["x"], E, "argument returned unchanged", "the argument x, returned as it came"),
        (-E, E, "sign flipped", "flipped sign"),
        (np.abs(E), E, "sign lost", "the sign lost"),
        (2 * E, E, "factor two", "factor 2"),
        (E / 2, E, "factor two", "factor 1/2"),
        (3 * E, E, "sum instead of mean", "sum where a mean was asked for: it is 3 times too large"),
        (E / 3, E, "sum instead of mean", "mean where a sum was asked for: it is 3 times too small"),
        (E - 0.7, E, "off by an argument", "falls short by b"),
        (E + 1.4, E, "off by an argument", "too large by twice b"),
        (E + 0.25, E, "off by a constant", "every number is off by 0.25"),
        (np.trunc(E), E, "decimals cut off", "without its decimals"),
        (np.array([0.0, 1.0, 1.0]), np.array([1.0, 0.0, 0.0]), "zero and one exchanged", "0 and 1 exchanged"),
        (1 - E, E, "zero and one exchanged", "1 minus what was expected"),
        (P**2, P, "root or square", "missing square root"),
        (np.sqrt(P), P, "root or square", "root too many"),
        (1 / E, E, "inverted", "upside down"),
        (E[::-1], E, "other order", "another order"),
        (np.full(3, 7.0), E, "always the same", "one number for every entry"),
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
    assert cause.startswith("This looks like")
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
    ],
)
def test_no_cause_is_made_up(got, expected):
    assert likely_cause(Observation(got, expected, {"z": np.array([-2.0, 0.0, 3.0])})) is None


def test_an_index_is_no_factor():
    four, two, none, one = (np.array(float(v)) for v in (4, 2, 0, 1))
    assert likely_cause(Observation(four, two, A, whole=True, count=True)) is None
    assert "0 and 1 exchanged" in str(likely_cause(Observation(none, one, A, whole=True, count=True)))
