"""Atomic and durable writing of files."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

DISK_ERRORS = (errno.ENOSPC, errno.EROFS, errno.EDQUOT)
"""Errors that keep every file from being written, not one alone."""


def write_atomically(path: Path, text: str, *, private: bool = False) -> None:
    """Write a text as `replacing` does; half characters, which a student's program can print, become question marks."""
    with replacing(path, private=private) as file:
        file.write(text.encode(errors="replace"))


@contextlib.contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """Yield a new file that takes its place when the context ends; after an exception it is removed.

    Readers and a crash find the old contents or the new, never a part. It is durable in the end.

    Parameters
    ----------
    path : Path
        Where it will be; its folder is made.
    private : bool
        Whether only its owner can read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o600 if private else 0o644)
        os.replace(name, path)
        _sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):  # it may have its final name already
            os.unlink(name)
        raise


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, if it is there; also what is read-only, which Windows keeps otherwise."""

    def make_writable(remove: Callable[..., Any], name: str, _: object) -> None:
        if not os.path.lexists(name):
            return
        for path in (os.path.dirname(name), name):
            if not os.path.islink(path):
                os.chmod(path, os.stat(path).st_mode | stat.S_IRWXU)
        remove(name)

    if not os.path.lexists(folder):
        return
    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=make_writable)
    else:
        shutil.rmtree(folder, onerror=make_writable)


def _sync_folder(folder: Path) -> None:
    """Make the new name of a file in this folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
