"""Answers that nobody expects: the check judges them, and never fails itself."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.testing import Check, CheckFailed


class Incomparable:
    def __eq__(self, other):
        raise RuntimeError("no comparison")

    def __repr__(self):
        raise RuntimeError("no repr")

    __hash__ = None


HUGE, GIGANTIC = 10**400, 10**5000
ALIKE = [  # what is in one group is a right answer to all of it, and to nothing else
    [2.5, Fraction(5, 2), Decimal("2.5"), np.float16(2.5), np.array(2.5)],
    [math.nan, Decimal("nan"), Decimal("sNaN"), np.array(math.nan), np.float32(math.nan)],
    [math.inf, Decimal("Infinity"), np.float32(math.inf)],
    [-math.inf, Decimal("-Infinity"), np.array(-math.inf)],
    [1, True, np.int8(1), Fraction(1)],
    [HUGE, Fraction(HUGE), Decimal(HUGE)],
    [HUGE + 1],
    [-HUGE],
    [Fraction(HUGE, 3)],
    [Decimal("1e500")],
    [GIGANTIC],
    [2**70],
    [np.array([1.0, math.nan])],
    [np.array([math.nan, 1.0])],
    [np.array([math.inf, -math.inf]), np.array([math.inf, -math.inf], np.float32)],
    [np.array([-math.inf, math.inf])],
    [np.array([math.inf, 0.0])],
    [np.array([2**63], np.uint64)],
    [np.array([HUGE, 1], object)],
    [np.array(["a", "b"])],
    [[1.0, math.nan]],
    [[np.zeros(2)]],
    [[HUGE]],
    [{"a": math.nan}],
    [(np.zeros(2), math.nan)],
    ["x"],
    [None],
    [2 + 1j],
    [complex(math.nan, 0.0)],
]
VALUES = [(group, value) for group, values in enumerate(ALIKE) for value in values]


def verdict(got, expected, *args):
    """Return whether a check passes; whatever else it raises is a fault of its own."""
    check = Check("f(a, b)", {"f": lambda *args: got})
    try:
        check.case(*args, expected=expected)
    except CheckFailed:
        return False
    return True


@pytest.mark.parametrize(("group", "expected"), VALUES, ids=range(len(VALUES)))
def test_odd_answers_are_judged(group, expected):
    for other, got in VALUES:
        assert verdict(got, expected) == (group == other), (got, expected)


@pytest.mark.parametrize(
    "got", [Incomparable(), [Incomparable()], HUGE, np.array([HUGE], object), np.longdouble(3)], ids=range(5)
)
@pytest.mark.parametrize("expected", [1.0, "x", None, [1.0], (1.0, 2.0), np.zeros(2), {"a": 1}])
def test_wrong_answers_of_all_kinds(got, expected):
    assert not verdict(got, expected, HUGE, np.array([math.nan, 1.0]))
    assert not verdict(got, expected, Fraction(1, 3), np.array(["a"]))


def test_what_is_said_of_them():
    with pytest.raises(CheckFailed, match=r"(?s)a wrong value.*Expected: 5.5.*Got:      1.00000e\+400"):
        Check("f()", {"f": lambda: HUGE}).case(expected=5.5)
    with pytest.raises(CheckFailed, match=r"(?s)a wrong value.*Expected: inf.*Got:      -inf$"):
        Check("f()", {"f": lambda: -math.inf}).case(expected=math.inf)
    with pytest.raises(CheckFailed, match=r"(?s)a wrong value.*Expected: nan.*Got:      1$"):
        Check("f()", {"f": lambda: 1.0}).case(expected=math.nan)
    with pytest.raises(CheckFailed, match="a result that is nan"):
        Check("f()", {"f": lambda: np.array([math.nan, math.nan])}).case(expected=np.array([math.nan, 1.0]))


@given(got=st.floats(), expected=st.floats())
def test_numbers_pass_within_the_tolerance(got, expected):
    close = math.isfinite(expected) and abs(got - expected) <= 1e-8 + 1e-5 * abs(expected)
    assert verdict(got, expected) == (close or got == expected or (math.isnan(got) and math.isnan(expected)))
