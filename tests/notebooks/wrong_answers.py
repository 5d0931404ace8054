"""Wrong answers against the checks of their exercises, in this process: what each is told."""

from __future__ import annotations

import contextlib
import io
import signal
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

import numpy as np
from nbformat.notebooknode import NotebookNode

from autograder.notebook.read import read_notebook
from autograder.notebook.roles import grade_id
from autograder.release.mistakes import Exercise, Mistake, mistakes, with_mistakes
from mlpkit.testing import check, compare
from mlpkit.testing.diagnosis import likely_cause
from mlpkit.testing.observation import Observation

ROOT = Path(__file__).resolve().parents[2]
SECONDS_FOR_A_WRONG_ANSWER = 5
"""A changed answer may never end; what it returned until then counts."""
CHAPTERS = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))
DIAGNOSES = ("This looks like ", "Here ")
"""How a sentence begins that says what a wrong result has in common with the expected one."""


@cache
def chapter(name: str) -> NotebookNode:
    return read_notebook((ROOT / "solutions" / name / f"{name}.ipynb").read_bytes())


def told(name: str) -> Iterator[tuple[Mistake, str]]:
    """Yield the named mistakes of a chapter, and the message of the first check that each fails."""
    for mistake in mistakes(chapter(name)):
        answer = next(
            c for c in with_mistakes(chapter(name), [mistake]).cells if grade_id(c) == mistake.exercise.answer
        )
        yield mistake, message(name, mistake, answer.source)


def message(name: str, mistake: Mistake, answer: str) -> str:
    """Return what the tests of an exercise say to an answer; nothing if they pass."""
    try:
        tried(name, mistake.exercise, answer)
    except Exception as error:
        return "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", [])])
    return ""


def tried(name: str, exercise: Exercise, answer: str) -> None:
    """Run an answer and the tests of its exercise."""
    names: dict[str, object] = {"__name__": "__main__", "np": np}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(over="raise"):
        warnings.simplefilter("ignore")
        exec(compile(answer, exercise.answer, "exec"), names)
        for cell in chapter(name).cells:
            if grade_id(cell) in exercise.tests:
                exec(compile(cell.source, grade_id(cell), "exec"), names)


@dataclass(frozen=True)
class Wrong:
    """A wrong result: which of several results, what is said of it, and the numbers."""

    part: int | None
    cause: str | None
    seen: Observation


def wrong_results(name: str, exercise: Exercise, answer: str) -> list[Wrong]:
    """Return every wrong result in the order of the calls, whereas a student sees the first."""
    found: list[Wrong] = []
    looked_at: list[Observation] = []

    def difference(*args: Any) -> compare.Difference | None:
        looked_at.clear()
        wrong = compare.difference(*args)
        of_it = [seen for seen in looked_at if likely_cause(seen) == wrong.cause] if wrong else []
        if wrong and of_it:
            found.append(Wrong(wrong.part, wrong.cause, of_it[0]))
        return None  # so that the next call is made

    def noted(seen: Observation) -> str | None:
        looked_at.append(seen)
        return likely_cause(seen)

    def too_long(*_: object) -> NoReturn:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_FOR_A_WRONG_ANSWER)
    try:
        with (
            mock.patch.object(check, "difference", difference),
            mock.patch.object(compare, "likely_cause", noted),
            mock.patch.object(check.Check, "ensure"),
            contextlib.suppress(Exception),
        ):
            tried(name, exercise, answer)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return found


def diagnosis(said: str) -> str:
    """Return the sentence of a message that says what a result has in common with the expected one, if there is one."""
    return next((line for line in said.split("\n") if line.startswith(DIAGNOSES)), "")
