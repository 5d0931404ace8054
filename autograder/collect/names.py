"""What a zip says of its files: names in whatever encoding, times by whatever clock."""

from __future__ import annotations

import contextlib
import struct
import unicodedata
import zipfile
from datetime import UTC, datetime
from typing import IO


def entry_name(info: zipfile.ZipInfo) -> str:
    """Return a name in a zip; UTF-8 without the flag for it, as many programs write, is recognised."""
    name = info.orig_filename
    if not info.flag_bits & 0x800 and not name.isascii():
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name


def entry_time(info: zipfile.ZipInfo) -> datetime | None:
    """Return when a file in a zip was changed: in universal time if it says so, else by an unknown clock."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:  # the extended timestamp of Info-ZIP
            seconds = struct.unpack_from("<i", extra, 5)[0]
            return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
        extra = extra[4 + size :]
    try:
        return datetime(*info.date_time) if info.date_time[0] > 1980 else None
    except ValueError:
        return None


def directory_size(file: IO[bytes]) -> int:
    """Return how many bytes a zip says that its list of files has, 0 if it does not say."""
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16) - 100))
    tail = file.read()
    end, end64 = tail.rfind(b"PK\5\6"), tail.rfind(b"PK\6\6")
    if end64 >= 0 and len(tail) >= end64 + 48:
        return int(struct.unpack_from("<Q", tail, end64 + 40)[0])
    return int(struct.unpack_from("<I", tail, end + 12)[0]) if end >= 0 and len(tail) >= end + 16 else 0


def safe_path(name: str) -> tuple[str, ...] | None:
    """Return the parts of a path in an archive, with composed characters; None if it leads outside."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").split("\0", 1)[0])
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or (parts and len(parts[0]) == 2 and parts[0][1] == ":"):
        return None
    return tuple(parts)
