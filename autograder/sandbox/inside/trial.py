"""A worker that only says who and where it is."""

from __future__ import annotations

import json
import os


def main() -> None:
    """Write what a student's code would find as one JSON object."""
    processes = sum(name.isdigit() for name in os.listdir("/proc"))
    print(json.dumps({"user": os.getuid(), "process": os.getpid(), "processes": processes}), flush=True)
