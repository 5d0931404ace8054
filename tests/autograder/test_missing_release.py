"""A worker that was started anew has not run the job that it did not know."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.execute.session import WorkerError
from autograder.grade.cluster import Elsewhere
from autograder.grade.dispatch import Crew


class _Client:
    """Answers "missing" for a while; meanwhile the crew gets the worker back, as from `Watch`."""

    def __init__(self, crew: Crew, missing: int) -> None:
        self.crew, self.left = crew, missing

    def submit(self, *given: object, **options: object) -> Any:
        return SimpleNamespace(add_done_callback=self._done, result=self._result, release=lambda: None)

    def _done(self, callback: Callable[[object], object]) -> None:
        callback(None)

    def _result(self, timeout: float) -> str:
        if not self.left:
            return json.dumps({"error": "it was run"})
        self.left -= 1
        self.crew.lose("tcp://one")
        self.crew.add("tcp://one", 1)
        return json.dumps({"missing": True})


def test_job_that_no_worker_knew_is_run_and_not_set_aside() -> None:
    crew = Crew()
    crew.add("tcp://one", 1)
    job: Any = SimpleNamespace(to_json=lambda: "{}")
    with pytest.raises(WorkerError, match="it was run"):
        Elsewhere(_Client(crew, missing=3), crew, "digest").execute(job)
    assert crew.known() == {"tcp://one"}
