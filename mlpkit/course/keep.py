"""Files that are compared, copied, and kept before they change."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

__all__ = ["BACKUPS", "back_up", "copy_file", "same_file"]

BACKUPS = "backups"


def same_file(one: Path, other: Path) -> bool:
    """Return whether two files hold the same bytes; one that is not there equals none."""
    try:
        return os.path.getsize(one) == os.path.getsize(other) and one.read_bytes() == other.read_bytes()
    except OSError:
        return False


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, atomically, into a folder that is made if it is not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, part)
        os.replace(part, target)
    except OSError:
        part.unlink(missing_ok=True)  # of a full disk
        raise


def back_up(path: Path) -> Path:
    """Copy a file into the folder ``backups`` beside it, under a name with the time that every system allows."""
    folder = path.parent / BACKUPS
    folder.mkdir(exist_ok=True)
    moment = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    content = path.read_bytes()
    for count in range(1, 1000):
        backup = folder / f"{path.stem}_{moment}{'' if count == 1 else f'_{count}'}{path.suffix}"
        try:
            file = open(backup, "xb")  # noqa: SIM115 - never over another backup
        except FileExistsError:
            continue
        try:
            with file:
                file.write(content)
        except OSError:
            backup.unlink(missing_ok=True)  # what a full disk took of it is no backup
            raise
        return backup
    raise FileExistsError(f"{folder} is full of backups of this second")
