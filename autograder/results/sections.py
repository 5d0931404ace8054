"""The exercises on a student's page: every graded cell of the notebook, whatever its role, has its place there."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from nbformat.notebooknode import NotebookNode

from autograder.grade.results import NO_RESPONSE, NotebookResult
from autograder.notebook.roles import grade_id, is_answer, is_graded, is_task, is_test
from autograder.notebook.secret import BLOCKS, Secrets, graded_sources, without_hidden
from autograder.plan import CellError
from autograder.release.manifest import Manifest
from autograder.results.explain import OPEN, STOPPED, Explanation, explain
from autograder.results.headings import headings, shortened
from autograder.results.scores import CellScore, Standing

CELL = re.compile(r"\(<cell \d+>, line (\d+)\)")

Kind = Literal["code", "text", "task"]


@dataclass(frozen=True)
class Test:
    """One test cell on the page."""

    name: str
    score: CellScore
    explanation: Explanation
    source: str


@dataclass(frozen=True)
class Section:
    """One exercise on the page: the student's answer and what the tests, or a person, say of it.

    Attributes
    ----------
    title : str
        The heading above it in the notebook.
    kind : {"code", "text", "task"}
        An answer in code or in words, or a task.
    answer : str
        The answer; of a task, what is asked for.
    error : str
        Why the answer's own cell did not run.
    tests : tuple of Test
        The tests that follow it.
    score : CellScore or None
        What a person gives for it; None where only tests do.
    comment : str
        A person's, in Markdown.
    unanswered : bool
        Whether an answer that a person reads was left as it was handed out.
    cells : tuple of (str, str)
        Of a task, type and source of the cells that the student added for it.
    """

    title: str
    kind: Kind
    answer: str = ""
    error: str = ""
    tests: tuple[Test, ...] = ()
    score: CellScore | None = None
    comment: str = ""
    unanswered: bool = False
    cells: tuple[tuple[str, str], ...] = ()


def sections(
    notebook: NotebookResult,
    answers: NotebookNode,
    standing: Standing,
    manifest: Manifest,
    plain: Collection[str],
) -> list[Section]:
    """Return the page's sections, in the notebook's order; their points are all that the gradebook has of it.

    Parameters
    ----------
    notebook : NotebookResult
        The result.
    answers : NotebookNode
        The autograded notebook: the student's answers between the instructor's cells.
    standing : Standing
        What the gradebook says of this notebook.
    manifest : Manifest
        The named mistakes.
    plain : collection of str
        Sources of the release's cells without a role: the others without a role are a student's own.
    """
    page = _Page(notebook, answers, standing, manifest)
    for index, cell in enumerate(answers.cells):
        if is_task(cell):
            page.add_task(index, cell)
        elif is_answer(cell):
            page.add_answer(index, cell)
        elif is_test(cell):
            page.add_test(index, cell)
        elif grade_id(cell) is None and cell.source not in plain:
            page.add_own_cell(cell)
        else:
            page.add_text(cell)
    page.add_rest()
    return page.sections


def plain_cells(released: NotebookNode) -> frozenset[str]:
    """Return the sources of a release's cells that nbgrader does not know."""
    return frozenset(cell.source for cell in released.cells if grade_id(cell) is None)


