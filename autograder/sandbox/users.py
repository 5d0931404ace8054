"""Users of their own for submissions that run at once, where the coordinator is root."""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

FIRST, LAST = 60706, 61183
"""Numbers that no distribution gives to anybody (systemd's table of users and groups lists them as unused)."""
WAIT_SECONDS = 300.0


@contextlib.contextmanager
def own_user() -> Iterator[int]:
    """Give a user that no other submission on this machine has now.

    A name in the kernel's abstract space marks it as taken; it is free again even after a kill -9. A user whose
    last processes are still ending is passed over: they would count against the next submission's limit.
    """
    end = time.monotonic() + WAIT_SECONDS
    while True:
        for user in range(FIRST, LAST + 1):
            with socket.socket(socket.AF_UNIX) as mark:
                try:
                    mark.bind(f"\0autograder-user-{user}")
                except OSError:
                    continue
                if any(_processes_of(user)):
                    continue
                yield user
                return
        if time.monotonic() > end:
            raise RuntimeError(f"all users from {FIRST} to {LAST} are taken by other submissions")
        time.sleep(0.1)


def can_change_user() -> bool:
    """Whether this process is root on Linux and may become any of these users."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    try:
        with open("/proc/self/uid_map") as mapped:
            ranges = [tuple(map(int, line.split())) for line in mapped]
    except OSError:
        return False
    return any(first <= FIRST and first + count > LAST for first, _, count in ranges)


@functools.cache
def unreadable() -> str:
    """Return why another user cannot run this Python and its packages, or "" if it can."""
    code = "import autograder.execute, numpy"
    try:
        subprocess.run(
            [sys.executable, "-I", "-B", "-c", code],
            user=FIRST,
            group=FIRST,
            extra_groups=[],
            cwd="/",
            env={"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
    except PermissionError:
        return f"{Path(sys.executable)} may be used by root only"
    except subprocess.SubprocessError as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        return f"{Path(sys.executable)} does not run for another user: {said[-1] if said else error}"
    return ""


def number_of_processes() -> int:
    """Return how many processes and threads this user has now."""
    found = 0
    for process in _processes_of(os.getuid()):
        with contextlib.suppress(OSError):
            found += len(os.listdir(f"{process}/task"))
    return found


def _processes_of(user: int) -> Iterator[str]:
    """Yield the folders under /proc of this user's processes, the dead that nobody has waited for included."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{name}").st_uid == user:
                    yield f"/proc/{name}"
