"""The table of students in the report: the first rows as HTML, and of a large class all as data for its script."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.intake.moments import spoken
from autograder.lms.people import Person
from autograder.results.roster import UNGRADED, ClassList
from autograder.results.rows import Row
from autograder.results.statistics import Column

MOST_ROWS = 200
"""A longer table has its first rows only; a browser would take minutes for those of twenty thousand."""
KINDS = {"f": "full", "n": "none", "p": "", "w": "wait"}
"""The kinds of a cell by the letter that stands for each in the data; nothing stands for no cell at all."""
MARKS = {"graded": "good", "partly_graded": "bad", "not_gradable": "bad"}
UNTRIED = "–"


@dataclass(frozen=True)
class Listed:
    """One row of the table, in the words that it shows.

    Attributes
    ----------
    student, who : str
        The id, and name and section.
    link : str
        To the student's page.
    mark, status : str
        What became of the submission, and its colour.
    late, late_words
        Seconds, None if that is not known, and words.
    score, score_words
        Points, None if there are none, and words.
    cells : tuple of str
        Of each test the letter of `KINDS` and the points; "" if the student has no such cell.
    remark, seconds, timing
        What is to be said, how long it ran, and when.
    """

    student: str
    who: str
    link: str
    mark: str
    status: str
    late: float | None
    late_words: str
    score: float | None
    score_words: str
    cells: tuple[str, ...]
    remark: str
    seconds: float | None
    timing: str

    @property
    def seconds_words(self) -> str:
        """How long it ran, in words."""
        return "" if self.seconds is None else f"{self.seconds:.1f} s"

    def marks(self) -> Iterator[tuple[str, str]]:
        """Yield the class and the text of each cell."""
        for one in self.cells:
            yield (f"cell {KINDS[one[0]]}".strip(), one[1:]) if one else ("", "")

    def data(self) -> list[object]:
        """Return what ``tables.js`` makes the row of."""
        return [
            *(self.student, self.who, self.link, self.mark, self.status),
            *(self.late, self.late_words, self.score, self.score_words),
            *("\t".join(self.cells), self.remark, self.seconds, self.timing),
        ]


def listing(rows: Iterable[Row], columns: Sequence[Column], known: ClassList, assignment: str) -> list[Listed]:
    """Return the table of students: those with a result, and those whose submission is not graded yet."""
    graded = [_listed(row, columns, known.people[row.result.student]) for row in rows]
    more = "", None, "", ("",) * len(columns), f"autograder grade {assignment}", None, ""
    waiting = [
        Listed(student, who(known.people[student]), "", "wait", UNGRADED, None, *more) for student in known.ungraded
    ]
    return graded + waiting


def who(person: Person) -> str:
    """Return a student's name and section."""
    return ", ".join(filter(None, (person.name, person.section)))


def as_data(listed: Iterable[Listed]) -> Markup:
    """Return rows as JSON that can stand in a script element of a page."""
    text = json.dumps([one.data() for one in listed], separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def points(value: float) -> str:
    """Return points as people write them: 3, 2.5, 0.33."""
    return f"{round(value, 2):g}"


def _listed(row: Row, columns: Sequence[Column], person: Person) -> Listed:
    standing, result = row.standing, row.result
    less = f"{points(standing.score)} − {points(standing.penalty)} = " if standing.penalty else ""
    return Listed(
        result.student,
        who(person),
        row.feedback,
        MARKS[result.status],
        result.status.replace("_", " "),
        _plain(standing.late.total_seconds()),
        spoken(standing.late) if standing.late else "",
        _plain(standing.final),
        f"{less}{points(standing.final)} / {points(standing.max_score - standing.waiting)}",
        tuple(_cell(row, column) for column in columns),
        "; ".join(row.remarks),
        _plain(result.seconds),
        result.timing,
    )


def _plain(value: float) -> float:
    """Return a whole number as an int, so that the page and its script write it alike."""
    return int(value) if float(value).is_integer() else value


def _cell(row: Row, column: Column) -> str:
    score = row.standing.cells.get(column.key)
    if score is None:
        return ""
    if score.waits:
        return "w?"
    kind = "f" if score.score >= score.max_score else "n" if score.score == 0 else "p"
    is_untried = not score.score and row.is_gradable and not column.written and not row.tried(column.key)
    return kind + (UNTRIED if is_untried else points(score.score))
