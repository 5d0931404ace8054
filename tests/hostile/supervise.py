"""Run commands one after the other and say what they leave running: ``supervise.py REPORT < commands.json``.

Processes that outlive their parents become children of this one, so none can hide. Standard library only.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
KEYS = {"x86_64": (248, 250), "aarch64": (217, 219)}
"""Numbers of ``add_key`` and ``keyctl``."""
PATIENCE = 10.0
"""Seconds that processes may take to end after the command that started them."""


def living() -> list[int]:
    """Return the children of this process that have not ended, after collecting those that have."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            return []
    children = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            children.append(int(entry))
    return children


def log_in() -> None:
    """Go on with a session keyring that holds a key, as a login gives it."""
    libc = ctypes.CDLL(None)
    if platform.machine() in KEYS:
        add, control = KEYS[platform.machine()]
        secret = os.environ["SECRET"].encode()
        libc.syscall(control, 1, None)
        libc.syscall(add, b"user", b"grader", secret, len(secret), -3)


def main() -> None:
    """Run the commands on standard input and write a report."""
    report = Path(sys.argv[1])
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    log_in()
    done = []
    for command in json.load(sys.stdin):
        began = time.monotonic()
        out, err = report.with_suffix(".out"), report.with_suffix(".err")
        with out.open("wb") as stdout, err.open("wb") as stderr:
            code = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, check=False
            ).returncode
        seconds = time.monotonic() - began
        while (left := living()) and time.monotonic() - began - seconds < PATIENCE:
            time.sleep(0.05)
        names = [Path("/proc", str(process), "cmdline").read_text().replace("\0", " ") for process in left]
        while left:
            for process in left:
                os.kill(process, signal.SIGKILL)
            time.sleep(0.05)
            left = living()
        said = [path.read_text(errors="replace") for path in (out, err)]
        done.append(
            {"command": command, "code": code, "out": said[0], "err": said[1], "left": names, "seconds": seconds}
        )
        report.write_text(json.dumps(done))
        if code != 0 and not (code == 1 and "grade" in command):
            break


if __name__ == "__main__":
    main()
