"""Which pages were made of what, so that a page is made again only if something that it shows has changed."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from autograder.files import write_atomically

NOTHING = (0, 0)
"""The state of a file that is not there."""


class Written:
    """The pages of an assignment that were written, each with a digest of what it was made of; use it as a context.

    Parameters
    ----------
    path : Path
        The file that remembers them. A page that was changed or removed since then is not as it was written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, list[object]] = {}
        self._is_changed = False
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            self._known = found if isinstance(found, dict) else {}
        except (OSError, ValueError):
            pass

    def __enter__(self) -> Written:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._is_changed:
            write_atomically(self._path, json.dumps(self._known), private=True)

    def has(self, page: Path, digest: str) -> bool:
        """Return whether a page stands there as it was made of this."""
        return self._known.get(str(page)) == [digest, *state_of(page)]

    def note(self, page: Path, digest: str) -> None:
        """Note that a page was just made of this."""
        self._known[str(page)] = [digest, *state_of(page)]
        self._is_changed = True


def digest_of(parts: Iterable[object]) -> str:
    """Return a text that changes with what a page is made of, and with the program that makes it."""
    found = hashlib.sha256(_program().encode())
    for one in parts:
        found.update(repr(one).encode(errors="backslashreplace") + b"\0")
    return found.hexdigest()


def state_of(path: Path) -> tuple[int, int]:
    """Return what changes when a file is written: its time and its size."""
    try:
        found = path.stat()
    except OSError:
        return NOTHING
    return found.st_mtime_ns, found.st_size


@functools.cache
def _program() -> str:
    """Return a digest of this package: another version may write other pages."""
    package = Path(__file__).resolve().parents[1]
    files = sorted(path for ending in ("py", "html", "js") for path in package.rglob(f"*.{ending}"))
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()
