"""Which of the files handed in is the assignment's notebook: the one with its cells, whatever it is called."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nbformat.notebooknode import NotebookNode

from autograder.collect.archive import UnreadableError
from autograder.collect.contents import Piece
from autograder.course import Course, CourseError
from autograder.grade.own import read_own
from autograder.lms.attempts import attempt, stem_of
from autograder.notebook.read import NotGradable, read_notebook
from autograder.notebook.roles import grade_id, is_answer

FOREIGN = "{} holds no cell of the assignment: another notebook?"
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """A notebook of the assignment as it was released: grade ids, texts of answers, number of cells."""

    name: str
    ids: frozenset[str]
    answers: Mapping[str, str]
    cells: int


@dataclass(frozen=True)
class Candidate:
    """A file that may be a notebook of the assignment; `problem` says why it is none, the highest `rank` is taken."""

    piece: Piece
    name: str
    data: bytes
    problem: str
    rank: tuple[bool, bool, bool, int, datetime, int]


@dataclass
class Choice:
    """What of a hand-in is used.

    Attributes
    ----------
    notebooks : dict of str to Candidate
        By the notebook's name in the assignment.
    others : list of Piece
        All other files, which come along.
    remarks : list of (str, str)
        What has to be known, each with its kind: renamed, unreadable, double, untouched or foreign.
    """

    notebooks: dict[str, Candidate] = field(default_factory=dict)
    others: list[Piece] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether there is a notebook that can be read."""
        return any(not candidate.problem for candidate in self.notebooks.values())


def wanted_notebooks(course: Course, assignment: str) -> list[Wanted]:
    """Return the notebooks of a release; raise `CourseError` if there is none, or one cannot be read."""
    folder = course.folder("release", assignment)
    released = {path.stem: read_own(path, outputs=False) for path in sorted(folder.glob("*.ipynb"))}
    if not released:
        raise CourseError(f"{assignment!r} is not released: run `autograder release {assignment}` first")
    return [
        Wanted(
            name,
            frozenset(filter(None, map(grade_id, notebook.cells))),
            {str(grade_id(cell)): cell.source for cell in notebook.cells if is_answer(cell)},
            len(notebook.cells),
        )
        for name, notebook in released.items()
    ]


def choose(pieces: Iterable[Piece], wanted: list[Wanted], limit: int) -> Choice:
    """Choose the notebooks of an assignment among the files of a student.

    Parameters
    ----------
    pieces : iterable of Piece
        The files, older ones first.
    wanted : list of Wanted
        The notebooks of the assignment.
    limit : int
        Largest notebook that is read, in bytes.
    """
    choice = Choice()
    best: dict[str, list[Candidate]] = {}
    for index, piece in enumerate(pieces):
        stem = stem_of(piece.path[-1])
        candidate = None if stem is None else _candidate(piece, stem, index, wanted, limit)
        if candidate is None:
            choice.others.append(piece)
            if stem is not None:
                choice.remarks.append(("foreign", FOREIGN.format(piece.shown)))
            continue
        group = best.setdefault(candidate.name, [])
        group.append(candidate)
        group.sort(key=lambda one: one.rank, reverse=True)
        group[1:] = [_without_data(one) for one in group[1:]]
    for name, group in best.items():
        choice.notebooks[name] = group[0]
        choice.others += [one.piece for one in group[1:]]
        choice.remarks += _remarks(name, group)
    for one in wanted:
        if one.name not in choice.notebooks:
            choice.remarks.append(("unreadable", _nothing(one.name, choice.others)))
    return choice


def _candidate(piece: Piece, stem: str, index: int, wanted: list[Wanted], limit: int) -> Candidate | None:
    """Return a file as a candidate for the notebook that it shares most cells with, else for that of its name."""
    named = _named(stem, wanted)
    time = piece.member.time or LONG_AGO
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    try:
        data = piece.member.read(limit)
        notebook = read_notebook(data, outputs=False)
    except (UnreadableError, NotGradable) as problem:
        name = named or (wanted[0].name if len(wanted) == 1 else "")
        rank = (False, False, False, attempt(stem, name), time, index)
        return Candidate(piece, name, _damaged(piece, limit), str(problem), rank) if name else None
    ids = frozenset(filter(None, map(grade_id, notebook.cells)))
    closest = max(wanted, key=lambda one: (len(one.ids & ids), one.name == named))
    shared = bool(closest.ids & ids)
    if not shared and named is None:
        return None
    meant = closest if shared else next(one for one in wanted if one.name == named)
    rank = (True, shared, _is_touched(notebook, meant), attempt(stem, meant.name), time, index)
    return Candidate(piece, meant.name, data, "", rank)


def _damaged(piece: Piece, limit: int) -> bytes:
    """Return the bytes of a notebook that is no notebook, b"" if even they cannot be read."""
    try:
        return piece.member.read(limit)
    except UnreadableError:
        return b""


def _named(stem: str, wanted: list[Wanted]) -> str | None:
    """Return the notebook that a file's name means, also as a copy or a later attempt."""
    plain = unicodedata.normalize("NFC", stem).casefold().strip()
    names = sorted((one.name for one in wanted), key=len, reverse=True)
    return next((name for name in names if name.casefold() == plain), None) or next(
        (name for name in names if name.casefold() in plain), None
    )


def _is_touched(notebook: NotebookNode, released: Wanted) -> bool:
    """Return whether a student changed an answer or added a cell."""
    sources = {grade_id(cell): cell.source for cell in notebook.cells}
    changed = any(sources.get(name, text).strip() != text.strip() for name, text in released.answers.items())
    return changed or len(notebook.cells) > released.cells


def _without_data(candidate: Candidate) -> Candidate:
    return Candidate(candidate.piece, candidate.name, b"", candidate.problem, candidate.rank)


def _remarks(name: str, group: list[Candidate]) -> list[tuple[str, str]]:
    first, *others = group
    found = []
    if first.problem:
        found.append(("unreadable", f"{first.piece.shown}: {first.problem}"))
    if first.piece.path != (f"{name}.ipynb",) or first.piece.zipped:
        place = "a zip's " if first.piece.zipped else ""
        found.append(("renamed", f"{place}{first.piece.shown} is taken as {name}.ipynb"))
    if others:
        shown = ", ".join(one.piece.shown for one in others)
        found.append(("double", f"{first.piece.shown} is taken, not {shown}"))
    if not first.problem and not first.rank[1]:
        found.append(("foreign", FOREIGN.format(first.piece.shown)))
    elif not first.problem and not first.rank[2]:
        found.append(("untouched", f"{first.piece.shown} is as it was handed out"))
    return found


def _nothing(name: str, others: list[Piece]) -> str:
    if not others:
        return f"{name}.ipynb is missing"
    shown = ", ".join(piece.shown for piece in others[:3]) + (" and others" if len(others) > 3 else "")
    return f"{name}.ipynb is missing; handed in: {shown}"
