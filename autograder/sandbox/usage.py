"""Watch the memory and the time of a submission's processes together, which no limit of the system's bounds."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from autograder.plan import Usage
from autograder.sandbox.inside import processes

SECONDS = 0.2


@contextlib.contextmanager
def watched(
    roots: list[int], most_bytes: int, too_much: Callable[[], object], used: Callable[[Usage], object]
) -> Iterator[None]:
    """Look again and again at what these processes and all that they started use, in a thread of its own.

    Parameters
    ----------
    roots : list of int
        The processes to begin with.
    most_bytes : int
        The memory that they may use together.
    too_much : callable
        Called, once, when they use more.
    used : callable
        Called with their time so far, each time that it was measured.
    """
    done = threading.Event()

    def watch() -> None:
        meter = Meter()
        while not done.wait(SECONDS):
            pids = [pid for root in roots for pid in (root, *processes.descendants(root))]
            used(meter.measure(pids))
            if processes.memory(pids, most_bytes) > most_bytes:
                too_much()
                return

    thread = threading.Thread(target=watch, name="usage", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class Meter:
    """Adds up the time of processes that come and go."""

    def __init__(self) -> None:
        self._usage = Usage()
        self._measured = time.monotonic()
        self._sum = 0.0

    def measure(self, pids: list[int]) -> Usage:
        """Return the time since the start, given the processes that there are now.

        A process that has ended still counts where its parent waited for it, as parents do; where one did not,
        its last moments are lost, but never what others do after it.
        """
        now = time.monotonic()
        times = [found for pid in pids if (found := processes.computing(pid)) is not None]
        computed = sum(seconds for seconds, _ in times)
        since = max(0.0, computed - self._sum)
        ready = any(ready for _, ready in times)
        self._usage += Usage(since, now - self._measured if ready else 0.0)
        self._sum, self._measured = computed, now
        return self._usage


def in_words(count: int) -> str:
    """Return a number of bytes as people say it."""
    return f"{count / 2**30:.3g} GB" if count >= 2**30 else f"{count / 2**20:.3g} MB"
