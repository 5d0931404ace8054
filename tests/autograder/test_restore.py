"""A changed copy of an argument is carried over to the original, in place."""

from __future__ import annotations

import copy
from collections import Counter, deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.execute.restore import restore

leaf = st.one_of(st.integers(), st.text(max_size=3), st.integers(0, 5).map(lambda n: np.full(2, n)))
mutable = st.recursive(
    leaf, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.integers(0, 3), inner, max_size=3))
)
containers = st.one_of(st.lists(mutable, max_size=4), st.dictionaries(st.integers(0, 4), mutable, max_size=4))


def plain(value):
    if isinstance(value, np.ndarray):
        return ("array", value.tolist())
    if isinstance(value, dict):
        return {key: plain(item) for key, item in sorted(value.items())}
    return [plain(item) for item in value] if isinstance(value, list) else value


@given(containers, containers)
def test_the_original_becomes_equal_or_says_why_not(original, changed):
    if type(original) is not type(changed):
        with pytest.raises(ValueError, match="became"):
            restore(original, changed)
        return
    wanted = plain(copy.deepcopy(changed))
    restore(original, changed)
    assert plain(original) == wanted


def test_inner_arrays_stay_the_same_objects():
    weights, bias = np.ones((2, 2)), np.zeros(2)
    parameters = [(weights, bias), {"w": weights}]
    restore(parameters, [(weights * 3, bias + 1), {"w": weights * 3}])
    assert parameters[0][0] is weights
    assert (weights == 3).all()
    assert (bias == 1).all()


def test_read_only_arrays_are_followed_and_stay_so():
    array = np.zeros(2)
    array.flags.writeable = False
    restore(array, np.ones(2))
    assert (array == 1).all()
    assert not array.flags.writeable


@pytest.mark.parametrize("changed", [np.zeros(3), np.zeros(2, dtype=int), [0.0, 0.0]])
def test_what_cannot_be_done_in_place_is_refused(changed):
    with pytest.raises(ValueError, match="became"):
        restore(np.zeros(2), changed)


def test_what_only_moved_stays_itself_whatever_its_type():
    one, other = deque([1]), Counter("a")
    queue = [one, other]
    restore(queue, [Counter("a"), deque([1])])
    assert queue[0] is other
    assert queue[1] is one
