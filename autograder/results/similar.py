"""Pairs of submissions that share what hardly anybody else wrote: a hint, no proof.

An answer is taken apart into its statements and the parts of its expressions, without names, comments, layout and
order; prose into runs of three words. What the release already holds does not count, and what two share counts
the more the fewer students have it: ``log(n / how many have it)``.
"""

from __future__ import annotations

import ast
import heapq
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from nbformat.notebooknode import NotebookNode
from sklearn.feature_extraction.text import CountVectorizer

from autograder.course import Course, CourseError
from autograder.files import write_atomically
from autograder.notebook.roles import grade_id, is_answer
from autograder.notebook.syntax import anonymous, parsed
from autograder.results.page import render
from autograder.results.report import read_rows, released_notebooks
from autograder.results.rows import Answer, Row
from autograder.results.scores import CellKey

MOST = 20
BLOCK = 500
"""Students that are compared with all others at once."""
WORDS = 3
PARTS = (ast.stmt, ast.BinOp, ast.Call, ast.Compare, ast.Subscript, ast.comprehension)
WHOLES = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
"""What an answer is taken apart into, and what of that is no part."""


@dataclass(frozen=True)
class Shared:
    """What a pair shares of one answer: its name, both texts, and the share of rare parts that is the same."""

    name: str
    written: bool
    one: str
    other: str
    share: float


@dataclass(frozen=True)
class Pair:
    """Two students, how much they share, counted by its rarity, and what share that is of all that they wrote."""

    one: str
    other: str
    weight: float
    share: float
    answers: tuple[Shared, ...] = ()

    @property
    def score(self) -> float:
        """What pairs are sorted by."""
        return self.weight * self.share


def write_similar(course: Course, assignment: str, most: int = MOST) -> tuple[Path, list[Pair]]:
    """Write ``report/<assignment>-similar.html``; return its path and the pairs, the most alike first.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of a graded assignment.
    most : int
        How many pairs to show.

    Raises
    ------
    CourseError
        If fewer than two submissions can be read.
    """
    rows = [row for row in read_rows(course, assignment) if row.answers]
    if len(rows) < 2:
        raise CourseError(f"{len(rows)} graded submissions of {assignment!r} can be read; two are needed to compare")
    pairs = similar({row.result.student: row for row in rows}, released_notebooks(course, assignment), most)
    page = course.root / "report" / f"{assignment}-similar.html"
    write_atomically(page, render("similar.html", assignment=assignment, pairs=pairs, students=len(rows)))
    return page, pairs


def similar(rows: Mapping[str, Row], released: Mapping[str, NotebookNode], most: int = MOST) -> list[Pair]:
    """Return the pairs that share most, the most alike first.

    Parameters
    ----------
    rows : mapping of str to Row
        The students.
    released : mapping of str to NotebookNode
        What they were given.
    most : int
        How many pairs to return.
    """
    given = {
        (name, grade_id(cell)): set(features(Answer(cell.source, cell.cell_type == "markdown")))
        for name, notebook in released.items()
        for cell in notebook.cells
        if is_answer(cell)
    }
    students = sorted(rows)
    taken = {student: _of_row(rows[student], given) for student in students}
    counted = CountVectorizer(analyzer=lambda student: [part for own in taken[student].values() for part in own])
    try:
        has = counted.fit_transform(students).astype(bool).astype(np.float64)
    except ValueError:  # nobody wrote anything
        return []
    often = np.asarray(has.sum(axis=0)).ravel()
    rarity = np.log(len(students) / often)
    best = heapq.nlargest(most, _pairs(has, rarity), key=lambda pair: pair[0])
    weights = dict(zip(counted.get_feature_names_out(), rarity, strict=True))
    return [
        Pair(
            students[i],
            students[j],
            weight,
            share,
            tuple(_shared(rows[students[i]], rows[students[j]], taken[students[i]], taken[students[j]], weights)),
        )
        for score, weight, share, i, j in best
        if score > 0
    ]


def features(answer: Answer) -> Iterator[str]:
    """Yield the parts of an answer, each in a form that says nothing of names and places."""
    tree = None if answer.written else parsed(answer.source)
    if tree is None:
        words = re.findall(r"\w+", answer.source.lower())
        yield from (" ".join(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1))
        return
    try:
        anonymous(tree)
        for node in ast.walk(tree):
            if isinstance(node, PARTS) and not isinstance(node, WHOLES):
                yield ast.dump(node, annotate_fields=False)
    except RecursionError:
        return


def _of_row(row: Row, given: Mapping[Any, set[str]]) -> dict[CellKey, list[str]]:
    """Return the parts of each answer, which begin with the answer's name, without those that were handed out."""
    return {
        key: [f"{key} {part}" for part in dict.fromkeys(features(answer)) if part not in given.get(key, ())]
        for key, answer in row.answers.items()
        if key in given
    }


def _pairs(has: Any, rarity: Any) -> Iterator[tuple[float, float, float, int, int]]:
    weighted = has.multiply(rarity).tocsr()
    own = np.asarray(weighted.sum(axis=1)).ravel()
    for start in range(0, has.shape[0], BLOCK):
        shared = (weighted[start : start + BLOCK] @ has.T).toarray()
        whole = own[start : start + BLOCK, None] + own[None, :] - shared
        share = np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)
        score = np.triu(shared * share, k=start + 1)
        kept = np.argpartition(score, -min(BLOCK, score.size), axis=None)[-min(BLOCK, score.size) :]
        for i, j in zip(*np.unravel_index(kept, score.shape), strict=True):
            yield float(score[i, j]), float(shared[i, j]), float(share[i, j]), int(start + i), int(j)


def _shared(
    one: Row, other: Row, mine: dict[CellKey, list[str]], others: dict[CellKey, list[str]], weights: dict[str, float]
) -> Iterator[Shared]:
    """Yield the answers of a pair that have something in common, those with the largest share first."""
    found = []
    for key in mine.keys() & others.keys():
        both, either = set(mine[key]) & set(others[key]), set(mine[key]) | set(others[key])
        whole = sum(weights.get(part, 0.0) for part in either)
        weight = sum(weights.get(part, 0.0) for part in both)
        if weight > 0:
            answer = one.answers[key]
            share = Shared(key[1], answer.written, answer.source, other.answers[key].source, weight / whole)
            found.append((weight, share))
    yield from (share for _, share in sorted(found, key=lambda pair: (-pair[0], pair[1].name)))
