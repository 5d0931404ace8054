"""The journal of a grading run, which survives if it is killed: each finished result, and what was done with it.

A result is written atomically to a file of its own before it is recorded in the gradebook.
A line in ``journal.jsonl`` follows each step. A later run repeats only what has no line.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from autograder.files import write_atomically
from autograder.grade.results import Result

LONGEST_NAME = 200
"""A student's name with more bytes than these is replaced by its digest in file names."""

Event = Literal["executed", "recorded", "quarantined"]


class Journal:
    """The results of one assignment, on disk.

    Parameters
    ----------
    folder : Path
        Where to keep them; made when the first is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._results = folder / "results"
        self._log = folder / "journal.jsonl"
        self._recorded: dict[str, tuple[str, float]] = {}
        self._quarantined: dict[str, str] = {}
        for entry in self.entries():
            self._note(entry["event"], entry["student"], entry["key"], entry["time"])

    def entries(self) -> list[dict[str, Any]]:
        """Return the events, oldest first; a line that a crash cut short is left out."""
        entries = []
        if self._log.exists():
            for line in self._log.read_text().splitlines():
                try:
                    entry = json.loads(line)
                    entries.append({name: entry[name] for name in ("event", "student", "key", "time")})
                except (ValueError, KeyError, TypeError):
                    continue
        return entries

    def load(self, student: str) -> Result | None:
        """Return a student's last result, or None if there is none or its file is damaged."""
        result = _read(self._file(student))
        return None if result is None else self._timed(result)

    def results(self) -> Iterator[Result]:
        """Yield the last result of every student, by name, one at a time; damaged files are left out."""
        for path in sorted(self._results.glob("*.json")):
            result = _read(path)
            if result is not None:
                yield self._timed(result)

    def recorded(self) -> Iterator[Result]:
        """Yield those results that have reached the gradebook, as `results` does."""
        return filter(self.is_recorded, self.results())

    def __len__(self) -> int:
        """Return how many results there are."""
        return sum(1 for _ in self._results.glob("*.json"))

    def save(self, result: Result) -> None:
        """Make a result durable: it is on disk when this returns."""
        write_atomically(self._file(result.student), json.dumps(result.to_dict()), private=True)
        self._append("executed", result.student, result.key)

    def quarantine(self, student: str, key: str) -> None:
        """Note that a submission must not be tried again as it is."""
        self._append("quarantined", student, key)

    def is_quarantined(self, student: str, key: str) -> bool:
        """Return whether this very submission must not be tried again."""
        return self._quarantined.get(student) == key

    def is_recorded(self, result: Result) -> bool:
        """Return whether this very result has reached the gradebook."""
        return self._recorded.get(result.student, ("", 0.0))[0] == result.key

    def mark_recorded(self, result: Result) -> Result:
        """Note that a result has reached the gradebook, and return it with the time of it."""
        self._append("recorded", result.student, result.key)
        return self._timed(result)

    def _timed(self, result: Result) -> Result:
        if not self.is_recorded(result):
            return result
        return replace(result, phases={**result.phases, "recorded": self._recorded[result.student][1]})

    def _file(self, student: str) -> Path:
        name = (
            student if len(os.fsencode(student)) <= LONGEST_NAME else hashlib.sha256(os.fsencode(student)).hexdigest()
        )
        return self._results / f"{name}.json"

    def _append(self, event: Event, student: str, key: str) -> None:
        now = round(time.time(), 3)
        line = json.dumps({"event": event, "student": student, "key": key, "time": now})
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab+") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # a crash cut the last line short: this one must not be joined to it
                    line = "\n" + line
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._note(event, student, key, now)

    def _note(self, event: str, student: str, key: str, now: float) -> None:
        """Remember what was recorded; a result that was executed since then, even under the same key, was not."""
        if event == "quarantined":
            self._quarantined[student] = key
            return
        self._quarantined.pop(student, None)
        if event == "recorded":
            self._recorded[student] = key, float(now)
        else:
            self._recorded.pop(student, None)


def _read(path: Path) -> Result | None:
    try:
        return Result.from_dict(json.loads(path.read_text()))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
