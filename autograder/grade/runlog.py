"""The log of a run: its events, one JSON object a line, in a file of its own among the grader's records."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

from autograder.grade.monitor import Event

FOLDER = "logs"
MOST_FILES = 20
"""So many runs are kept, the last ones."""


class RunLog:
    """Writes events to a file; use it as a context, and call it with each event.

    A run goes on without its log if that cannot be written.

    Parameters
    ----------
    folder : Path
        Where the files are; nothing is made there before the first event.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: TextIOWrapper | None = None
        self._given_up = False

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._close()

    def __call__(self, event: Event) -> None:
        """Write an event."""
        if self._given_up:
            return
        try:
            if self._file is None:
                self._file = self._begin()
            self._file.write(json.dumps(event) + "\n")
            self._file.flush()
        except OSError:
            self._given_up = True
            self._close()

    def _begin(self) -> TextIOWrapper:
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self.folder.glob("*.jsonl"))[: -MOST_FILES + 1]:
            path.unlink(missing_ok=True)
        path = self.folder / f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}.jsonl"
        return open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8")

    def _close(self) -> None:
        if self._file is not None:
            try:
                self._file.close()
            except OSError:  # what it still held could not be written
                self._given_up = True
            self._file = None
