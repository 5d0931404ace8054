"""One student in the report: what was graded automatically, what the gradebook says, and what was answered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode

from autograder.grade.results import GradeResult, Result
from autograder.notebook.roles import grade_id, is_answer
from autograder.release.mistakes import exercises
from autograder.results.scores import CellKey, Standing

UNTRIED = "NotImplementedError"
"""What an answer raises as it is released."""


@dataclass(frozen=True)
class Answer:
    """What stands in an answer cell, whether it is prose, and the name of the exception that it ended in, if any."""

    source: str
    written: bool = False
    error: str = ""


@dataclass(frozen=True)
class Row:
    """One student.

    Attributes
    ----------
    result : Result
        What was graded automatically.
    standing : Standing
        What the gradebook says now.
    cells : dict
        The graded cells of the result.
    feedback : str
        Link to the student's page; empty if there is none.
    answers : dict
        What stands in the answer cells.
    untried : frozenset
        The tests whose answers are as they were released.
    """

    result: Result
    standing: Standing
    cells: dict[CellKey, GradeResult]
    feedback: str
    answers: Mapping[CellKey, Answer] = field(default_factory=dict)
    untried: frozenset[CellKey] = frozenset()

    @property
    def remarks(self) -> tuple[str, ...]:
        """The result's remarks, and what stands in the gradebook that was given for more points."""
        above = [f"{cell} points, given when it was worth more" for cell in self.standing.above]
        return (*self.result.remarks, *above)

    @property
    def is_gradable(self) -> bool:
        """Whether anything of it was graded."""
        return self.result.status != "not_gradable"

    def tried(self, key: CellKey) -> bool:
        """Return whether the answer of a test is the student's own."""
        grade = self.cells.get(key)
        return key not in self.untried and (grade is None or grade.error is None or grade.error.ename != UNTRIED)

    def share(self, without: CellKey | None = None) -> float | None:
        """Return the share of the points that are given so far, by tests or a person; None if none are.

        Parameters
        ----------
        without : CellKey, optional
            A cell to leave out.
        """
        earned, most = self._given
        left_out = None if without is None else self.standing.cells.get(without)
        if left_out is not None and not left_out.waits:
            earned, most = earned - left_out.score, most - left_out.max_score
        return earned / most if most > 0 else None

    @cached_property
    def _given(self) -> tuple[float, float]:
        given = [score for score in self.standing.cells.values() if not score.waits]
        return sum(score.score for score in given), sum(score.max_score for score in given)


def answers_in(path: Path) -> dict[str, Answer]:
    """Return what stands in a notebook's answer cells by nbgrader's names; nothing if it cannot be read."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return {
            cell["metadata"]["nbgrader"]["grade_id"]: Answer(
                _joined(cell["source"]), cell["cell_type"] == "markdown", _error(cell.get("outputs", []))
            )
            for cell in cells
            if cell["metadata"].get("nbgrader", {}).get("solution")
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def untouched(released: NotebookNode, answers: Mapping[str, Answer]) -> Iterator[str]:
    """Yield the tests of a notebook whose answers are as they were released, or still say that they are not written."""
    stubs = {grade_id(cell): cell.source for cell in released.cells if is_answer(cell)}
    for exercise in exercises(released):
        answer = answers.get(exercise.answer)
        if answer is not None and (
            answer.error == UNTRIED or answer.source.split() == stubs.get(exercise.answer, "").split()
        ):
            yield from exercise.tests


def _joined(source: Any) -> str:
    return source if isinstance(source, str) else "".join(source)


def _error(outputs: list[dict[str, Any]]) -> str:
    return next((str(one.get("ename", "")) for one in outputs if one.get("output_type") == "error"), "")
