"""The process beside untrusted code that ends it when the coordinator lets go or is gone."""

from __future__ import annotations

import contextlib
import os
import select
import signal


def close_all_but(kept: set[int]) -> None:
    """Close every descriptor of this process that is not named."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(name))


def keep(lifeline: int, child: int) -> None:
    """Wait until the child has ended or the lifeline is let go of, and kill the child."""
    process = os.pidfd_open(child)
    select.select([lifeline, process], [], [])
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
