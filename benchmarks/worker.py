"""One program in a process of its own, which trains an epoch for each line it reads.

``python -m benchmarks.worker mlpkit W1`` answers each line with the CPU time and the wall time of the epoch in seconds,
and its peak memory in MiB.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from benchmarks import peers
from benchmarks.workloads import WORKLOADS, mnist

__all__ = ["peak_memory"]


def peak_memory() -> float:
    """Return the largest size of this process so far, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # elsewhere it counts from before this program was loaded, when it was a copy of its parent
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> None:
    who, name = sys.argv[1:]
    images = mnist() if name == "MNIST" else None
    work = WORKLOADS["W1" if name == "MNIST" else name]
    epoch = (peers.mlpkit if who == "mlpkit" else peers.PEERS[who])(work, *(images or work.data()))
    for _ in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        epoch()
        print(time.process_time() - cpu, time.perf_counter() - wall, peak_memory(), flush=True)


if __name__ == "__main__":
    main()
