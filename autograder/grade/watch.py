"""Watches which workers a cluster has: newcomers are checked and get the release, and the lost are noticed."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from autograder.characters import one_line
from autograder.grade import remote
from autograder.grade.dispatch import Crew
from autograder.grade.engines import EngineError

FIRST_WORKER_SECONDS = 60.0
REFUSED_SECONDS = 30.0
"""After so long a worker that could not be used is looked at again: what it lacks may be there by then."""
LOOK_SECONDS = 0.5
"""How often the coordinator asks which workers there are."""

Say = Callable[[str], object]


class Watch(threading.Thread):
    """Keeps the crew up to date: who is new gets the release, who is gone has lost its jobs.

    Parameters
    ----------
    client : distributed.Client
        Whose workers.
    crew : Crew
        To keep up to date.
    digest, text : str
        The release.
    say : callable
        Told of workers that cannot be used or are lost.
    """

    def __init__(self, client: Any, crew: Crew, digest: str, text: str, say: Say) -> None:
        super().__init__(name="watch", daemon=True)
        self._client, self._crew, self._digest, self._text, self._say = client, crew, digest, text, say
        self._done = threading.Event()
        self._refused: dict[str, tuple[str, float]] = {}
        """The workers that cannot be used, with the reason and the time of the last look."""

    def begin(self) -> None:
        """Let all workers that are here take part, and go on looking for others.

        Raises
        ------
        EngineError
            If there is none, or one cannot be used.
        """
        end = time.monotonic() + FIRST_WORKER_SECONDS
        while not self._crew.places:
            if problems := self._look():
                raise EngineError("; ".join(f"worker {name} cannot grade: {why}" for name, why in problems.items()))
            if time.monotonic() > end:
                raise EngineError(
                    f"the scheduler at {self._client.scheduler.address} has no worker: start some with "
                    f"`dask worker {self._client.scheduler.address}`"
                )
            self._done.wait(0 if self._crew.places else LOOK_SECONDS)
        self.start()

    def run(self) -> None:
        """Look again and again."""
        while not self._done.wait(LOOK_SECONDS):
            try:
                for name, why in self._look().items():
                    self._say(f"worker {name} takes no part: {why}")
            except Exception as error:
                if not self._done.is_set():
                    why = one_line(str(error), 200) or type(error).__name__
                    self._crew.give_up(
                        EngineError(
                            f"the scheduler no longer answers ({why}); what is graded is kept: "
                            "call the same command again to go on"
                        )
                    )
                return

    def end(self) -> None:
        """Stop looking, and let the workers put the release away."""
        self._done.set()
        if self.is_alive():
            self.join()
        with contextlib.suppress(Exception):  # they may be gone, and so may the scheduler
            self._client.run(remote.forget, self._digest, workers=sorted(self._crew.known()), on_error="ignore")

    def _look(self) -> dict[str, str]:
        """Compare the crew with the workers of now; return those that cannot be used, and why, if it is news."""
        if self._client.status != "running":
            raise OSError(f"the connection is {self._client.status}")
        found = self._client.nthreads()
        for name in self._crew.known() - set(found):
            self._crew.lose(name)
            self._say(f"worker {name} is lost; what it ran is run elsewhere")
        now = time.monotonic()
        self._refused = {name: one for name, one in self._refused.items() if name in found}
        waiting = {name for name, (_, looked) in self._refused.items() if now < looked + REFUSED_SECONDS}
        new = sorted(set(found) - self._crew.known() - waiting)
        if not new:
            return {}
        gone: set[str] = set()
        problems = self._unfit(new, gone)
        for name in new:
            earlier = self._refused.pop(name, None)
            if name in problems:
                self._refused[name] = problems[name], now
                if earlier is not None and earlier[0] == problems[name]:
                    del problems[name]
            elif name not in gone:
                self._crew.add(name, found[name])
                if earlier is not None:
                    self._say(f"worker {name} can grade now")
        return problems

    def _unfit(self, workers: list[str], gone: set[str]) -> dict[str, str]:
        """Give workers the release; return what is wrong with those that cannot grade, and note in `gone` who went."""
        problems, here = {}, remote.identity()
        for name, found in self._client.run(_identity(), workers=workers, on_error="return").items():
            if isinstance(found, OSError):  # it has just gone; if not, the next look finds it again
                gone.add(name)
            elif not isinstance(found, str):
                problems[name] = f"it failed ({type(found).__name__}: {one_line(str(found), 200)})"
            elif found != here:
                problems[name] = f"it has {found or 'no autograder'}, and this is {here}: install the same there"
        fit = [name for name in workers if name not in problems and name not in gone]
        if not fit:
            return problems
        answers = self._client.run(remote.receive, self._digest, self._text, workers=fit, on_error="return")
        for name, answer in answers.items():
            if isinstance(answer, OSError):
                gone.add(name)
                continue
            said = json.loads(answer) if isinstance(answer, str) else {"problem": f"it failed ({answer})"}
            if said["problem"]:
                problems[name] = one_line(said["problem"], 400)
            elif said["sandbox"] == "none":
                self._say(f"worker {name} has no sandbox: students' code can read its files and use its network")
        return problems


def _identity() -> Callable[[], str]:
    """Return a function that travels with its code, since the worker may have no autograder or an older one."""

    def look() -> str:
        try:
            from autograder.grade.remote import identity
        except ImportError as error:
            return "" if error.name == "autograder" else f"another version of autograder ({error})"
        return identity()

    return look
