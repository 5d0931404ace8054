"""Where a hand-in goes: nbgrader's ``submitted/STUDENT/ASSIGNMENT/``, in one step, and what was there is kept."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from autograder.collect.archive import UnreadableError
from autograder.collect.choose import Choice
from autograder.collect.contents import MOST_BYTES, Piece
from autograder.course import Course
from autograder.files import remove_folder
from autograder.intake.moments import read_moment
from autograder.intake.submission import EXCHANGED, TIMESTAMP
from autograder.lms.attempts import safe_name


class Placement:
    """A hand-in on its way into the course.

    Parameters
    ----------
    course : Course
        Whose folder of submissions it is.
    assignment, student : str
        Of which assignment, and whose.
    choice : Choice
        What was handed in.
    moment : datetime or None
        When, in universal time.
    exchanged : bool
        Whether nbgrader's exchange put its own files among them.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        student: str,
        choice: Choice,
        moment: datetime | None,
        *,
        exchanged: bool = False,
    ) -> None:
        self.folder = course.folder("submitted", assignment, student)
        self._earlier = course.state(assignment) / "earlier" / hashlib.sha256(student.encode()).hexdigest()[:16]
        self._choice = choice
        self._moment = moment
        self._reserved = (TIMESTAMP,) if exchanged else EXCHANGED
        self.refused: list[tuple[str, str]] = []
        self.others = self._names()

    def digest(self) -> str:
        """Return a digest of what was handed in, files that cannot be read left out."""
        digest = hashlib.sha256()
        for name, candidate in sorted(self._choice.notebooks.items()):
            digest.update(name.encode() + b"\0" + hashlib.sha256(candidate.data).digest())
        for path, piece in sorted(self.others.items()):
            sink = _Sink()
            with contextlib.suppress(UnreadableError):
                piece.member.copy_to(sink, MOST_BYTES)
            digest.update("/".join(path).encode() + b"\0" + sink.digest.digest())
        digest.update(repr(self._moment).encode())
        return digest.hexdigest()

    def is_older(self) -> bool:
        """Return whether a later submission lies there already."""
        try:
            there = read_moment((self.folder / TIMESTAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return self._moment is not None and there > self._moment

    def write(self) -> bool:
        """Write the files; return whether others were there, which are kept with the grader's own files."""
        staged = self.folder.with_name(f".{self.folder.name}.new")
        remove_folder(staged)
        staged.mkdir(parents=True)
        try:
            for name, candidate in self._choice.notebooks.items():
                (staged / f"{name}.ipynb").write_bytes(candidate.data)
            room = MOST_BYTES
            for path, piece in self.others.items():
                room -= self._copy(piece, staged.joinpath(*path), room)
            if self._moment is not None:
                (staged / TIMESTAMP).write_text(f"{self._moment:%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
            replaced = os.path.lexists(self.folder)
            if replaced:
                self._put_away()
            staged.rename(self.folder)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        return replaced

    def _put_away(self) -> None:
        number = 1 + max((int(path.name) for path in self._earlier.glob("*") if path.name.isdigit()), default=0)
        self._earlier.mkdir(parents=True, exist_ok=True)
        shutil.move(self.folder, self._earlier / str(number))

    def _copy(self, piece: Piece, target: Path, room: int) -> int:
        """Copy a file and return its size; one that cannot be read is named instead."""
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("wb") as file:
                piece.member.copy_to(file, max(0, room))
                return file.tell()
        except UnreadableError as problem:
            target.unlink(missing_ok=True)
            self.refused.append((piece.shown, str(problem)))
            return 0

    def _names(self) -> dict[tuple[str, ...], Piece]:
        """Return where the other files go: beside the notebook as they were, under names that all systems can write."""
        above = {candidate.piece.path[:-1] for candidate in self._choice.notebooks.values()}
        base = above.pop() if len(above) == 1 else ()
        names = _Names([*(f"{name}.ipynb" for name in self._choice.notebooks), *self._reserved])
        found = {}
        for piece in self._choice.others:
            inside = piece.path[len(base) :] if piece.path[: len(base)] == base else piece.path
            found[names.take(tuple(map(safe_name, inside)))] = piece
        return found


class _Names:
    """Paths of files, no two the same, not even where upper and lower case are, and none a folder of another."""

    def __init__(self, reserved: Iterable[str]) -> None:
        self._files: set[tuple[str, ...]] = {(name.casefold(),) for name in reserved}
        self._folders: set[tuple[str, ...]] = set()

    def take(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """Return the path, changed if it is taken."""
        if any(_folded(path[:depth]) in self._files for depth in range(1, len(path))):
            path = (safe_name("_".join(path)),)
        wanted, number = Path(path[-1]), 1
        while _folded(path) in self._files or _folded(path) in self._folders:
            number += 1
            path = (*path[:-1], f"{wanted.stem} ({number}){wanted.suffix}")
        self._files.add(_folded(path))
        self._folders |= {_folded(path[:depth]) for depth in range(1, len(path))}
        return path


def _folded(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.casefold() for part in path)


class _Sink:
    """A file of which only the digest is kept."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return len(data)
