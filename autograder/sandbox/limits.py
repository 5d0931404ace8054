"""Set resource limits and become another program: ``python -I -S limits.py MEMORY FILE COMMAND…``.

A process of its own rather than a ``preexec_fn``, which is unsafe where threads start processes.
It imports nothing but the standard library, so it costs some ten milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Apply the limits (in bytes) and execute the command."""
    memory, file_size, *command = arguments
    _limit(resource.RLIMIT_AS, int(memory))
    _limit(resource.RLIMIT_FSIZE, int(file_size))
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        # Without a PID namespace nothing else ends the worker when the coordinator is killed.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execv(command[0], command)


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(kind, (ceiling, ceiling))
    except (OSError, ValueError):
        if sys.platform == "linux":  # macOS does not know every limit
            raise


if __name__ == "__main__":
    main(sys.argv[1:])
