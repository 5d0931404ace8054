"""Files that are whole or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: str | os.PathLike[str], contents: bytes) -> None:
    """Write a file that nobody ever sees half written, not another process, nor who comes after a crash.

    Parameters
    ----------
    path : path-like
        The file; its folder is made if it is not there, and what it held before is replaced.
    contents : bytes
        All of it.

    Raises
    ------
    OSError
        If the file cannot be written; what was there before stays.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(f"{folder}/new/seven.txt", b"seven")
    ...     Path(folder, "new", "seven.txt").read_text()
    'seven'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(contents)
        os.chmod(part, 0o666 & ~_umask())  # what mkstemp makes is for one user alone
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
