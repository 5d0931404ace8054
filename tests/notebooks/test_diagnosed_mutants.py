"""What a check says of a small change in an answer is true: of this call, or of every call, as the sentence claims."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest
from wrong_answers import CHAPTERS, Wrong, chapter, wrong_results

from autograder.notebook.roles import grade_id
from autograder.release.mistakes import exercises, with_mistakes
from autograder.release.mutants import mutants
from mlpkit.testing.diagnosis import VALUE_SIGNATURES
from mlpkit.testing.observation import Observation
from mlpkit.testing.shapes import SHAPE_SIGNATURES

Fact = Callable[..., object]


def close(a: object, b: object) -> bool:
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-5, atol=1e-9)


FACTS: dict[str, Fact] = {
    r"the result is the argument (\w+), number": lambda got, _, args, name: close(got, args[name]),
    r"the result is the negative of": lambda got, expected, *_: close(got, -expected),
    r"the sizes are right and the signs are lost": lambda got, expected, *_: close(got, np.abs(expected)),
    r"the result is (\w+) squared times": lambda got, expected, args, name: close(got, args[name] ** 2 * expected),
    r"the result is ([^\W\d]\w*) times what": lambda got, expected, args, name: close(got, args[name] * expected),
    r"the result is (\d+) times what was expected, and \1 is a length": lambda got, expected, args, n: (
        close(got, int(n) * expected) and any(np.ndim(one) and len(one) == int(n) for one in args.values())
    ),
    r"the result is 1/(\d+) of what was expected, and \1 is a length": lambda got, expected, args, n: (
        close(got, expected / int(n)) and any(np.ndim(one) and len(one) == int(n) for one in args.values())
    ),
    r"the result is twice what": lambda got, expected, *_: close(got, 2 * expected),
    r"the result is half of what": lambda got, expected, *_: close(got, expected / 2),
    r"the result is off by twice (\w+):": lambda got, expected, args, name: close(
        np.abs(got - expected), np.full(got.shape, 2 * abs(args[name]))
    ),
    r"the result is off by (\w+):": lambda got, expected, args, name: close(
        np.abs(got - expected), np.full(got.shape, abs(args[name]))
    ),
    r"all numbers are off by": lambda got, expected, *_: np.ptp(got - expected) < 1e-5 * np.abs(expected).max() + 1e-9,
    r"0 and 1 are exchanged": lambda got, expected, *_: {*got.flat} <= {0, 1} and close(got, 1 - expected),
    r"the result is 1 minus what": lambda got, expected, *_: close(got, 1 - expected),
    r"each number is 1 over": lambda got, expected, *_: close(np.abs(got * expected), np.ones(got.shape)),
    r"all numbers that arrived are the same": lambda got, expected, *_: np.ptp(got) == 0 < np.ptp(expected),
    r"every number is (\S+) times": lambda got, expected, _, times: np.allclose(got, float(times) * expected, 1e-4),
    r"the result is the sum, the mean or the largest": lambda got, expected, *_: any(
        close(got, take(expected, axis=axis))
        for axis in (None, *range(expected.ndim))
        for take in (np.sum, np.mean, np.max)
    ),
    r"the right number arrived in an array": lambda got, expected, *_: (
        np.ndim(expected) == 0 and close(*got.flat, expected)
    ),
    r"the right number arrived alone": lambda got, expected, *_: np.ndim(got) == 0 and close(*expected.flat, got),
}
"""What stands behind "Here", and whether it is so, worked out a second time."""


def holds(sentence: str, seen: Observation) -> bool:
    """Whether what a sentence says of one call is so, by the table above."""
    for words, fact in FACTS.items():
        if match := re.match(f"Here {words}", sentence):
            return bool(fact(seen.got, seen.expected, seen.args, *match.groups()))
    raise AssertionError(f"the table does not know: {sentence}")


def also_said(sentence: str, seen: Observation) -> bool:
    """Whether something with the same beginning could be said of another call."""
    registry = VALUE_SIGNATURES if seen.got.shape == seen.expected.shape else SHAPE_SIGNATURES
    beginning = re.split(r"[:(.]| \d", sentence)[0]
    with np.errstate(all="ignore"):
        return any((said := ask(seen)) and said.startswith(beginning) for ask in registry.values())


def false_words(wrong: list[Wrong]) -> str:
    """Return what is told to a student, who sees the first failure, and is not so; nothing if all is true."""
    told = wrong[0].cause or ""
    if told.startswith("Here "):
        return "" if holds(told, wrong[0].seen) else told
    if told.startswith("This looks like "):
        elsewhere = [one.seen for one in wrong[1:] if one.part == wrong[0].part]
        return "" if all(also_said(told, seen) for seen in elsewhere) else told
    return ""


@pytest.mark.parametrize("every", [90, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", CHAPTERS)
def test_no_changed_answer_is_told_what_is_not_so(name, every):
    right = {grade_id(cell): cell.source for cell in with_mistakes(chapter(name), []).cells}
    false, told = [], 0
    for exercise in exercises(chapter(name)):
        for mutant in islice(mutants(exercise.answer, right[exercise.answer]), 0, None, every):
            if wrong := wrong_results(name, exercise, mutant.after):
                told += bool(wrong[0].cause)
                if words := false_words(wrong):
                    false.append((mutant.name, mutant.diff, words))
    assert told or every > 1
    assert false == []


def test_a_sentence_that_is_not_so_would_be_found():
    seen = Observation(np.array([2.0, 3.0]), np.array([1.0, 2.0]), {"X": np.ones((2, 2))})
    other = Observation(np.array([2.0, 6.0]), np.array([1.0, 2.0]), {})
    assert false_words([Wrong(None, "Here the result is twice what was expected.", seen)])
    assert not false_words([Wrong(None, "Here all numbers are off by 1.", seen)])
    both = [Wrong(None, "This looks like the right numbers in another order.", one) for one in (seen, other)]
    assert false_words(both)
    assert not false_words([*both[:1], Wrong(1, None, other)])
