"""One student's folder: which files count, and why others do not.

Only the assignment's own notebooks are read. Links are never followed, sizes are capped before
reading, and whatever else lies in the folder is named in the result but not used.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.characters import one_line
from autograder.intake.moments import read_moment
from autograder.notebook.read import NotGradable

TIMESTAMP = "timestamp.txt"
EXCHANGED = (TIMESTAMP, "submission_secret.txt")
"""Files that nbgrader's exchange puts into a submission, and wants to find beside its feedback."""
IGNORED = {
    *EXCHANGED,
    ".ipynb_checkpoints",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "__MACOSX",
}
LISTED = 20
NAME_CHARACTERS = 200


@dataclass(frozen=True)
class Submission:
    """One student's submission of one assignment.

    Attributes
    ----------
    student : str
        The student's name as nbgrader uses it.
    notebooks : dict
        Name of each notebook of the assignment (without ``.ipynb``) to its bytes, or to the
        `NotGradable` that says why there are none.
    refused : tuple of str
        What else was in the folder, each with the reason why it was not used; also an unreadable time stamp.
    timestamp : datetime or None
        When it was handed in, in universal time, if ``timestamp.txt`` says so.
    """

    student: str
    notebooks: dict[str, bytes | NotGradable]
    refused: tuple[str, ...] = ()
    timestamp: datetime | None = None

    def digest(self, base: str = "") -> str:
        """Return a digest of the submission, after `base`, a text for the release that it is graded against."""
        digest = hashlib.sha256(base.encode())
        for name, data in sorted(self.notebooks.items()):
            content = data if isinstance(data, bytes) else str(data).encode()
            digest.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
        digest.update(repr((self.refused, self.timestamp)).encode())
        return digest.hexdigest()


def take_in(
    folder: Path, student: str, notebooks: Iterable[str], size_limit: int, known_files: Iterable[str] = ()
) -> Submission:
    """Read a student's folder.

    Parameters
    ----------
    folder : Path
        ``submitted/<student>/<assignment>``.
    student : str
        The student's name.
    notebooks : iterable of str
        Names of the assignment's notebooks, without ``.ipynb``.
    size_limit : int
        Largest notebook that is read, in bytes.
    known_files : iterable of str
        Other files of the assignment, by their paths in it: the instructor's are used, and nothing is
        said of the student's.
    """
    try:
        return _take_in(folder, student, notebooks, size_limit, {Path(name).parts[0] for name in known_files})
    except OSError as error:
        reason = NotGradable(f"the folder {folder.name} cannot be read: {error.strerror}")
        return Submission(student, dict.fromkeys(notebooks, reason))


def exchanged_files(folder: Path) -> dict[str, str]:
    """Return the files of nbgrader's exchange in a student's folder, name to text; links are not followed."""
    read = {name: _read(folder / name, 1000) for name in EXCHANGED}
    return {name: data.decode(errors="replace") for name, data in read.items() if isinstance(data, bytes)}


def _take_in(folder: Path, student: str, notebooks: Iterable[str], size_limit: int, known: set[str]) -> Submission:
    if folder.is_symlink() or folder.parent.is_symlink():
        reason = NotGradable(f"the folder {folder.name} is a link; hand in the files themselves")
        return Submission(student, dict.fromkeys(notebooks, reason))
    taken = {name: _read(folder / f"{name}.ipynb", size_limit) for name in notebooks}
    wanted = {f"{name}.ipynb" for name in taken} | known
    others = [entry for entry in sorted(os.scandir(folder), key=lambda e: e.name) if entry.name not in wanted | IGNORED]
    refused = [f"{one_line(entry.name, NAME_CHARACTERS)}: {_why_refused(entry)}" for entry in others[:LISTED]]
    if len(others) > LISTED:
        refused.append(f"and {len(others) - LISTED} more")
    moment, remark = _timestamp(folder / TIMESTAMP)
    return Submission(student, taken, (*([remark] if remark else []), *refused), moment)


def _read(path: Path, size_limit: int) -> bytes | NotGradable:
    """Return the file's bytes, or the reason why it is not read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return NotGradable(f"there is no {path.name} in the submission")
    except OSError as error:
        if error.errno == errno.ELOOP:
            return NotGradable(f"{path.name} is a link; hand in the file itself")
        return NotGradable(f"{path.name} cannot be read: {error.strerror}")
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        return NotGradable(f"{path.name} is not a file")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > size_limit:
            return NotGradable(f"{path.name} has {status.st_size} bytes; at most {size_limit} are read")
        return file.read(size_limit + 1)


def _why_refused(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "a link, not followed"
    if entry.is_dir(follow_symlinks=False):
        return "a folder, not part of the assignment"
    return "not part of the assignment"


def _timestamp(path: Path) -> tuple[datetime | None, str]:
    """Read nbgrader's ``timestamp.txt``; return the moment, if it says one, and a remark if it says something else.

    An empty one says nothing.
    """
    data = _read(path, 1000)
    if isinstance(data, NotGradable):
        return None, f"{TIMESTAMP} is not read: {data}" if os.path.lexists(path) else ""
    if not data.strip():
        return None, ""
    try:
        return read_moment(data.decode()), ""
    except UnicodeDecodeError:
        return None, f"{TIMESTAMP} is not read: it is not UTF-8 text"
    except ValueError as problem:
        return None, f"{TIMESTAMP}: {problem}"
