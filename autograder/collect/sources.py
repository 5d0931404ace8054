"""The archives in the files that an instructor names: a zip, a folder, or the zips of an LMS in another zip."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.collect.archive import Archive, Folder, Member, UnreadableError, Zip
from autograder.collect.contents import NESTING
from autograder.collect.forms import recognise
from autograder.course import CourseError

CLASS_BYTES = 8 * 2**30
"""The largest zip of a class in another zip."""


def archives(path: Path, stack: contextlib.ExitStack) -> Iterator[Archive]:
    """Yield the archive at a path, and instead of a zip of zips those in it that come from an LMS.

    Raises
    ------
    CourseError
        If there is neither a zip nor a folder.
    """
    if path.is_dir():
        yield from _opened(Folder(path, path.name), stack, 0)
        return
    if not path.exists():
        raise CourseError(f"there is no {path}")
    try:
        archive = Zip(path, path.name)
    except UnreadableError as problem:
        raise CourseError(f"{path} is neither a folder nor a zip: {problem}") from None
    yield from _opened(archive, stack, 0)


def _opened(archive: Archive, stack: contextlib.ExitStack, depth: int) -> Iterator[Archive]:
    exports = _exports(archive, stack) if depth < NESTING and recognise(archive) == "folder" else []
    if exports:
        archive.members.clear()  # no notebook is among them: a worksheet of grades is nobody's hand-in
    if archive.refused or not exports:
        yield archive
    for _, export in exports:
        yield from _opened(export, stack, depth + 1)


def _exports(archive: Archive, stack: contextlib.ExitStack) -> list[tuple[Member, Zip]]:
    """Return the zips in a plain folder, if they are those of an LMS, or the only one that is there.

    Beside notebooks and other zips they are what students handed in, whatever the files in them are called: else a
    student could name files as an LMS names somebody else's.
    """
    if any(".ipynb" in member.name.lower() for member in archive.members):
        return []
    only = len(archive.members) == 1
    found = []
    for member in archive.members:
        if not member.name.lower().endswith(".zip"):
            continue
        file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  (the stack closes it)
        try:
            member.copy_to(file, CLASS_BYTES)
            export = Zip(file, f"{archive.label}/{'/'.join(member.path)}")
        except UnreadableError:
            file.close()
            continue
        if recognise(export) == "folder" and not only:
            return []
        found.append((member, export))
    return found
