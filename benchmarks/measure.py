"""What a command costs: the time on the clock, that of all processors, and that and the memory of its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """What something cost.

    Attributes
    ----------
    wall, cpu : float
        Seconds on the clock, and for which the processors of the computer worked, whatever they did.
    own_cpu, peak_MiB : float
        Seconds and peak memory of the command's own process, without its workers; 0 if that was not asked.
    said : str
        What it printed.
    """

    wall: float
    cpu: float
    own_cpu: float = 0.0
    peak_MiB: float = 0.0  # noqa: N815 - the unit
    said: str = ""


def busy() -> float:
    """Return the seconds for which the processors of this computer worked since it was started."""
    user, nice, system, _, _, interrupts, soft, *_ = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + interrupts + soft) / TICKS


def command(course: Course, *words: str, may_end: tuple[int, ...] = (0,)) -> Cost:
    """Run a module of this environment in a course's folder; return what it cost.

    Raises
    ------
    SystemExit
        If it ends with another status than those named.
    """
    with tempfile.TemporaryDirectory() as folder:
        note, printed, complaints = (Path(folder, name) for name in ("cost", "out", "err"))
        if words[0] == "autograder":
            words = ("benchmarks.coordinator", str(note), *words[1:])
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        root = os.pathsep.join([str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")])
        surroundings = os.environ | {"PATH": path, "PYTHONPATH": root.rstrip(os.pathsep)}
        cpu, began = busy(), time.monotonic()
        with printed.open("w") as out, complaints.open("w") as err:
            line = [sys.executable, "-m", *words]
            status = subprocess.call(line, cwd=course.root, stdout=out, stderr=err, env=surroundings)
        wall, cpu = time.monotonic() - began, busy() - cpu
        if status not in may_end:
            said = printed.read_text(errors="replace") + complaints.read_text(errors="replace")
            raise SystemExit(f"{' '.join(words)} ended with {status}:\n{said[-3000:]}")
        own = json.loads(note.read_text()) if note.exists() else {}
        return Cost(wall, cpu, own.get("cpu", 0.0), own.get("peak_MiB", 0.0), printed.read_text(errors="replace"))


def bytes_in(*paths: Path) -> int:
    """Return how many bytes files have, those in folders too."""
    files = (one for path in paths for one in (path.rglob("*") if path.is_dir() else [path]))
    return sum(one.stat().st_size for one in files if one.is_file())
