"""What is wrong with a job, what with a worker, and what with the cluster; no worker is started."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from autograder.execute.session import WorkerError
from autograder.grade import cluster, watch
from autograder.grade.cluster import Elsewhere
from autograder.grade.dispatch import Crew, LostError
from autograder.grade.engines import EngineError, QuarantinedError
from autograder.grade.watch import Watch
from autograder.plan import Job, Limits

killed_worker = pytest.importorskip("distributed.scheduler").KilledWorker


class Future:
    """A job that has ended: in an error, or with an answer."""

    def __init__(self, end, status):
        self.end, self.status = end, status

    def add_done_callback(self, call):
        threading.Thread(target=call, args=(self,)).start()

    def result(self, timeout):
        if isinstance(self.end, BaseException):
            raise self.end
        return self.end

    def release(self):
        pass


def elsewhere(*futures):
    """Return what executes on two workers, where the jobs end as these, and the list of those that were sent."""
    crew, sent = Crew(), []
    for name in "ab":
        crew.add(name, 1)
    ends = iter(futures)

    def submit(*words, **options):
        sent.append(options["workers"])
        return next(ends)

    return Elsewhere(SimpleNamespace(submit=submit), crew, "digest"), sent


JOB = Job((), Limits())


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.0)


@pytest.mark.parametrize(
    "error", [TypeError("run() takes 1 argument"), MemoryError(), TimeoutError("its own"), OSError("no such device")]
)
def test_an_error_of_the_job_itself_is_told_and_ends_no_worker(error):
    there, sent = elsewhere(Future(error, "error"))
    with pytest.raises(WorkerError, match=rf"worker \w cannot run it: {type(error).__name__}") as raised:
        there.execute(JOB)
    assert not isinstance(raised.value, QuarantinedError)
    assert len(sent) == 1, "it is not run again as if its worker were lost"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError("the connection is closed"), "lost"),
        (RuntimeError("cancelled"), "cancelled"),
        (killed_worker("grade", SimpleNamespace(address="a"), 3), "error"),
    ],
)
def test_an_error_of_the_cluster_is_a_lost_worker(error, status):
    there, sent = elsewhere(Future(error, status), Future(error, status))
    with pytest.raises(QuarantinedError):
        there.execute(JOB)
    assert len(sent) == 2


def test_an_answer_that_cannot_be_read_is_told():
    there, _ = elsewhere(Future("no JSON", "finished"))
    with pytest.raises(WorkerError, match="no JSON"):
        there.execute(JOB)


def test_a_scheduler_that_is_gone_ends_the_run_and_blames_no_job():
    there, _ = elsewhere(Future(OSError("closed"), "lost"))
    there._crew.give_up(EngineError("the scheduler no longer answers"))
    with pytest.raises(EngineError, match="no longer answers"):
        there.execute(JOB)
    assert not issubclass(EngineError, LostError)


@pytest.fixture
def looked(monkeypatch):
    """A watch over one worker, what is wrong with that worker, what was said, and a clock."""
    now, said, wrong = SimpleNamespace(seconds=0.0), [], {"tcp://a": "it has no bubblewrap"}
    monkeypatch.setattr(watch.time, "monotonic", lambda: now.seconds)
    workers = {"tcp://a": 2}
    client = SimpleNamespace(status="running", nthreads=lambda: dict(workers))
    made = Watch(client, Crew(), "digest", "text", said.append)
    asked = []

    def unfit(names, gone):
        asked.append(list(names))
        return {name: wrong[name] for name in names if name in wrong}

    monkeypatch.setattr(made, "_unfit", unfit)
    return SimpleNamespace(watch=made, now=now, said=said, wrong=wrong, asked=asked, workers=workers)


def test_a_refused_worker_is_looked_at_again_and_takes_part_when_it_is_mended(looked):
    assert looked.watch._look() == {"tcp://a": "it has no bubblewrap"}
    assert looked.watch._look() == {}
    assert len(looked.asked) == 1, "not at every look"
    looked.now.seconds += watch.REFUSED_SECONDS
    assert looked.watch._look() == {}, "what has been said is not said again"
    assert len(looked.asked) == 2
    looked.wrong["tcp://a"] = "it has another version"
    looked.now.seconds += watch.REFUSED_SECONDS
    assert looked.watch._look() == {"tcp://a": "it has another version"}
    looked.wrong.clear()
    looked.now.seconds += watch.REFUSED_SECONDS
    assert looked.watch._look() == {}
    assert looked.watch._crew.places == 2
    assert looked.said == ["worker tcp://a can grade now"]


def test_a_worker_that_was_started_anew_is_looked_at_at_once(looked):
    looked.watch._look()
    del looked.workers["tcp://a"]
    looked.watch._look()
    looked.workers["tcp://a"] = 2
    looked.wrong.clear()
    looked.watch._look()
    assert looked.watch._crew.places == 2
