"""How far a student is: what the visible checks of a notebook said when they last ran."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpkit.course.notebooks import (
    Cell,
    Notebook,
    Unreadable,
    cell_id,
    grade_id,
    grades,
    is_answer,
    is_begun,
    points,
    read,
    text,
)
from mlpkit.course.work import Work

__all__ = ["CHECKED", "Chapter", "Exercise", "chapters", "exercises"]

PASSED, FAILED, UNCHECKED, OPEN, WRITTEN = "passed", "failed", "not checked", "not begun", "written"
CHECKED: dict[str, str] = {}
"""What the checks of the running kernel's notebook said, by the ids of their cells; it may not be saved yet."""

_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_HOURS = re.compile(rf"(?:({'|'.join(_NUMBERS)}|\d+) (?:to|or) )?({'|'.join(_NUMBERS)}|\d+) hours?", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_POINTS = re.compile(r"\s*\([^()]*points?[^()]*\)$")


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Parameters
    ----------
    name : str
        Of the cell with its points.
    title : str
        The heading above it.
    points : float
        What it is worth.
    state : str
        "passed", "failed", "not checked" (since it was last changed), "not begun"; "written" is an answer in words,
        which a person reads.
    in_words : bool
        Whether a person gives the points.
    """

    name: str
    title: str
    points: float
    state: str
    in_words: bool = False

    @property
    def is_done(self) -> bool:
        """Whether the student has nothing left to do."""
        return self.state in (PASSED, WRITTEN)


@dataclass(frozen=True)
class Chapter:
    """A chapter and its exercises.

    Parameters
    ----------
    name : str
        Of its folder.
    title : str
        Its first heading.
    hours : (int, int) or None
        What its text allows for it.
    path : Path or None
        The student's notebook, if there is one.
    exercises : sequence of Exercise
        In order.
    remark : str
        What the student should know: the file is damaged, or has another name.
    """

    name: str
    title: str
    hours: tuple[int, int] | None
    path: Path | None
    exercises: Sequence[Exercise]
    remark: str = ""

    @property
    def earned(self) -> float:
        """Points by the visible checks."""
        return sum(one.points for one in self.exercises if one.state == PASSED)

    @property
    def possible(self) -> float:
        """Points that checks give."""
        return sum(one.points for one in self.exercises if not one.in_words)

    @property
    def done(self) -> int:
        """How many exercises need nothing more."""
        return sum(one.is_done for one in self.exercises)

    @property
    def is_begun(self) -> bool:
        """Whether there is an answer."""
        return any(one.state != OPEN for one in self.exercises)

    @property
    def following(self) -> Exercise | None:
        """The first exercise that is not done."""
        return next((one for one in self.exercises if not one.is_done), None)


def chapters(work: Work) -> list[Chapter]:
    """Return the standing in all chapters.

    Parameters
    ----------
    work : Work
        The working copy.

    Returns
    -------
    list of Chapter
        In the order of the course. Of a notebook that is missing or damaged, all exercises count as not begun.
    """
    return [_chapter(work, name) for name in work.chapters]


def _chapter(work: Work, name: str) -> Chapter:
    given = read(work.released(name))
    path, remark = work.notebook(name), ""
    mine = given
    if path is not None:
        try:
            mine = read(path)
        except Unreadable as error:
            remark = f"{path.name} {error}"
        else:
            if path.stem != name:
                remark = f"your file is called {path.name}; hand it in as {name}.ipynb"
    title, hours = _title(given)
    found = exercises(mine) if mine is not given else [_unbegun(one) for one in exercises(given)]
    return Chapter(name, title or name, hours, path, found, remark)


def exercises(notebook: Notebook, live: Mapping[str, str] | None = None) -> list[Exercise]:
    """Return the exercises of a notebook, and what was last said of them.

    Parameters
    ----------
    notebook : dict
        The student's notebook, with its outputs.
    live : mapping of str to str, optional
        What checks said since the notebook was saved, by the ids of their cells.

    Returns
    -------
    list of Exercise
        One for each cell with points.
    """
    found = []
    heading, answers = "", []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and not is_answer(cell):
            heading = next(iter(reversed(_HEADING.findall(text(cell)))), heading)
        if is_answer(cell):
            answers.append(cell)
        if not grades(cell):
            continue
        title = _POINTS.sub("", heading) or grade_id(cell)
        in_words = is_answer(cell) and cell["cell_type"] == "markdown"
        if in_words:
            state = WRITTEN if is_begun(cell) else OPEN
        else:
            state = (live or {}).get(cell_id(cell)) or _state(cell, answers)
        found.append(Exercise(grade_id(cell), title, points(cell), state, in_words))
        answers = []
    return found


def _state(test: Cell, answers: Sequence[Cell]) -> str:
    if answers and not any(is_begun(answer) for answer in answers):
        return OPEN
    ran = test.get("execution_count")
    if not isinstance(ran, int):
        return UNCHECKED if answers else OPEN
    if any(output.get("output_type") == "error" for output in test.get("outputs", ()) if isinstance(output, dict)):
        return FAILED
    counts = [answer.get("execution_count") for answer in answers]
    return UNCHECKED if any(isinstance(count, int) and count > ran for count in counts) else PASSED


def _unbegun(one: Exercise) -> Exercise:
    return Exercise(one.name, one.title, one.points, OPEN, one.in_words)


def _title(notebook: Notebook) -> tuple[str, tuple[int, int] | None]:
    """The first heading of a notebook and the hours that the text below it names."""
    first = next((text(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"), "")
    heading, hours = _HEADING.search(first), _HOURS.search(first)
    if hours is None:
        return heading[1] if heading else "", None
    most = _number(hours[2])
    return heading[1] if heading else "", (_number(hours[1]) if hours[1] else most, most)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS.index(word.lower()) + 1
