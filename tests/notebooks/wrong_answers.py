"""Wrong answers against the checks of their exercises, in this process: what each is told."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from nbformat.notebooknode import NotebookNode

from autograder.notebook.read import read_notebook
from autograder.notebook.roles import grade_id
from autograder.release.mistakes import Mistake, mistakes, with_mistakes

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))
LOOKS_LIKE = "This looks like"


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
    names: dict[str, object] = {"__name__": "__main__", "np": np}
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(over="raise"):
            warnings.simplefilter("ignore")
            exec(compile(answer, mistake.exercise.answer, "exec"), names)
            for cell in chapter(name).cells:
                if grade_id(cell) in mistake.exercise.tests:
                    exec(compile(cell.source, grade_id(cell), "exec"), names)
    except Exception as error:
        return "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", [])])
    return ""


def diagnosis(said: str) -> str:
    """Return the sentence of a message that says what a result looks like; nothing if there is none."""
    return next((line for line in said.split("\n") if line.startswith(LOOKS_LIKE)), "")
