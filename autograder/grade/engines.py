"""Where jobs run. An engine maps a function over items, some at once, and yields as they finish."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar, runtime_checkable

from autograder.course import CourseError
from autograder.execute.session import Launch, WorkerError
from autograder.plan import Job, Outcome
from autograder.sandbox.launch import Launcher

Item = TypeVar("Item")
Value = TypeVar("Value")


class EngineError(CourseError):
    """What an engine needs is missing or gone, so that no submission can be run."""


class QuarantinedError(WorkerError):
    """A job ended two workers of a cluster, the second while nothing else ran there."""


@runtime_checkable
class Remote(Protocol):
    """Executes jobs elsewhere, where a `Launch` starts workers here."""

    def execute(self, job: Job) -> Outcome:
        """Execute a job and wait for its outcome."""


class Engine(Protocol):
    """Anything that can run a function over items in parallel."""

    def launcher(self, **options: Any) -> AbstractContextManager[Launch | Remote]:
        """Return what executes the jobs of one release; `options` are those of `Launcher`."""

    def map(self, function: Callable[[Item], Value], items: Iterable[Item]) -> Iterator[tuple[Item, Value | Exception]]:
        """Yield each item with its value, or with the exception it raised, in the order of finishing.

        Items are drawn only as places become free, so memory does not grow with their number.
        """


class LocalEngine:
    """Worker processes on this machine, each watched by a thread.

    Parameters
    ----------
    workers : int
        How many run at once; 0 means one for each core that this process may use.
    """

    def __init__(self, workers: int = 0) -> None:
        self.most = workers or available_cores()

    @property
    def workers(self) -> int:
        """How many run at once, as of now; never more than `most`."""
        return self.most

    def launcher(self, **options: Any) -> AbstractContextManager[Launch | Remote]:
        """See `Engine.launcher`."""
        return Launcher(**options)

    def map(self, function: Callable[[Item], Value], items: Iterable[Item]) -> Iterator[tuple[Item, Value | Exception]]:
        """See `Engine.map`."""
        running: dict[Future[Value], Item] = {}
        pool = ThreadPoolExecutor(self.most, thread_name_prefix="worker")
        try:
            for item in items:
                running[pool.submit(function, item)] = item
                # one more than can run: the next is ready when a worker becomes free
                while len(running) > self.workers:
                    yield from _finished(running)
            while running:
                yield from _finished(running)
        finally:
            # interrupted, nobody waits for what still runs: its worker dies with this process
            pool.shutdown(wait=not running, cancel_futures=True)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def _finished(running: dict[Future[Value], Item]) -> Iterator[tuple[Item, Value | Exception]]:
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        item = running.pop(future)
        try:
            yield item, future.result()
        except Exception as error:
            yield item, error
