"""Elements of an iterator are fetched in order, an error after what precedes it, and nothing is left behind."""

from __future__ import annotations

import pytest

from autograder.execute.elements import Elements


def failing(count):
    yield from range(count)
    raise ValueError("out of elements")


def test_an_error_comes_after_what_precedes_it():
    elements, source = Elements(), failing(3)
    assert elements.take(7, source, 2) == [[0, 1], True]
    assert elements.take(7, source, 4) == [[2], True]
    with pytest.raises(ValueError, match="out of elements"):
        elements.take(7, source, 4)
    assert elements.take(7, source, 4) == [[], False]


def test_an_error_that_nobody_asks_for_is_forgotten_with_its_iterator():
    elements = Elements()
    elements.take(7, failing(1), 2)
    elements.forget(7)
    assert elements.take(7, iter([5]), 2) == [[5], False]
    elements.forget(7)