class _Page:
    """The sections so far, while a notebook is read from its top."""

    def __init__(self, notebook: NotebookResult, answers: NotebookNode, standing: Standing, manifest: Manifest) -> None:
        self.sections: list[Section] = []
        self.in_task = False
        self._title = ""
        self._manifest = manifest
        self._secrets = Secrets(graded_sources(answers))
        self._grades = {grade.name: grade for grade in notebook.grades}
        self._scores = {name: score for (_, name), score in standing.cells.items()}
        self._comments = {name: text for (_, name), text in standing.comments.items()}
        self._waiting = dict(self._scores)  # scores that have no place on the page yet
        self._outcomes = {cell.key: cell for cell in notebook.outcome.cells} if notebook.outcome else {}
        self._spoken = {index: _spoken(cell, index) for index, cell in enumerate(answers.cells)}

    def add_text(self, cell: NotebookNode) -> None:
        """Take the title of what follows from a cell that is only read."""
        if cell.cell_type == "markdown":
            self._title = [self._title, *headings(without_hidden(cell.source, BLOCKS))][-1]
        self.in_task = self.in_task and grade_id(cell) is None

    def add_task(self, index: int, cell: NotebookNode) -> None:
        """Begin a task."""
        self.add_text(cell)
        name, asked = self._name(index, cell), without_hidden(cell.source, BLOCKS).strip()
        self.sections.append(
            Section(self._title or name, "task", asked, score=self._score(name), comment=self._comment(name))
        )
        self.in_task = True

    def add_own_cell(self, cell: NotebookNode) -> None:
        """Add a cell of the student's to the task that it follows; others are not shown."""
        if self.in_task and cell.source.strip():
            task = self.sections[-1]
            self.sections[-1] = replace(task, cells=(*task.cells, (cell.cell_type, shortened(cell.source))))

    def add_answer(self, index: int, cell: NotebookNode) -> None:
        """Begin an exercise."""
        name = self._name(index, cell)
        score = self._score(name) if is_graded(cell) else None
        self.sections.append(
            Section(
                self._title or name,
                "code" if cell.cell_type == "code" else "text",
                shortened(cell.source),
                self._own_error(index),
                score=score,
                comment=self._comment(name),
                unanswered=score is not None and self._comments.get(name) == NO_RESPONSE,
            )
        )
        self.in_task = False

    def add_test(self, index: int, cell: NotebookNode) -> None:
        """Add a test to the answer that it follows."""
        name = self._name(index, cell)
        self.in_task = False
        if name not in self._grades:
            return
        if not self.sections or self.sections[-1].kind == "task":
            self.sections.append(Section(self._title or name, "code"))
        grade, answer = self._grades[name], self.sections[-1]
        said = explain(grade, cell.source, self._spoken, self._manifest, self._secrets)
        if answer.error and said.kind in ("failed", "hidden"):
            said = Explanation("not run", "The checks could not run, since the cell did not.")
            if answer.error.startswith("NotImplementedError"):
                said = OPEN
        score = self._score(name) or CellScore(grade.score or 0.0, grade.max_score)
        test = Test(name, score, said, without_hidden(cell.source))
        self.sections[-1] = replace(answer, tests=(*answer.tests, test))

    def add_rest(self) -> None:
        """Add what the gradebook has points for and the notebook no cell."""
        for name in list(self._waiting):
            self.sections.append(Section(name, "text", score=self._score(name), comment=self._comment(name)))

    def _name(self, index: int, cell: NotebookNode) -> str:
        return grade_id(cell) or f"cell {index + 1}"

    def _score(self, name: str) -> CellScore | None:
        self._waiting.pop(name, None)
        return self._scores.get(name)

    def _comment(self, name: str) -> str:
        text = self._comments.get(name, "")
        return "" if text == NO_RESPONSE else text

    def _own_error(self, key: int) -> str:
        """Return the message of an error in the answer cell itself, such as a syntax error."""
        cell = self._outcomes.get(key)
        if cell is None or cell.error is None:
            return ""
        error: CellError = cell.error
        if cell.status in ("stopped", "not run"):
            return STOPPED.get(error.ename, STOPPED["CellStopped"])
        if self._secrets.are_in(error.evalue):
            return error.ename
        return CELL.sub(r"(line \1)", f"{error.ename}: {error.evalue}")[:1000]


def _spoken(cell: NotebookNode, index: int) -> str:
    """Return how the page calls a cell: answers by a phrase, tests by their name."""
    name = grade_id(cell) or f"cell {index + 1}"
    return f"your answer {name}" if is_answer(cell) else name
