"""The engine on a Dask cluster: jobs go there as text and outcomes come back as text.

Jobs are given to named workers by `dispatch.Crew`, so that it is known what ran on a worker that is lost. Dask
itself would try such a job again by its own count, beside others, and could not tell which of them is to blame.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from autograder.characters import one_line
from autograder.execute.session import WorkerError
from autograder.grade import remote
from autograder.grade.dispatch import Crew, LostError, Ticket
from autograder.grade.engines import EngineError, LocalEngine, QuarantinedError, available_cores
from autograder.grade.remote import run as run_job
from autograder.grade.watch import LOOK_SECONDS, Say, Watch
from autograder.plan import Job, Outcome

CONNECT_SECONDS = 15.0
GATHER_SECONDS = 5.0
ADDRESS = re.compile(r"(\w+://)?[^/\s]+:\d+")
MOST_AT_ONCE = 2000
"""So many jobs at most are on their way; each is watched by a thread."""


@contextmanager
def dask_engine(
    scheduler: str | None = None, workers: int = 0, say: Say = lambda message: None
) -> Iterator[ClusterEngine]:
    """Connect to a cluster, or start one on this machine, for as long as the context lasts.

    Parameters
    ----------
    scheduler : str, optional
        The scheduler's address, or the path of the file that it wrote; without it, a cluster is started here.
    workers : int
        How many workers a cluster on this machine has; 0 means one a core.
    say : callable
        Takes what the user should know of workers that come and go, a line each.

    Raises
    ------
    EngineError
        If Dask is not installed or the scheduler does not answer.
    """
    try:
        import cryptography  # noqa: F401 - for the certificates of a cluster on this machine
        import distributed
    except ImportError as error:
        raise EngineError(
            f"a cluster needs Dask, and {error.name} is not installed: pip install 'mlp-course[cluster]'"
        ) from None
    for name in ("distributed", "tornado.application"):  # what matters of it, this module says in a line
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        if scheduler is None:
            # any user of this machine can reach its ports: without a certificate, nobody gets in
            scheduler = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=workers or available_cores(),
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",  # any free port: another cluster may have the usual one
                    scheduler_kwargs={"dashboard": False},
                    security=True,
                    silence_logs=logging.CRITICAL,
                    preload=["autograder.grade.remote"],
                )
            )
        client = stack.enter_context(_client(distributed, scheduler))
        yield ClusterEngine(client, say)


def _client(distributed: Any, scheduler: Any) -> Any:
    """Return a client of a scheduler, which is its address, the path of its file, or a cluster."""
    where: dict[str, Any] = {"address": scheduler}
    if isinstance(scheduler, str):
        if Path(scheduler).is_file():
            where = {"scheduler_file": scheduler}
        elif not ADDRESS.fullmatch(scheduler):
            raise EngineError(
                f"{scheduler!r} is neither a file nor the address of a scheduler, such as tcp://HOST:8786 "
                "(tls:// where it wants certificates)"
            )
    try:
        return distributed.Client(**where, timeout=CONNECT_SECONDS, set_as_default=False, name="autograder")
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise EngineError(
            f"the scheduler at {scheduler} does not answer ({one_line(str(error), 200) or type(error).__name__}): give "
            "the address that `dask scheduler` printed, such as tcp://HOST:8786 (tls:// where it wants certificates)"
        ) from None


class ClusterEngine(LocalEngine):
    """Workers of a Dask cluster, each job watched by a thread here.

    Parameters
    ----------
    client : distributed.Client
        Connected to the scheduler.
    say : callable
        Takes what the user should know of workers that come and go, a line each.
    """

    def __init__(self, client: Any, say: Say = lambda message: None) -> None:
        super().__init__(MOST_AT_ONCE)
        self._client = client
        self._say = say
        self._crew = Crew()

    @property
    def workers(self) -> int:
        """How many run at once, as of now."""
        return max(1, self._crew.places)

    def launcher(self, **options: Any) -> AbstractContextManager[Elsewhere]:
        """See `Engine.launcher`."""
        text = remote.packed(options)
        return self._executing(hashlib.sha256(text.encode()).hexdigest(), text)

    @contextmanager
    def _executing(self, digest: str, text: str) -> Iterator[Elsewhere]:
        self._crew = Crew()
        watch = Watch(self._client, self._crew, digest, text, self._say)
        watch.begin()
        try:
            yield Elsewhere(self._client, self._crew, digest)
        finally:
            watch.end()


class Elsewhere:
    """Executes jobs on the workers of a crew.

    Parameters
    ----------
    client : distributed.Client
        Through which they travel.
    crew : Crew
        Who takes them.
    digest : str
        The release to which they belong.
    """

    def __init__(self, client: Any, crew: Crew, digest: str) -> None:
        self._client, self._crew, self._digest = client, crew, digest

    def execute(self, job: Job) -> Outcome:
        """Execute a job; if its worker is lost, once more where nothing runs beside it.

        Raises
        ------
        QuarantinedError
            If it lost that one, too.
        WorkerError
            If the sandbox could not be started.
        """
        text = job.to_json()
        try:
            return self._once(text, alone=False)
        except LostError:
            pass
        try:
            return self._once(text, alone=True)
        except LostError:
            raise QuarantinedError(
                "it ended two workers of the cluster, the second while nothing else ran there: it is set aside and "
                "not tried again unless it changes, or with --force"
            ) from None

    def _once(self, text: str, *, alone: bool) -> Outcome:
        with self._crew.place(alone) as ticket:
            future = self._client.submit(
                run_job,
                self._digest,
                text,
                key=f"grade-{uuid.uuid4().hex}",
                workers=[ticket.worker],
                allow_other_workers=False,
                pure=False,
            )
            try:
                future.add_done_callback(lambda _: ticket.ended.set())
                ticket.ended.wait()
                answer = self._answer(future, ticket)
            finally:
                future.release()
        if "missing" in answer:  # its process was started anew at the same address: the job has not run there
            if not ticket.lost:  # if it is, the worker that now has this address may have the release already
                self._crew.lose(ticket.worker)
            return self._once(text, alone=alone)
        if "error" in answer:
            raise WorkerError(answer["error"])
        return Outcome.from_dict(answer["outcome"])

    def _answer(self, future: Any, ticket: Ticket) -> dict[str, Any]:
        """Return what a job's worker answers; a worker may be lost between its end and here."""
        while True:
            self._crew.check()
            if ticket.lost:
                raise LostError
            try:
                text = future.result(timeout=GATHER_SECONDS)
            except (Exception, asyncio.CancelledError) as error:
                if self._is_its_own(error, future):
                    why = one_line(f"{type(error).__name__}: {error}", 300)
                    raise WorkerError(f"worker {ticket.worker} cannot run it: {why}") from error
                if isinstance(error, TimeoutError):
                    continue
                time.sleep(0 if ticket.lost else 2 * LOOK_SECONDS)  # whether the scheduler is gone is seen by then
                self._crew.check()
                raise LostError from error
            try:
                answer: dict[str, Any] = json.loads(text)
            except (ValueError, TypeError) as error:
                raise WorkerError(f"worker {ticket.worker} answers what is no JSON: {one_line(repr(text))}") from error
            return answer

    def _is_its_own(self, error: BaseException, future: Any) -> bool:
        """Return whether an error comes from the job's function itself, and not from a worker that is gone."""
        from distributed.scheduler import KilledWorker

        return future.status == "error" and not isinstance(error, KilledWorker)
