"""No wrong answer is told a false cause: each "This looks like …" and "Here …" of a named mistake was read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from wrong_answers import CHAPTERS, chapter, diagnosis, message, told

from autograder.notebook.roles import grade_id
from autograder.release.mistakes import exercises, mistakes, with_mistakes

READ = tomllib.loads(Path(__file__).with_name("diagnoses.toml").read_text(encoding="utf-8"))
"""What each named mistake may be told, by chapter and exercise: the sentence's beginning, read against the mistake."""


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_named_mistake_is_told_nothing_that_nobody_has_read(name):
    unread = []
    for mistake, said in told(name):
        assert said, (name, mistake.exercise.answer, mistake.name, "passes")
        known = READ.get(name, {}).get(mistake.exercise.answer, {}).get(mistake.name, "")
        found = diagnosis(said)
        if found and not (known and found.startswith(known)):
            unread.append((mistake.exercise.answer, mistake.name, found))
    assert unread == [], "read these: true ones are added to diagnoses.toml, false ones need a better case or signature"


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_list_names_no_mistake_that_is_gone(name):
    there = {(one.exercise.answer, one.name) for one in mistakes(chapter(name))}
    listed = {(exercise, one) for exercise, names in READ.get(name, {}).items() for one in names}
    assert listed - there == set()


POWER = "In Python a power is written with **"


def test_a_power_written_with_a_caret_is_explained():
    """In every answer of the first chapters that has a power with ** and floats."""
    tried = 0
    for name in ("01_neuron", "02_gradient_descent", "03_backprop"):
        right = with_mistakes(chapter(name), [])
        by_answer = {one.exercise.answer: one for one in mistakes(chapter(name))}
        for exercise in exercises(chapter(name)):
            answer = next(cell.source for cell in right.cells if grade_id(cell) == exercise.answer)
            if "**" in answer and exercise.answer in by_answer and "class " not in answer:
                said = message(name, by_answer[exercise.answer], answer.replace("**", "^"))
                assert POWER in said, (name, exercise.answer, said)
                tried += 1
    assert tried >= 8
