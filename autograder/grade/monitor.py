"""What a run is doing: how fast, for how long still, what failed and what runs longest; and whether it is to stop.

Each step is an event, a dict of plain data, which listeners print or keep. `docs/instructors.md` describes them.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from autograder.grade.results import Result

Event = dict[str, Any]
Listener = Callable[[Event], object]
RECENT = 200
"""The rate is that of so many submissions, the last ones."""


class NotBegunError(Exception):
    """A submission was to begin when the run was already to stop."""


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    done, submissions : int
        How many are done, and how many there are.
    kept : int
        How many of these were done before this run.
    failures : int
        How many could not be run.
    rate : float or None
        Submissions a second, of the last ones; None before the first.
    seconds_left : float or None
        How long the rest will take at this rate.
    running : int
        How many run now.
    longest : tuple of (str, float), or None
        Who has been running longest, and for how many seconds.
    """

    done: int
    submissions: int
    kept: int
    failures: int
    rate: float | None
    seconds_left: float | None
    running: int
    longest: tuple[str, float] | None


class Monitor:
    """Knows what a run is doing; the run tells it, from any thread.

    Parameters
    ----------
    clock : callable
        Gives seconds.

    Attributes
    ----------
    listeners : list of callable
        Each is given every event, one at a time.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.listeners: list[Listener] = []
        self._clock = clock
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._stop = threading.Event()
        self._running: dict[str, float] = {}
        self._reset(0)

    def _reset(self, submissions: int) -> None:
        self._submissions, self._kept, self._failures, self._executed = submissions, 0, 0, 0
        self._began: float | None = None
        self._recent: deque[float] = deque(maxlen=RECENT)

    def stop(self) -> None:
        """Let nothing new begin; what runs is finished and recorded. A signal's handler may call this."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether nothing new is to begin."""
        return self._stop.is_set()

    @contextmanager
    def watching(self, assignment: str, submissions: int) -> Iterator[None]:
        """Note that a run begins, and with the context that it has ended."""
        with self._lock:
            self._reset(submissions)
        self.tell("start", assignment=assignment, submissions=submissions)
        try:
            yield
        except BaseException as error:
            self._ended(str(error) or type(error).__name__)
            raise
        self._ended("")

    @contextmanager
    def running(self, student: str) -> Iterator[None]:
        """Note who runs, for as long as the context lasts.

        Raises
        ------
        NotBegunError
            If the run is to stop.
        """
        if self.stopping:
            raise NotBegunError
        with self._lock:
            self._running[student] = self._clock()
            if self._began is None:
                self._began = self._running[student]
                self._recent.append(self._began)
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(student, None)

    def kept(self) -> None:
        """Note that a submission was done before."""
        with self._lock:
            self._kept += 1

    def finished(self, result: Result) -> None:
        """Note that a submission is graded."""
        with self._lock:
            self._executed += 1
            self._recent.append(self._clock())
        self.tell(
            "submission",
            student=result.student,
            status=result.status,
            score=result.score,
            max_score=result.max_score,
            needs_manual_grade=result.needs_manual_grade,
            seconds=round(result.seconds, 3),
        )

    def failed(self, student: str, reason: str) -> None:
        """Note that a submission could not be run."""
        with self._lock:
            self._failures += 1
            self._recent.append(self._clock())
        self.tell("failure", student=student, reason=reason)

    def look(self) -> Progress:
        """Return how far the run is now."""
        with self._lock:
            now = self._clock()
            done = self._kept + self._failures + self._executed
            rate = None
            if len(self._recent) > 1 and now > self._recent[0]:
                rate = (len(self._recent) - 1) / (now - self._recent[0])
            left = None if rate is None else (self._submissions - done) / rate
            longest = min(self._running, key=self._running.__getitem__, default=None)
            return Progress(
                done,
                self._submissions,
                self._kept,
                self._failures,
                rate,
                left,
                len(self._running),
                None if longest is None else (longest, now - self._running[longest]),
            )

    def report(self) -> None:
        """Tell the listeners how far the run is."""
        now = self.look()
        self.tell(
            "progress",
            done=now.done,
            submissions=now.submissions,
            kept=now.kept,
            failures=now.failures,
            rate=None if now.rate is None else round(now.rate, 3),
            seconds_left=None if now.seconds_left is None else round(now.seconds_left, 1),
            running=now.running,
            longest=now.longest and {"student": now.longest[0], "seconds": round(now.longest[1], 1)},
        )

    def tell(self, event: str, **found: Any) -> None:
        """Give the listeners an event."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._telling:
            for listener in self.listeners:
                listener({"event": event, "time": moment, **found})

    def _ended(self, error: str) -> None:
        now = self.look()
        left = now.submissions - now.done
        found: Event = {"graded": now.done - now.kept - now.failures, "kept": now.kept, "failures": now.failures}
        self.tell("end", **found, left=left, interrupted=self.stopping and left > 0, error=error)
