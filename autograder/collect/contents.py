"""The files of one hand-in, those in zips included."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from autograder.collect.archive import Member, TooLargeError, UnreadableError, Zip

NESTING = 3
"""Zips in zips in zips."""
ZIP_BYTES = 500 * 2**20
"""What the zips of one hand-in may have together; they are kept as long as it is looked at."""
IN_MEMORY = 8 * 2**20
MOST_FILES = 2000
MOST_BYTES = 200 * 2**20
"""What one student's files may have together."""


@dataclass(frozen=True)
class Piece:
    """One file of a hand-in, by its path among the student's files; `zipped` if it was in a zip of the student's."""

    path: tuple[str, ...]
    member: Member
    zipped: bool = False

    @property
    def shown(self) -> str:
        """The path as text."""
        return "/".join(self.path)


class Contents:
    """Everything in a hand-in; as a context it holds the zips open.

    Attributes
    ----------
    pieces : list of Piece
        The files.
    refused : list of (str, str)
        What is not taken, each with the reason.
    """

    def __init__(self, files: Iterable[tuple[tuple[str, ...], Member]]) -> None:
        self._files = list(files)
        self._stack = contextlib.ExitStack()
        self._room = ZIP_BYTES
        self._zips = 0
        self._is_full = False
        self.pieces: list[Piece] = []
        self.refused: list[tuple[str, str]] = []

    def __enter__(self) -> Contents:
        with contextlib.ExitStack() as stack:
            self._stack = stack
            for path, member in self._files:
                self._add(Piece(path, member), 0)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def _add(self, piece: Piece, depth: int) -> None:
        if len(self.pieces) + self._zips >= MOST_FILES:
            if not self._is_full:
                self._is_full = True
                self.refused.append(
                    (piece.shown, f"more than {MOST_FILES} files were handed in; this one and all further are left out")
                )
        elif not piece.path[-1].lower().endswith(".zip"):
            self.pieces.append(piece)
        elif depth == NESTING:
            self.refused.append((piece.shown, f"it is a zip in {NESTING} others"))
        else:
            self._zips += 1
            self._unzip(piece, depth)

    def _unzip(self, piece: Piece, depth: int) -> None:
        file = self._stack.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115  (the stack closes it)
        try:
            archive = self._opened(piece, file)
        except (UnreadableError, OSError) as problem:
            file.close()
            self.refused.append((piece.shown, getattr(problem, "strerror", None) or str(problem)))
            return
        self.refused += [(f"{piece.shown}/{path}", reason) for path, reason in archive.refused]
        for member in archive.members:
            self._add(Piece((*piece.path[:-1], *member.path), member, True), depth + 1)

    def _opened(self, piece: Piece, file: IO[bytes]) -> Zip:
        """Copy a zip to a file and open it; what is read of it counts, whatever comes of it."""
        try:
            piece.member.copy_to(file, self._room)
        except TooLargeError:
            raise TooLargeError(
                f"the zips of a hand-in may have {ZIP_BYTES} bytes together; this one is too much"
            ) from None
        finally:
            self._room = max(0, self._room - file.tell())
        return Zip(file, piece.shown)
