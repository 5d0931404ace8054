"""Files that are written atomically."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["write_atomically"]


def write_atomically(path: str | os.PathLike[str], contents: bytes) -> None:
    """Write a file atomically: readers see the old contents or the new, never a part, even after a crash.

    Parameters
    ----------
    path : path-like
        The file; its folder is made if it is not there, and what it held before is replaced. A link stays a link: the
        file that it leads to is written.
    contents : bytes
        All of it.

    Raises
    ------
    OSError
        If the file cannot be written; what was there before stays.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(f"{folder}/new/seven.txt", b"seven")
    ...     Path(folder, "new", "seven.txt").read_text()
    'seven'
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        with open(part, "xb") as file:  # with the permissions of any new file of this user
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a renaming in a folder survive a crash; Windows does so by itself, and cannot open folders."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
