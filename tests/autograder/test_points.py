"""The rule for points, case by case."""

from __future__ import annotations

import pytest

from autograder.grade.points import points
from autograder.plan import CellError, CellOutcome

ENDING = "x = grade()\nx"
ASSERTS = "assert x == 1"


def ran(value=None, **fields):
    return CellOutcome(0, "ok", value=value, **fields)


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        (ASSERTS, None, 2.0),
        (ENDING, 1.5, 1.5),
        (ENDING, 0.0, 0.0),
        (ENDING, 2.0, 2.0),
        (ENDING, 2.0001, 0.0),
        (ENDING, -1.0, 0.0),
        (ENDING, float("nan"), 0.0),
        (ENDING, float("inf"), 0.0),
        (ENDING, True, 2.0),
        (ENDING, False, 0.0),
        (ENDING, None, 2.0),
        (ENDING + ";", 0.5, 2.0),
        (ASSERTS, 0.5, 2.0),
        ("%matplotlib inline\n" + ENDING, 0.5, 0.5),
        ("!true\n" + ENDING, False, 0.0),
    ],
)
def test_a_cell_that_ended_well(source, value, expected):
    """A value counts only where the test cell itself ends in an expression."""
    assert points(source, 2.0, ran(value)) == expected


@pytest.mark.parametrize("status", ["error", "stopped", "not run"])
def test_anything_else_is_nothing(status):
    outcome = CellOutcome(0, status, error=CellError("E", "why"), value=2.0)
    assert points(ENDING, 2.0, outcome) == 0.0


def test_warnings_cost_nothing():
    stderr = {"output_type": "stream", "name": "stderr", "text": "careful!"}
    assert points(ASSERTS, 2.0, ran(outputs=(stderr,))) == 2.0


def test_a_cell_that_was_not_run():
    assert points(ASSERTS, 2.0, None) == 0.0
    assert points("  ", 2.0, None) == 2.0, "an empty test cell gives its points away, as for nbgrader"
