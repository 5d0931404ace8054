"""What the class made of each test: how hard it is, whether it tells good from weak, and what it says when it fails."""

from __future__ import annotations

import re
import statistics
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.characters import one_line
from autograder.grade.results import GradeResult
from autograder.release.manifest import NUMBER, Manifest
from autograder.results.rows import Row
from autograder.results.scores import CellKey

BINS = 10
MOST_MESSAGES = 5
MESSAGE_CHARACTERS = 300
GOOD_SHARE = 1 / 3
"""The students who do best at everything else; those who do as well as the last of them are among them."""
FEWEST, LEAST_SHARE, MOST_BEHIND = 3, 0.15, 0.3
"""A test is in doubt if so many of the good students, and such a share of them, fail it in the same words, and those
who fail it so are not further behind those who pass."""


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: where it begins and ends, and how many fall into it."""

    start: float
    end: float
    count: int


@dataclass(frozen=True)
class Message:
    """What a test said.

    Attributes
    ----------
    text : str
        The exception's name and words.
    count, good : int
        To how many students, and how many of these are good at everything else.
    behind : float
        How far these are behind those who pass, in everything else: 0 if they do as well or better, 1 if each
        does worse than any who passes (the rank-biserial correlation). 0 if nobody passes.
    mistake : str
        The named mistake that fails so; empty if it is none.
    """

    text: str
    count: int
    good: int
    behind: float
    mistake: str = ""


@dataclass(frozen=True)
class Column:
    """One graded cell in the report; its numbers are of the students who could be graded.

    Attributes
    ----------
    key, name, max_score
        The cell, its name on the page, and what it is worth.
    written : bool
        Whether a person gives its points.
    given, waiting : int
        How many have points for it, and how many wait for them.
    tried : int
        How many changed the answer that was released.
    right, none, wrong : int
        How many have all of the points, how many have none, and how many of these tried.
    average : float
        The mean of the points given.
    discrimination : float or None
        Correlation of its points with the share of all others (point-biserial where a test gives all or
        nothing), of those who tried; None if one of the two never changes.
    good : int
        How many that tried are good at everything else.
    good_failing : int
        How many of these do not have all of its points.
    messages : tuple of Message
        What it said, the commonest first.
    distribution : tuple of Bar
        How many have how many points.
    """

    key: CellKey
    name: str
    max_score: float
    written: bool
    given: int
    waiting: int
    tried: int
    right: int
    none: int
    wrong: int
    average: float
    discrimination: float | None
    good: int
    good_failing: int
    messages: tuple[Message, ...]
    mistakes: tuple[tuple[str, int], ...]
    distribution: tuple[Bar, ...]

    @property
    def share(self) -> float | None:
        """The mean share of its points: 1 if everybody has all of them."""
        return self.average / self.max_score if self.max_score and self.given else None

    @property
    def suspect(self) -> Message | None:
        """What speaks most against the test, unless it is a known mistake."""
        unknown = [message for message in self.messages if not message.mistake]
        return max(unknown, key=lambda message: message.good * (1 - message.behind), default=None)

    @property
    def doubt(self) -> float:
        """How much speaks against it: the share of good students whom it fails in the same words as others as good."""
        if self.suspect is None or not self.good:
            return 0.0
        return self.suspect.good / self.good * (1 - self.suspect.behind)

    @property
    def is_doubtful(self) -> bool:
        """Whether it fails students who do as well elsewhere as those who pass, so that a person should look at it."""
        if self.suspect is None or self.suspect.behind > MOST_BEHIND:
            return False
        return self.suspect.good >= max(FEWEST, LEAST_SHARE * self.good)


def columns(rows: list[Row], manifest: Manifest) -> list[Column]:
    """Return what the class made of each graded cell, in the order of the notebooks."""
    keys = list(dict.fromkeys(key for row in rows for key in (*row.cells, *row.standing.cells)))
    often = Counter(name for _, name in keys)
    gradable = [row for row in rows if row.is_gradable]
    return [_column(key, "/".join(key) if often[key[1]] > 1 else key[1], rows, gradable, manifest) for key in keys]


def doubtful(found: Iterable[Column]) -> list[Column]:
    """Return the tests that fail students who do well elsewhere, the most doubtful first."""
    return sorted((column for column in found if column.is_doubtful), key=lambda column: -column.doubt)


def histogram(values: Iterable[float], most: float = 1.0) -> tuple[Bar, ...]:
    """Return how many values fall into each tenth of the range from 0 to `most`; those beyond belong to the last."""
    counts = [0] * BINS
    for value in values:
        counts[max(0, min(int(value / most * BINS + 1e-9), BINS - 1)) if most else 0] += 1
    return tuple(Bar(most * number / BINS, most * (number + 1) / BINS, count) for number, count in enumerate(counts))


def _column(key: CellKey, name: str, rows: list[Row], gradable: list[Row], manifest: Manifest) -> Column:
    grades = [row.cells[key] for row in gradable if key in row.cells]
    known = [row.standing.cells[key] for row in rows if key in row.standing.cells]
    have = [row for row in gradable if key in row.standing.cells]
    given = [row for row in have if not row.standing.cells[key].waits]
    earned = [row.standing.cells[key].score for row in given]
    most = known[0].max_score if known else grades[0].max_score if grades else 0.0
    tried = [row for row in given if row.tried(key)]
    good = _good(key, tried)
    able = {row.result.student for row in good}
    failing = [row for row in tried if row.standing.cells[key].score < row.standing.cells[key].max_score]
    messages = _messages(key, tried, able, manifest)
    found = Counter(mistake.name for grade in grades for mistake in manifest.diagnose(grade))
    return Column(
        key,
        name,
        most,
        all(grade.status in ("manual", "not run") for grade in grades) and bool(grades),
        len(given),
        len(have) - len(given),
        sum(row.tried(key) for row in gradable if key in row.cells),
        sum(row.standing.cells[key].score >= row.standing.cells[key].max_score for row in given),
        sum(score == 0 for score in earned),
        sum(row.standing.cells[key].score == 0 for row in failing),
        statistics.fmean(earned) if earned else 0.0,
        _discrimination(key, tried),
        len(good),
        sum(row.result.student in able for row in failing),
        messages,
        tuple(found.most_common(4)),
        histogram(earned, most),
    )


def _good(key: CellKey, tried: list[Row]) -> list[Row]:
    """Return those who do best at everything but one cell."""
    rest = {row.result.student: row.share(without=key) or 0.0 for row in tried}
    place = round(len(rest) * GOOD_SHARE) - 1
    if place < 0:
        return []
    least = sorted(rest.values(), reverse=True)[place]
    return [row for row in tried if rest[row.result.student] >= least > 0]


def _discrimination(key: CellKey, tried: list[Row]) -> float | None:
    pairs = [(row.standing.cells[key].score, rest) for row in tried if (rest := row.share(without=key)) is not None]
    try:
        return statistics.correlation(*zip(*pairs, strict=True))
    except (statistics.StatisticsError, TypeError):  # fewer than two, or always the same
        return None


def _messages(key: CellKey, tried: list[Row], good: set[str], manifest: Manifest) -> tuple[Message, ...]:
    heard: dict[str, list[Row]] = defaultdict(list)
    passing = []
    for row in tried:
        score, grade = row.standing.cells[key], row.cells.get(key)
        if grade is not None and grade.error is not None:
            heard[said(grade)].append(row)
        elif score.score >= score.max_score:
            passing.append(row.share(without=key) or 0.0)
    passing.sort()
    found = []
    for text, rows in heard.items():
        mistakes = manifest.diagnose(rows[0].cells[key])
        able = sum(row.result.student in good for row in rows)
        behind = _behind([row.share(without=key) or 0.0 for row in rows], passing)
        found.append(Message(text, len(rows), able, behind, mistakes[0].name if mistakes else ""))
    return tuple(sorted(found, key=lambda message: (-message.count, message.text)))


def _behind(some: list[float], passing: list[float]) -> float:
    """Return how far some values are behind others, which are sorted, from 0 to 1."""
    if not passing:
        return 0.0
    below = sum(bisect_left(passing, value) + bisect_right(passing, value) for value in some) / 2
    return max(0.0, 1 - 2 * below / (len(some) * len(passing)))


def said(grade: GradeResult) -> str:
    """Return what a test said, in one line; numbers are cut, since sums differ in their last digits."""
    assert grade.error is not None
    text = NUMBER.sub(_cut, f"{grade.error.ename}: {grade.error.evalue}" if grade.error.evalue else grade.error.ename)
    return one_line(text, MESSAGE_CHARACTERS)


def _cut(found: re.Match[str]) -> str:
    text = found.group()
    sign = "+" if text.startswith("+") else ""
    return f"{sign}{float(text):.5g}" if set(".eE") & set(text) else text
