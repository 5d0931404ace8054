"""A process and all that it started, as /proc shows them."""

from __future__ import annotations

import contextlib
import os
import signal
import time

SWEEP_SECONDS = 30.0
TICKS = os.sysconf("SC_CLK_TCK")
USER_TIME, THREADS = 11, 17
"""Places in what follows a process's name in ``/proc/PID/stat``: the first of four times, and the number of threads."""
READY = ("R", "D")
"""States of a thread that computes, waits for a processor, or waits for a disk."""


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


def computing(pid: int) -> tuple[float, bool] | None:
    """Return the CPU time of a process and its ended children, in seconds, and whether it computes or could.

    None if it is gone.
    """
    fields = _fields(str(pid))
    if not fields:
        return None
    seconds = sum(map(int, fields[USER_TIME : USER_TIME + 4])) / TICKS
    return seconds, fields[0] in READY or (int(fields[THREADS]) > 1 and _has_ready_thread(pid))


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/children") as listing:
                found += map(int, listing.read().split())
    return found


def _ended(pid: int) -> bool:
    """Whether a process is gone or only waits for its parent to notice its end."""
    fields = _fields(str(pid))
    return not fields or fields[0] in ("Z", "X")


def _has_ready_thread(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return any(
            fields[0] in READY
            for thread in os.listdir(f"/proc/{pid}/task")
            if (fields := _fields(f"{pid}/task/{thread}"))
        )
    return False


def _fields(place: str) -> list[str]:
    """Return what ``stat`` in a folder of /proc says after the name, from the state on; nothing if it is gone."""
    try:
        with open(f"/proc/{place}/stat", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()
    except OSError:
        return []


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
