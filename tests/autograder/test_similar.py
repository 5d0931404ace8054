"""Copies are found however they are disguised, and those who worked alone stay below them."""

from __future__ import annotations

import random
import time

import pytest
from course_maker import nbgrader_cell
from nbformat.v4 import new_notebook

from autograder.grade.results import NotebookResult, Result
from autograder.results.page import render
from autograder.results.rows import Answer, Row
from autograder.results.scores import standing_of
from autograder.results.similar import features, similar

STUB = "def {name}(values, limit):\n    raise NotImplementedError()"
EXERCISES = ("first", "second", "third")
RELEASED = {
    "small": new_notebook(
        cells=[
            *(nbgrader_cell(name, STUB.format(name=name), solution=True) for name in EXERCISES),
            nbgrader_cell("why", "Say why.", markdown=True, grade=True, solution=True, points=1),
        ]
    )
}
VERBS = ("grows", "shrinks", "stays", "turns", "doubles", "vanishes", "returns", "fails", "holds", "moves")
NOUNS = ("gradient", "loss", "weight", "bias", "layer", "batch", "rate", "error", "signal", "neuron")


def code(name, chance):
    """Return an honest answer: what everybody writes, in one of many ways, with a few lines of one's own."""
    lines = [f"def {name}(values, limit):", "    total = 0"]
    first = [
        chance.choice(["    count = len(values)", "    count = sum(1 for _ in values)", "    count = 0 + len(values)"])
    ]
    for number in range(chance.randrange(1, 4)):
        first.append(f"    extra{number} = limit {chance.choice('+-*/')} {chance.randrange(1, 40)}")
    loop = chance.choice(
        [
            ["    for value in values:", "        total += value"],
            ["    for index in range(len(values)):", "        total = total + values[index]"],
            ["    total = sum(values)"],
            ["    while values:", "        total += values.pop()"],
        ]
    )
    last = chance.choice(
        ["    return total / count", "    return total / len(values)", "    return (1 / count) * total"]
    )
    return "\n".join([*lines, *first, *loop, last])


def prose(chance):
    return ". ".join(
        f"The {chance.choice(NOUNS)} {chance.choice(VERBS)} when the {chance.choice(NOUNS)} {chance.choice(VERBS)}"
        for _ in range(3)
    )


def student(name, answers):
    given = {("small", key): Answer(text, key == "why") for key, text in answers.items()}
    result = Result(name, "small", "key", (NotebookResult("small", "graded"),))
    return Row(result, standing_of(result), {}, "", given)


def a_class(size, seed=0):
    chance = random.Random(seed)
    rows = {}
    for number in range(size):
        answers = {name: code(name, chance) for name in EXERCISES} | {"why": prose(chance)}
        rows[f"s{number:04}"] = student(f"s{number:04}", answers)
    return rows


def disguised(text):
    """Return a copy with other names, comments, and independent lines in another order."""
    for old, new in (
        ("total", "acc"),
        ("count", "how_many"),
        ("extra", "more"),
        ("value ", "one "),
        ("+= value", "+= one"),
        ("index", "i"),
    ):
        text = text.replace(old, new)
    head, *body = text.split("\n")
    moved = [line for line in body if line.startswith("    more")]
    rest = [line for line in body if line not in moved]
    return "\n".join([head, *reversed(moved), "    # my own idea", *rest])


def with_copies(rows, copies=5):
    rows = dict(rows)
    for number in range(copies):
        whose = rows[f"s{number:04}"].answers
        answers = {key[1]: text.source if text.written else disguised(text.source) for key, text in whose.items()}
        answers["why"] = answers["why"].replace("The", "Well, the")
        rows[f"copy{number}"] = student(f"copy{number}", answers)
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_five_copies_are_the_first_five_pairs(seed):
    pairs = similar(with_copies(a_class(120, seed)), RELEASED)
    assert {(pair.one, pair.other) for pair in pairs[:5]} == {(f"copy{n}", f"s{n:04}") for n in range(5)}


def test_a_copied_text_alone_is_found():
    rows = a_class(60)
    answers = {key[1]: answer.source for key, answer in rows["s0007"].answers.items()}
    rows["s0042"] = student("s0042", answers | {"first": STUB.format(name="first")})
    first = similar(rows, RELEASED)[0]
    assert (first.one, first.other) == ("s0007", "s0042")
    assert "why" in [shared.name for shared in first.answers]


def test_what_was_handed_out_is_in_common_with_nobody():
    answers = {name: STUB.format(name=name) for name in EXERCISES} | {"why": "Say why."}
    assert similar({name: student(name, answers) for name in ("a", "b", "c")}, RELEASED) == []


def test_names_comments_and_layout_make_no_difference():
    one = "def f(x):\n    a = x + 1  # add\n    return a"
    other = 'def f(value):\n    """Say."""\n    result: int = (value\n      + 1)\n    return result'
    assert set(features(Answer(one))) == set(features(Answer(other)))
    assert set(features(Answer(one))) != set(features(Answer(one.replace("+", "-"))))


def test_the_page_says_that_it_proves_nothing_and_escapes():
    rows = with_copies(a_class(30), 1)
    rows["<b>"] = student("<b>", {key[1]: answer.source for key, answer in rows["s0000"].answers.items()})
    page = render("similar.html", assignment="small", pairs=similar(rows, RELEASED), students=len(rows))
    assert "A hint, no proof." in page
    assert "&lt;b&gt;" in page
    assert "<b><b>" not in page


@pytest.mark.slow  # a class of 1,000
def test_a_thousand_students_take_less_than_two_minutes():
    rows = with_copies(a_class(1_000))
    began = time.process_time()
    pairs = similar(rows, RELEASED)
    assert time.process_time() - began < 120
    assert {(pair.one, pair.other) for pair in pairs[:5]} == {(f"copy{n}", f"s{n:04}") for n in range(5)}
