"""Watch the memory of a submission's processes together, which no limit of the system's bounds."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from autograder.sandbox.inside import processes

SECONDS = 0.2


@contextlib.contextmanager
def watched(roots: list[int], most_bytes: int, too_much: Callable[[], object]) -> Iterator[None]:
    """Call `too_much`, once, when these processes and all that they started use more memory than they may.

    Parameters
    ----------
    roots : list of int
        The processes to begin with.
    most_bytes : int
        What they may use together.
    too_much : callable
        Called in a thread of its own.
    """
    done = threading.Event()

    def watch() -> None:
        while not done.wait(SECONDS):
            pids = [pid for root in roots for pid in (root, *processes.descendants(root))]
            if processes.memory(pids, most_bytes) > most_bytes:
                too_much()
                return

    thread = threading.Thread(target=watch, name="memory", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def in_words(count: int) -> str:
    """Return a number of bytes as people say it."""
    return f"{count / 2**30:.3g} GB" if count >= 2**30 else f"{count / 2**20:.3g} MB"
