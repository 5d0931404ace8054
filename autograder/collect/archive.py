"""Zips and folders of strangers, read without trusting them: every size has a limit, and no path leads outside."""

from __future__ import annotations

import contextlib
import lzma
import os
import stat
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

from autograder.collect.names import directory_size, entry_name, entry_time, safe_path
from autograder.files import DISK_ERRORS

MOST_FILES = 200_000
"""More files than these no class hands in."""
DIRECTORY_BYTES = 8 * 2**20
"""The largest list of files in a zip: what is in it costs memory before anything is read."""
CHUNK = 1 << 16
BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
)
"""What reading a damaged, encrypted or hostile zip raises."""
LEFT_BEHIND = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__pycache__", ".git")
"""What systems and programs put into folders by themselves."""


class Sink(Protocol):
    """What takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Take some."""


class UnreadableError(ValueError):
    """A file cannot be read; the message says why."""


class TooLargeError(UnreadableError):
    """A file has more bytes than may be read."""


@dataclass(frozen=True)
class Member:
    """A file in an archive.

    Attributes
    ----------
    path : tuple of str
        Where it is: composed characters, no empty part, never outside.
    size : int
        How many bytes it claims to have.
    time : datetime or None
        When it was changed: with a zone if the archive says so, else by the clock of who packed it.
    archive : Archive
        Where to read it.
    handle : object
        How the archive knows it.
    """

    path: tuple[str, ...]
    size: int
    time: datetime | None
    archive: Archive = field(repr=False, compare=False)
    handle: Any = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path[-1]

    def read(self, limit: int) -> bytes:
        """Return its bytes.

        Raises
        ------
        UnreadableError
            If it is damaged, encrypted or has more bytes than the limit.
        """
        with self.archive.open(self) as file:
            return _read(file, limit)

    def copy_to(self, target: Sink, limit: int) -> None:
        """Copy its bytes to an open file, with the same limits as `read`."""
        with self.archive.open(self) as file:
            _copy(file, target, limit)


class Archive(ABC):
    """A zip or a folder.

    Attributes
    ----------
    label : str
        How to call it in a message.
    members : list of Member
        Its files.
    refused : list of (str, str)
        Paths that are no files or lead outside, each with the reason.
    left_behind : int
        How many files are of the system's making.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self.members: list[Member] = []
        self.refused: list[tuple[str, str]] = []
        self.left_behind = 0

    @abstractmethod
    def open(self, member: Member) -> contextlib.AbstractContextManager[IO[bytes]]:
        """Open one of its files."""

    def add(self, name: str, size: int, time: datetime | None, handle: object) -> None:
        """Take a file in, or say why not."""
        path = safe_path(name)
        if path is None:
            self.refused.append((name, "its path leads outside of the archive"))
        elif any(part in LEFT_BEHIND or part.startswith("._") for part in path):
            self.left_behind += 1
        elif path:
            self.members.append(Member(path, size, time, self, handle))
        if len(self.members) > MOST_FILES:
            raise UnreadableError(f"{self.label} holds more than {MOST_FILES} files")


class Zip(Archive):
    """A zip."""

    def __init__(self, file: Path | IO[bytes], label: str) -> None:
        super().__init__(label)
        try:
            with contextlib.ExitStack() as stack:
                opened = stack.enter_context(file.open("rb")) if isinstance(file, Path) else file
                if directory_size(opened) > DIRECTORY_BYTES:
                    raise UnreadableError(f"its list of files has more than {DIRECTORY_BYTES} bytes")
            self._zip = zipfile.ZipFile(file)
        except UnreadableError:
            raise
        except BROKEN as error:
            raise UnreadableError(f"it is no zip that can be read ({_why(error)})") from None
        for info in self._zip.infolist():
            name = entry_name(info)
            if info.is_dir() or name.endswith("\\"):
                continue
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                reason = "a link, not followed" if kind == stat.S_IFLNK else "neither a file nor a folder"
                self.refused.append((name, reason))
                continue
            self.add(name, info.file_size, entry_time(info), info)

    @contextlib.contextmanager
    def open(self, member: Member) -> Iterator[IO[bytes]]:
        """Open one of its files."""
        try:
            with self._zip.open(member.handle) as file:
                yield file
        except BROKEN as error:
            if isinstance(error, UnreadableError) or _is_of_the_disk(error):
                raise
            encrypted = member.handle.flag_bits & 1
            raise UnreadableError("it is encrypted" if encrypted else f"it is damaged ({_why(error)})") from None


class Folder(Archive):
    """A folder on this machine; links in it are not followed."""

    def __init__(self, root: Path, label: str) -> None:
        super().__init__(label)
        for place, folders, files in os.walk(root, onerror=self._cannot_list):
            for name in sorted(folders) + sorted(files):
                path = Path(place, name)
                status = path.lstat()
                shown = path.relative_to(root).as_posix()
                if stat.S_ISLNK(status.st_mode):
                    self.refused.append((shown, "a link, not followed"))
                elif stat.S_ISREG(status.st_mode):
                    self.add(shown, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC), path)
                elif not stat.S_ISDIR(status.st_mode):
                    self.refused.append((shown, "neither a file nor a folder"))

    @contextlib.contextmanager
    def open(self, member: Member) -> Iterator[IO[bytes]]:
        """Open one of its files."""
        try:
            descriptor = os.open(member.handle, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                yield file
        except OSError as error:
            if _is_of_the_disk(error):
                raise
            raise UnreadableError(f"it cannot be read: {error.strerror or error}") from None

    def _cannot_list(self, error: OSError) -> None:
        self.refused.append((str(error.filename), f"it cannot be read: {error.strerror}"))


def _read(file: IO[bytes], limit: int) -> bytes:
    data = bytearray()
    while chunk := file.read(CHUNK):
        data += chunk
        if len(data) > limit:
            raise TooLargeError(f"it has more than {limit} bytes")
    return bytes(data)


def _copy(file: IO[bytes], target: Sink, limit: int) -> None:
    copied = 0
    while chunk := file.read(CHUNK):
        copied += len(chunk)
        if copied > limit:
            raise TooLargeError(f"it has more than {limit} bytes")
        target.write(chunk)


def _is_of_the_disk(error: BaseException) -> bool:
    """Return whether an error comes from where a file is copied to, not from the file."""
    return isinstance(error, OSError) and error.errno in DISK_ERRORS


def _why(error: BaseException) -> str:
    return str(error).splitlines()[0][:100] if str(error) else type(error).__name__
