"""Wrong answers that behave alike and look alike, the largest group first."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from nbformat.notebooknode import NotebookNode

from autograder.execute.behaviour import QUOTED
from autograder.grade.results import GradeResult
from autograder.notebook.syntax import likeness, look
from autograder.release.manifest import Manifest
from autograder.release.mistakes import Exercise, exercises
from autograder.results.rows import Row
from autograder.results.statistics import said

ALIKE = 0.5
"""Answers that behave alike are in one group if at least this share of their syntax is the same, or a chain of such."""
MOST_LOOKS = 50
"""An answer is compared with so many looks of a group."""


@dataclass(frozen=True)
class Group:
    """Answers to one exercise that are wrong in the same way.

    Attributes
    ----------
    name : str
        What the command line calls it; the same as long as its members behave as they do.
    notebook : str
        Where the exercise stands.
    exercise : Exercise
        The answer cell and its tests.
    students : tuple of str
        Whose answers they are.
    messages : dict
        By test that failed, what it said to the example.
    example : str
        The answer that most of them come near to.
    example_student : str
        Whose it is.
    ways : int
        In how many ways they are written, apart from names and comments.
    mistake : str
        The named mistake that it is; empty if it is none.
    """

    name: str
    notebook: str
    exercise: Exercise
    students: tuple[str, ...]
    messages: dict[str, str]
    example: str
    example_student: str
    ways: int
    mistake: str = ""


def groups(rows: list[Row], released: Mapping[str, NotebookNode], manifest: Manifest) -> list[Group]:
    """Return the groups of an assignment, the largest first.

    Parameters
    ----------
    rows : list of Row
        The students, with their answers.
    released : mapping of str to NotebookNode
        The released notebooks.
    manifest : Manifest
        The named mistakes.
    """
    found = [
        group
        for name, notebook in released.items()
        for exercise in exercises(notebook)
        for group in _of_exercise(name, exercise, rows, manifest)
    ]
    return sorted(found, key=lambda group: (-len(group.students), group.name))


def wrong_answers_of(released: Mapping[str, NotebookNode]) -> Callable[[Row], Row]:
    """Return a function that takes from a row all answers but those that `groups` needs: the wrong ones."""
    asked = [(name, exercise) for name, notebook in released.items() for exercise in exercises(notebook)]

    def trimmed(row: Row) -> Row:
        keys = [(name, exercise.answer) for name, exercise in asked if failed_tests(row, name, exercise)]
        return replace(row, answers={key: row.answers[key] for key in keys if key in row.answers})

    return trimmed


def _of_exercise(notebook: str, exercise: Exercise, rows: list[Row], manifest: Manifest) -> list[Group]:
    alike: dict[tuple[str, ...], _Clusters] = defaultdict(_Clusters)
    for row in rows:
        failed = failed_tests(row, notebook, exercise)
        answer = row.answers.get((notebook, exercise.answer))
        if failed and answer is not None:
            alike[behaviour(failed)].put(row, look(answer.source))
    found = []
    for key, clusters in alike.items():
        for cluster in clusters.found:
            commonest = max(cluster.looks, key=len)
            row = min(commonest, key=lambda one: _length(one, notebook, exercise))
            failed = failed_tests(row, notebook, exercise)
            mistakes = [mistake.name for grade in failed for mistake in manifest.diagnose(grade)]
            told = repr((key, sorted(cluster.shapes[0].items())))
            found.append(
                Group(
                    f"{exercise.answer}-{hashlib.sha256(told.encode()).hexdigest()[:6]}",
                    notebook,
                    exercise,
                    tuple(sorted(one.result.student for members in cluster.looks for one in members)),
                    {grade.name: said(grade) for grade in failed},
                    row.answers[notebook, exercise.answer].source,
                    row.result.student,
                    len(cluster.looks),
                    mistakes[0] if mistakes else "",
                )
            )
    return found


@dataclass
class _Cluster:
    """Answers that behave alike and of which each looks like another: the looks, and who has each."""

    shapes: list[Counter[str]] = field(default_factory=list)
    looks: list[list[Row]] = field(default_factory=list)


@dataclass
class _Clusters:
    """Answers that behave alike: the clusters, and by look, who has it, for most answers look like one before."""

    found: list[_Cluster] = field(default_factory=list)
    rows: dict[frozenset[tuple[str, int]], list[Row]] = field(default_factory=dict)

    def put(self, row: Row, shape: Counter[str]) -> None:
        key = frozenset(shape.items())
        if key in self.rows:
            self.rows[key].append(row)
            return
        near: list[_Cluster] = []
        far: list[_Cluster] = []
        for one in self.found:
            alike = any(likeness(shape, other) >= ALIKE for other in one.shapes[:MOST_LOOKS])
            (near if alike else far).append(one)
        joined = _Cluster([shape], [[row]])
        self.rows[key] = joined.looks[0]
        for cluster in near:
            joined = _Cluster(cluster.shapes + joined.shapes, cluster.looks + joined.looks)
        self.found = [*far, joined]


def failed_tests(row: Row, notebook: str, exercise: Exercise) -> list[GradeResult]:
    """Return the tests of an exercise that a student tried and failed."""
    keys = [(notebook, test) for test in exercise.tests]
    return [row.cells[key] for key in keys if key in row.cells and row.tried(key) and row.cells[key].error is not None]


def behaviour(failed: list[GradeResult]) -> tuple[str, ...]:
    """Return what wrong answers share that behave alike: what the tests got, and what they said, names left out."""
    return tuple(f"{grade.name} {grade.behaviour} {QUOTED.sub('…', said(grade))}" for grade in failed)


def _length(row: Row, notebook: str, exercise: Exercise) -> tuple[int, str]:
    return len(row.answers[notebook, exercise.answer].source), row.result.student
