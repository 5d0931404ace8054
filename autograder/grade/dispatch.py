"""Which worker of a cluster gets the next job, and what becomes of the jobs of a worker that is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autograder.grade.engines import EngineError

PATIENCE_SECONDS = 300.0
"""How long a run waits for a worker when all are lost: a cluster may be starting others."""


class LostError(Exception):
    """The worker of a job is gone."""


@dataclass
class Ticket:
    """A job's place on a worker; `ended` is set when the job has ended or its worker is gone (`lost`)."""

    worker: str
    ended: threading.Event = field(default_factory=threading.Event)
    lost: bool = False


@dataclass
class _Worker:
    """A worker: how many jobs it runs at once, those that it has, and whether it is kept for one alone."""

    places: int
    tickets: list[Ticket] = field(default_factory=list)
    reserved: bool = False


class Crew:
    """The workers of a cluster, each with as many jobs as it runs at once and no more waiting there.

    A job whose worker is lost has not proved anything: another job may have ended that worker, or a person.
    So it is run once more, on a worker with nothing beside it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._workers: dict[str, _Worker] = {}
        self._broken: EngineError | None = None

    @property
    def places(self) -> int:
        """How many jobs can run at once, as of now."""
        with self._changed:
            return sum(worker.places for worker in self._workers.values())

    def known(self) -> set[str]:
        """Return the workers' addresses."""
        with self._changed:
            return set(self._workers)

    def add(self, worker: str, places: int) -> None:
        """Let a worker take part."""
        with self._changed:
            self._workers[worker] = _Worker(places)
            self._changed.notify_all()

    def lose(self, worker: str) -> None:
        """Note that a worker is gone, and with it what it ran."""
        with self._changed:
            gone = self._workers.pop(worker, None)
            for ticket in gone.tickets if gone else ():
                ticket.lost = True
                ticket.ended.set()
            self._changed.notify_all()

    def give_up(self, error: EngineError) -> None:
        """End all waiting with an error: no job can be run any more."""
        with self._changed:
            self._broken = error
            for worker in self._workers.values():
                for ticket in worker.tickets:
                    ticket.ended.set()
            self._changed.notify_all()

    def check(self) -> None:
        """Raise the error that ended all waiting, if there is one."""
        if self._broken is not None:
            raise self._broken

    @contextmanager
    def place(self, alone: bool = False) -> Iterator[Ticket]:
        """Wait for a place on a worker; `alone` asks for one on which nothing else runs meanwhile.

        Raises
        ------
        EngineError
            If there is no worker for too long, or no job can be run any more.
        """
        with self._changed:
            ticket = self._alone() if alone else self._beside_others()
        try:
            yield ticket
        finally:
            with self._changed:
                if worker := self._of(ticket):
                    worker.tickets.remove(ticket)
                    worker.reserved = worker.reserved and not alone
                self._changed.notify_all()

    def _beside_others(self) -> Ticket:
        while True:
            free = {name: one for name, one in self._workers.items() if not one.reserved}
            name = min(free, key=lambda name: len(free[name].tickets) / free[name].places, default="")
            if name and len(free[name].tickets) < free[name].places:
                return self._put(name)
            self._wait()

    def _alone(self) -> Ticket:
        while True:
            free = {name: one for name, one in self._workers.items() if not one.reserved}
            if not free:
                self._wait()
                continue
            name = min(free, key=lambda name: len(free[name].tickets))
            worker = free[name]
            worker.reserved = True  # what runs there ends, and nothing new begins
            while worker.tickets and self._workers.get(name) is worker:
                self._wait()
            if self._workers.get(name) is worker:
                return self._put(name)

    def _put(self, name: str) -> Ticket:
        ticket = Ticket(name)
        self._workers[name].tickets.append(ticket)
        return ticket

    def _of(self, ticket: Ticket) -> _Worker | None:
        worker = self._workers.get(ticket.worker)
        return worker if worker is not None and ticket in worker.tickets else None

    def _wait(self) -> None:
        """Wait until something changes."""
        self.check()
        if not self._changed.wait(None if self._workers else PATIENCE_SECONDS) and not self._workers:
            raise EngineError(
                f"the cluster has had no worker for {PATIENCE_SECONDS:g} seconds; what is graded is kept: "
                "start workers and call the same command again to go on"
            )
        self.check()
