"""A process and all that it started, as /proc shows them."""

from __future__ import annotations

import contextlib
import os
import signal
import time

SWEEP_SECONDS = 5.0


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, directly or not, as far as their parents live."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children = _children(waiting.pop())
        found += children
        waiting += children
    return found


def sweep(pid: int) -> None:
    """Kill all descendants of a process, those that are being made meanwhile, too."""
    end = time.monotonic() + SWEEP_SECONDS
    while (pids := [one for one in descendants(pid) if not _ended(one)]) and time.monotonic() < end:
        for kind in (signal.SIGSTOP, signal.SIGKILL):  # what is stopped cannot fork while others are killed
            for one in pids:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(one, kind)
        _reap()


def memory(pids: list[int], enough: int) -> int:
    """Return the bytes of memory of these processes together, what they share counted once.

    The kernel's proportional figure is costly; it is asked for only if the plain sum exceeds `enough`.
    """
    resident = {pid: _resident(pid) for pid in pids}
    total = sum(resident.values())
    if total <= enough:
        return total
    return sum(_proportional(pid, resident[pid]) for pid in pids)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/children") as listing:
                found += map(int, listing.read().split())
    return found


def _ended(pid: int) -> bool:
    """Whether a process is gone or only waits for its parent to notice its end."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] in ("Z", "X")
    except OSError:
        return True


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _proportional(pid: int, resident: int) -> int:
    """Return a process's own memory plus its share of what it shares; all of it if it will not say."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            for line in rollup:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return resident
