"""What this process has open, for tests that nothing stays open."""

from __future__ import annotations

import contextlib
import os


def opened() -> set[tuple[int, int, int]]:
    """Return each open descriptor with the device and the number of its file.

    A test compares as ``opened() <= before``: the garbage collector may close meanwhile what an earlier test left.
    """
    found = set()
    for name in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):  # the listing's own is closed by now
            status = os.fstat(int(name))
            found.add((int(name), status.st_dev, status.st_ino))
    return found
