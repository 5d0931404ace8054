"""The working copy: a folder beside the course in which students work, and which no update of the course overwrites.

``course/`` belongs to the course, ``work/`` to the student::

    work/start.md                        what is done and what is next
    work/01_neuron/01_neuron.ipynb       the student's notebook
    work/01_neuron/backups/…             as it was before each update
    work/.release/01_neuron/…            the release that it was made from, to tell an answer from what was given
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mlpkit.course.keep import BACKUPS, back_up, copy_file, same_file
from mlpkit.course.merge import Merge, merge
from mlpkit.course.notebooks import Notebook, Unreadable, cell_id, grade_id, read, write

__all__ = ["Change", "NoCourse", "Work"]

RELEASE = ".release"


class NoCourse(Exception):
    """There is no course, or no working copy, where one was looked for; the message says what to do."""


@dataclass(frozen=True)
class Change:
    """What an update did with one chapter.

    Parameters
    ----------
    chapter : str
        Its name.
    path : Path
        The student's notebook.
    what : {"new", "moved", "merged", "same", "left"}
        "left" is a file that cannot be read: it stays as it is.
    why : str
        What is wrong with a file that was left; where answers came from.
    merge : Merge, optional
        What happened to the cells.
    backup : Path, optional
        The notebook as it was.
    """

    chapter: str
    path: Path
    what: str
    why: str = ""
    merge: Merge | None = None
    backup: Path | None = None


class Work:
    """A course and a student's working copy of it.

    Parameters
    ----------
    course : Path
        The folder with the released chapters, each a folder with a notebook of the same name.
    folder : Path
        The working copy.

    Raises
    ------
    NoCourse
        If there is no chapter, or the working copy lies within the course.
    """

    def __init__(self, course: Path, folder: Path) -> None:
        self.course, self.folder = course.resolve(), folder.resolve()
        self.chapters = sorted(path.stem for path in self.course.glob("*/*.ipynb") if path.stem == path.parent.name)
        if not self.chapters:
            raise NoCourse(
                f"There is no chapter in {self.course}. Run the command in the folder of the course, the one that "
                "holds course/, or say where it is: --course FOLDER."
            )
        nested = self.folder.is_relative_to(self.course) or self.course.is_relative_to(self.folder)
        if nested and self.course != self.folder / RELEASE:
            raise NoCourse(f"The working copy {self.folder} and the course {self.course} must be two separate folders.")

    @classmethod
    def find(cls, start: Path) -> Work:
        """Return the course in a folder or in one of those around it, with its working copy ``work`` beside it.

        Parameters
        ----------
        start : Path
            Where to begin.

        Returns
        -------
        Work
            The course.

        Raises
        ------
        NoCourse
            If none of the folders has one.
        """
        for folder in (start.resolve(), *start.resolve().parents):
            if any((folder / "course").glob("*/*.ipynb")):
                return cls(folder / "course", folder / "work")
        return cls(start / "course", start / "work")

    @classmethod
    def around(cls, path: Path) -> Work:
        """Return the working copy that a file belongs to, as it was made: with the release that it was made from.

        Parameters
        ----------
        path : Path
            A file in it.

        Returns
        -------
        Work
            For reading; there is nothing to update.

        Raises
        ------
        NoCourse
            If the file is in no working copy.
        """
        for folder in path.resolve().parents:
            if (folder / RELEASE).is_dir():
                return cls(folder / RELEASE, folder)
        raise NoCourse(f"{path} is in no working copy of a course.")

    def released(self, chapter: str) -> Path:
        """Return the file of a chapter in the course."""
        return self.course / chapter / f"{chapter}.ipynb"

    def base(self, chapter: str) -> Path:
        """Return the file with the release that the student's notebook was made from."""
        return self.folder / RELEASE / chapter / f"{chapter}.ipynb"

    def place(self, chapter: str) -> Path:
        """Return where a student's notebook stands, unless it was renamed."""
        return self.folder / chapter / f"{chapter}.ipynb"

    @cached_property
    def renamed(self) -> dict[str, Path]:
        """Chapters whose notebook is not in its place, and the file that has most of its exercises."""
        missing = [chapter for chapter in self.chapters if not self.place(chapter).exists()]
        places = {self.place(chapter) for chapter in self.chapters}
        names = {chapter: _exercises(read(self.released(chapter))) for chapter in missing}
        found: dict[str, Path] = {}
        for path in sorted(self._notebooks(), key=os.path.getmtime) if missing else ():
            if path in places:
                continue
            try:
                inside = _exercises(read(path))
            except Unreadable:
                continue
            found |= {chapter: path for chapter in missing if 2 * len(inside & names[chapter]) > len(names[chapter])}
        return found

    def notebook(self, chapter: str) -> Path | None:
        """Return the student's notebook of a chapter, also under another name; None if there is none."""
        place = self.place(chapter)
        return place if place.exists() else self.renamed.get(chapter)

    def update(self) -> Iterator[Change]:
        """Bring the working copy up to the course, chapter by chapter.

        Yields
        ------
        Change
            What was done.

        Raises
        ------
        OSError
            If a file cannot be written; each notebook is either as it was or merged.
        """
        for chapter in self.chapters:
            yield self._update(chapter)
        vars(self).pop("renamed", None)

    def _update(self, chapter: str) -> Change:
        released, base, path = self.released(chapter), self.base(chapter), self.notebook(chapter)
        new = read(released)
        names = [cell_id(cell) for cell in new["cells"]]
        if "" in names or len(set(names)) < len(names):
            raise Unreadable(f"{released}: each cell of a released notebook needs an id of its own")
        if path is None:
            path, change = self.place(chapter), "new"
            write(path, new)
            done = Change(chapter, path, change)
        elif same_file(released, base):
            done = self._checked(chapter, path)
        else:
            done = self._merged(chapter, path, new)
        if done.what != "left":
            self._bring_other_files(chapter)
            copy_file(released, base)
        return done

    def _checked(self, chapter: str, path: Path) -> Change:
        try:
            read(path)
        except Unreadable as error:
            return Change(chapter, path, "left", str(error))
        return Change(chapter, path, "same")

    def _merged(self, chapter: str, path: Path, new: Notebook) -> Change:
        try:
            mine = read(path)
        except Unreadable as error:
            return Change(chapter, path, "left", str(error))
        try:
            base: Notebook | None = read(self.base(chapter))
        except Unreadable:
            base = None
        made = merge(mine, new, base)
        if made.notebook == mine:
            return Change(chapter, path, "same")
        backup = back_up(path)
        write(path, made.notebook)
        return Change(chapter, path, "merged", merge=made, backup=backup)

    def _bring_other_files(self, chapter: str) -> None:
        """Copy what stands beside a notebook, where the student has not changed it; keep a backup where they have."""
        source = self.course / chapter
        for path in sorted(source.rglob("*")):
            inside = path.relative_to(source)
            if not path.is_file() or path == self.released(chapter) or _is_hidden(inside):
                continue
            base, mine = self.folder / RELEASE / chapter / inside, self.folder / chapter / inside
            if same_file(path, base) and mine.exists():
                continue
            if mine.exists() and not same_file(mine, base) and not same_file(mine, path):
                back_up(mine)
            copy_file(path, mine)
            copy_file(path, base)

    def _notebooks(self) -> Iterator[Path]:
        for path in sorted(self.folder.rglob("*.ipynb")):
            inside = path.relative_to(self.folder)
            if not _is_hidden(inside) and BACKUPS not in inside.parts and path.is_file():
                yield path


def _exercises(notebook: Notebook) -> set[str]:
    return {grade_id(cell) for cell in notebook["cells"]} - {""}


def _is_hidden(inside: Path) -> bool:
    return any(part.startswith(".") for part in inside.parts)
