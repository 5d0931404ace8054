"""What survives when a grading run is killed: each finished result, and what was done with it.

A result is written to a file of its own, whole or not at all, before it is recorded in the gradebook.
A line in ``journal.jsonl`` follows each step. A later run repeats only what has no line.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from autograder.grade.results import Result

Event = Literal["executed", "recorded"]


class Journal:
    """The results of one assignment, on disk.

    Parameters
    ----------
    folder : Path
        Where to keep them; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._results = folder / "results"
        self._results.mkdir(parents=True, exist_ok=True)
        self._log = folder / "journal.jsonl"
        if self._log.exists() and not self._log.read_bytes().endswith(b"\n"):
            with self._log.open("a") as file:
                file.write("\n")  # a crash cut the last line short: the next must not be joined to it
        self._recorded = {entry["student"]: entry["key"] for entry in self.entries() if entry["event"] == "recorded"}

    def entries(self) -> list[dict[str, str]]:
        """Return what happened, oldest first; a line that a crash cut short is left out."""
        entries = []
        if self._log.exists():
            for line in self._log.read_text().splitlines():
                try:
                    entry = json.loads(line)
                    entries.append({name: entry[name] for name in ("event", "student", "key")})
                except (ValueError, KeyError, TypeError):
                    continue
        return entries

    def load(self, student: str) -> Result | None:
        """Return a student's last result, or None if there is none or its file is damaged."""
        try:
            return Result.from_dict(json.loads(self._file(student).read_text()))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def results(self) -> Iterator[Result]:
        """Yield the last result of every student, by name, one at a time."""
        for student in self.students():
            result = self.load(student)
            if result is not None:
                yield result

    def students(self) -> list[str]:
        """Return the students with a result, by name."""
        return sorted(path.stem for path in self._results.glob("*.json"))

    def save(self, result: Result) -> None:
        """Keep a result for good: it is on disk when this returns."""
        write_atomically(self._file(result.student), json.dumps(result.to_dict()))
        self._append("executed", result)

    def is_recorded(self, result: Result) -> bool:
        """Return whether this very result has reached the gradebook."""
        return self._recorded.get(result.student) == result.key

    def mark_recorded(self, result: Result) -> None:
        """Note that a result has reached the gradebook."""
        self._append("recorded", result)
        self._recorded[result.student] = result.key

    def _file(self, student: str) -> Path:
        return self._results / f"{student}.json"

    def _append(self, event: Event, result: Result) -> None:
        line = json.dumps({"event": event, "student": result.student, "key": result.key, "time": round(time.time(), 3)})
        with self._log.open("a") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that at every moment it is either the old one or the new one, and then durable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
