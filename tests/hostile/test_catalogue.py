"""The catalogue itself: every case says what it is, and together they cover the list."""

from __future__ import annotations

import numpy as np
import pytest

from catalogue import FOLDERS, HERE, Case, catalogue
from fortress import ANSWERS, FULL, POINTS, RIGHT, TESTS, WRONG

CASES = catalogue()
STATUSES = {"graded", "partly_graded", "not_gradable"}


def test_there_are_enough() -> None:
    assert len(CASES) >= 60
    for folder in FOLDERS:
        assert sum(case.path.parent.name == folder for case in CASES) >= 12
    assert len({case.name for case in CASES}) == len(CASES)
    assert sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name[0] not in "._") == sorted(FOLDERS)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_says_what_it_tries_and_what_comes_of_it(case: Case) -> None:
    assert 10 < len(case.says) < 300, "the docstring says in a sentence what is tried"
    assert 0 <= float(case.fields["score", ""]) <= FULL
    assert case.fields["status", ""] in STATUSES
    weaker = {kind for _, kind in case.fields} - {""}
    for kind in weaker:
        assert ("why", kind) in case.fields or ("why", "without bubblewrap") in case.fields, f"{kind}: say why"


def test_points_of_any_exercises_have_a_sum_of_their_own() -> None:
    assert sorted(POINTS.values()) == [1, 2, 4, 8, 16]


@pytest.mark.parametrize("name", POINTS)
def test_the_assignment_itself_is_fair(name: str) -> None:
    """Native Python agrees that right is right and wrong is wrong."""
    for answers in (ANSWERS, RIGHT):
        space = {"np": np}
        exec(answers[name], space)
        exec(TESTS[name], space)
    space = {"np": np}
    exec(WRONG[name], space)
    with pytest.raises(AssertionError):
        exec(TESTS[name], space)
