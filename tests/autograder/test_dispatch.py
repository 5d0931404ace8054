"""Which worker gets the next job, and what becomes of the jobs of one that is lost; no worker is started."""

from __future__ import annotations

import threading
import time

import patience
import pytest

from autograder.grade import dispatch
from autograder.grade.dispatch import Crew
from autograder.grade.engines import EngineError


def waiting(crew, **options):
    """Ask for a place in a thread; return the list that the ticket will be put into, and what gives it back."""
    found, give_back = [], threading.Event()

    def ask():
        with crew.place(**options) as ticket:
            found.append(ticket)
            give_back.wait(patience.SECONDS)

    threading.Thread(target=ask, daemon=True).start()
    return found, give_back


def soon(condition):
    end = time.monotonic() + patience.SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_no_more_jobs_wait_on_a_worker_than_it_runs_at_once():
    crew = Crew()
    crew.add("a", 2)
    crew.add("b", 1)
    asked = [waiting(crew) for _ in range(5)]
    soon(lambda: sum(map(len, (found for found, _ in asked))) == 3)
    time.sleep(0.05)
    taken = [(found[0].worker, give_back) for found, give_back in asked if found]
    assert sorted(name for name, _ in taken) == ["a", "a", "b"]
    taken[0][1].set()
    soon(lambda: sum(map(len, (found for found, _ in asked))) == 4)
    for _, give_back in asked:
        give_back.set()


def test_the_jobs_of_a_lost_worker_end_and_the_others_go_on():
    crew = Crew()
    crew.add("a", 2)
    crew.add("b", 2)
    with crew.place() as one, crew.place() as other:
        assert {one.worker, other.worker} == {"a", "b"}
        crew.lose(one.worker)
        assert (one.lost, one.ended.is_set(), other.lost) == (True, True, False)
        assert (crew.known(), crew.places) == ({other.worker}, 2)
        with crew.place() as third:
            assert third.worker == other.worker


def test_a_suspect_runs_with_nothing_beside_it():
    crew = Crew()
    crew.add("a", 2)
    beside = waiting(crew)
    soon(lambda: beside[0])
    suspect = waiting(crew, alone=True)
    time.sleep(0.05)
    assert suspect[0] == []
    later = waiting(crew)
    time.sleep(0.05)
    assert later[0] == []  # a place is free, but it is kept
    beside[1].set()
    soon(lambda: suspect[0])
    time.sleep(0.05)
    assert later[0] == []
    suspect[1].set()
    soon(lambda: later[0])
    later[1].set()


def test_a_suspect_goes_elsewhere_if_its_worker_is_lost_before_it_began():
    crew = Crew()
    crew.add("a", 1)
    beside = waiting(crew)
    soon(lambda: beside[0])
    suspect = waiting(crew, alone=True)
    time.sleep(0.05)
    crew.lose("a")
    crew.add("b", 1)
    soon(lambda: suspect[0])
    assert suspect[0][0].worker == "b"
    for _, give_back in (beside, suspect):
        give_back.set()


def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(dispatch, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(EngineError, match="no worker for"), Crew().place():
        pass
    crew = Crew()
    crew.add("a", 1)
    with crew.place() as ticket:
        crew.give_up(EngineError("the scheduler is gone"))
        assert (ticket.ended.is_set(), ticket.lost) == (True, False)
        with pytest.raises(EngineError, match="gone"):
            crew.check()
        with pytest.raises(EngineError, match="gone"), crew.place():
            pass
