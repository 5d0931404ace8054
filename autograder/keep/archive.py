"""A whole course in one file, and back: what is graded stays graded wherever it is unpacked."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath

from autograder.course import CONFIG_NAME, STATE_FOLDER, Course, CourseError, only_writer
from autograder.files import DISK_ERRORS
from autograder.release.audit import EQUIVALENT

LABEL = "autograder-backup.json"
STEPS = ("source", "release", "submitted", "autograded", "feedback")
SQLITE = "sqlite:///"


def backup(course: Course, target: Path) -> tuple[int, list[str]]:
    """Write a course into one compressed file: configuration, all its folders, results and the gradebook.

    Links are kept as links and never followed.

    Returns
    -------
    tuple of (int, list of str)
        The number of files, and what is not among them, with the reason.

    Raises
    ------
    CourseError
        If the file exists, or a run is under way.
    """
    if target.exists():
        raise CourseError(f"{target} is there already: choose another name")
    left: list[str] = []
    places = [course.root / name for name in (CONFIG_NAME, EQUIVALENT, STATE_FOLDER, "report")]
    for step in STEPS:
        place = course.root / str(getattr(course.directories, f"{step}_directory"))
        if place.resolve().is_relative_to(course.root.resolve()):
            places.append(place)
        else:
            left.append(f"{place} lies outside the course folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    with only_writer(course), tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as scratch:
        part = Path(scratch, "part")
        with tarfile.open(part, "w:gz", compresslevel=6) as archive:
            _add_text(archive, LABEL, json.dumps({"made_by": "autograder", "version": 1}))
            count = sum(_add(archive, course.root, path) for place in places for path in _below(place))
            gradebook = gradebook_file(course)
            if gradebook is None:
                left.append(f"the gradebook {course.db_url}: use its server's own tools")
            elif gradebook.exists():
                copy = Path(scratch, "gradebook")
                with closing(sqlite3.connect(gradebook)) as one, closing(sqlite3.connect(copy)) as other:
                    one.backup(other)
                count += _add(archive, course.root, gradebook, copy)
        os.chmod(part, 0o600)
        os.replace(part, target)
    return count, left


def restore(source: Path, folder: Path) -> Course:
    """Unpack a backup into a new folder and return the course.

    Raises
    ------
    CourseError
        If the folder is not empty, or the file is no whole backup; then nothing is left behind.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} is not empty: restore into a new folder")
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.absolute().parent, prefix=".") as scratch:
        made = Path(scratch, "course")
        made.mkdir()
        try:
            with tarfile.open(source, "r:gz") as archive:
                _unpack(archive, made)
        except FileNotFoundError:
            raise CourseError(f"there is no file {source}") from None
        except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
            if isinstance(error, OSError) and error.errno in DISK_ERRORS:
                raise  # the backup is not to blame
            raise CourseError(f"{source} is no whole backup: {error}") from error
        if folder.exists():
            folder.rmdir()
        os.replace(made, folder)
    return Course.find(folder)


def elsewhere(course: Course) -> list[str]:
    """Return what a course's configuration still names outside its folder, such as the place it was copied from."""
    found = []
    for step in STEPS:
        place = course.root / str(getattr(course.directories, f"{step}_directory"))
        if not place.resolve().is_relative_to(course.root.resolve()):
            found.append(f"c.CourseDirectory.{step}_directory names {place}, outside the course folder")
    gradebook = gradebook_file(course)
    if gradebook is None or not gradebook.resolve().is_relative_to(course.root.resolve()):
        found.append(f"c.CourseDirectory.db_url names the gradebook {course.db_url}, outside the course folder")
    return found


def gradebook_file(course: Course) -> Path | None:
    """Return the file of the gradebook, None if it is on a server."""
    url = course.db_url
    return course.root / url.removeprefix(SQLITE) if url.startswith(SQLITE) and url != SQLITE else None


def _below(place: Path) -> Iterator[Path]:
    """Yield the files and links in a folder, and the empty folders; links are not followed."""
    if place.is_symlink() or not place.is_dir():
        if os.path.lexists(place):
            yield place
        return
    for name, folders, files in os.walk(place):
        here = Path(name)
        yield from (here / one for one in sorted(files))
        yield from (
            here / one for one in sorted(folders) if (here / one).is_symlink() or not any((here / one).iterdir())
        )


def _add(archive: tarfile.TarFile, root: Path, path: Path, content: Path | None = None) -> int:
    """Add a file, a link or an empty folder; return 1 if it was added, 0 if it is of another kind."""
    status = path.lstat()
    inside = os.path.relpath(path, root) if path.is_relative_to(root) else path.name
    if inside == f"{STATE_FOLDER}/lock":
        return 0
    info = tarfile.TarInfo(inside)
    info.mtime, info.mode = int(status.st_mtime), stat.S_IMODE(status.st_mode) & 0o777
    if stat.S_ISLNK(status.st_mode):
        info.type, info.linkname = tarfile.SYMTYPE, os.readlink(path)
        archive.addfile(info)
    elif stat.S_ISDIR(status.st_mode):
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    elif stat.S_ISREG(status.st_mode):
        with (content or path).open("rb") as file:
            info.size = os.fstat(file.fileno()).st_size
            archive.addfile(info, file)
    else:
        return 0
    return 1


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    info = tarfile.TarInfo(name)
    info.size, info.mtime = len(data), int(time.time())
    archive.addfile(info, io.BytesIO(data))


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Write the members; links come last, so that nothing is written through one."""
    first = archive.next()
    if first is None or first.name != LABEL:
        raise tarfile.ReadError("it was not made by `autograder backup`")
    links: dict[Path, str] = {}
    for member in archive:
        parts = PurePosixPath(member.name).parts
        if member.name == LABEL:
            continue
        if not parts or member.name.startswith("/") or ".." in parts:
            raise tarfile.ReadError(f"{member.name!r} would lie outside the folder")
        target = folder.joinpath(*parts)
        if member.issym():
            links[target] = member.linkname
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if member.isdir():
            target.mkdir(exist_ok=True)
        elif member.isreg() and (data := archive.extractfile(member)) is not None:
            with target.open("wb") as file:
                shutil.copyfileobj(data, file)
            target.chmod(member.mode & 0o777)
            os.utime(target, (member.mtime, member.mtime))
        else:
            raise tarfile.ReadError(f"{member.name!r} is neither file, folder nor link")
    while archive.fileobj is not None and archive.fileobj.read(2**20):  # to the checksum at its end
        pass
    for target, wanted in links.items():
        if links.keys() & set(target.parents):
            raise tarfile.ReadError(f"{str(target.relative_to(folder))!r} would lie behind a link")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(wanted)
