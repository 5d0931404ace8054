"""The archives in the files that an instructor names: a zip, a folder, or the zips of an LMS in another zip."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.collect.archive import Archive, Folder, UnreadableError, Zip
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
    inner = []
    if depth < NESTING and recognise(archive) == "folder":
        only = len(archive.members) == 1
        for member in [one for one in archive.members if one.name.lower().endswith(".zip")]:
            file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  (the stack closes it)
            with contextlib.suppress(UnreadableError):
                member.copy_to(file, CLASS_BYTES)
                found = Zip(file, f"{archive.label}/{'/'.join(member.path)}")
                if recognise(found) != "folder" or only:
                    inner.append(found)
                    archive.members.remove(member)
                    continue
            file.close()
    if archive.members or archive.refused or not inner:
        yield archive
    for one in inner:
        yield from _opened(one, stack, depth + 1)
