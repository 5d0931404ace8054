"""Run the ``autograder`` command, and note what its own process cost: ``python -m benchmarks.coordinator FILE WORDS…``.

The file gets its CPU time in seconds, without that of its workers, and its peak memory in MiB.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from autograder.__main__ import main as autograder
from benchmarks.worker import peak_memory


def main() -> None:
    path, *words = sys.argv[1:]
    sys.argv = ["autograder", *words]
    try:
        autograder()
    finally:
        Path(path).write_text(json.dumps({"cpu": time.process_time(), "peak_MiB": peak_memory()}))


if __name__ == "__main__":
    main()
