"""How far a student is: what the visible checks of a notebook said when they last ran."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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

__all__ = ["CHECKED", "RENAMED", "Chapter", "Exercise", "Part", "chapters", "exercises", "parts"]

PASSED, FAILED, UNCHECKED, OPEN, WRITTEN = "passed", "failed", "not checked", "not begun", "written"
RENAMED = "your file is called {file}; hand it in as {chapter}.ipynb"
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
class Part:
    """The cells of an exercise.

    Parameters
    ----------
    title : str
        The heading above it.
    first : str
        The id of the cell with the heading.
    answers : list of dict
        Where the student answers.
    test : dict
        The cell with its points.
    """

    title: str
    first: str
    answers: list[Cell]
    test: Cell


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
                remark = RENAMED.format(file=path.name, chapter=name)
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
    return [_exercise(part, live or {}) for part in parts(notebook)]


def parts(notebook: Notebook) -> Iterator[Part]:
    """Cut a notebook into its exercises.

    Parameters
    ----------
    notebook : dict
        The student's notebook.

    Yields
    ------
    Part
        One for each cell with points.
    """
    title, first, answers = "", "", []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and not is_answer(cell):
            headings = _HEADING.findall(text(cell))
            title, first = (headings[-1], cell_id(cell)) if headings else (title, first)
        if is_answer(cell):
            answers.append(cell)
        if grades(cell):
            yield Part(_POINTS.sub("", title) or grade_id(cell), first or cell_id(cell), answers, cell)
            answers = []


def _exercise(part: Part, live: Mapping[str, str]) -> Exercise:
    test = part.test
    in_words = is_answer(test) and test["cell_type"] == "markdown"
    if in_words:
        state = WRITTEN if is_begun(test) else OPEN
    else:
        state = live.get(cell_id(test)) or _state(test, part.answers)
    return Exercise(grade_id(test), part.title, points(test), state, in_words)


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
