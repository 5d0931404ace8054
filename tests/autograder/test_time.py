"""Limits of time: what a busy machine must not change, and what is noticed where it could."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import patience
import psutil
import pytest
from course_maker import hand_in, source_notebook

from autograder.course import Course
from autograder.execute import account
from autograder.execute.session import execute
from autograder.grade.engines import LocalEngine
from autograder.grade.journal import Journal
from autograder.grade.results import NotebookResult, Result
from autograder.grade.rounds import run_all
from autograder.grade.run import grade
from autograder.grade.task import Task
from autograder.plan import Cell, Job, Limits, Outcome, Usage
from autograder.release.mistakes import reference
from autograder.sandbox.usage import Meter

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="computing time is measured in /proc")
COMPUTE = "import time\nbegan = time.process_time()\nwhile time.process_time() < began + {seconds}:\n    pass"


@contextlib.contextmanager
def busy_loops(count: int, command: str = "while True:\n    pass") -> Iterator[list[int]]:
    """Run programs that do nothing but compute, each in a session of its own, which may get a share like ours."""
    with contextlib.ExitStack() as stack:
        loops = []
        for _ in range(count):
            loop = stack.enter_context(subprocess.Popen([sys.executable, "-S", "-c", command], start_new_session=True))
            stack.callback(loop.kill)
            loops.append(loop.pid)
        yield loops


def answered(**sources):
    """Return the right submission with some cells' sources replaced."""
    notebook = reference(source_notebook())
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    return notebook


def told(run):
    """Return what grading says of each student."""
    return {name: (one.status, one.score, one.reason) for name, one in run.results.items()}


@pytest.mark.slow  # what is computed and what is waited for is told apart below
@LINUX
def test_grades_are_the_same_beside_busy_loops(released):
    """By the clock, each half second of computing takes more than the one second that a cell has."""
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograder.cell_seconds = 1\nc.Autograder.wall_factor = 30\n")
    half_a_second = COMPUTE.format(seconds=0.5)
    hand_in(released, "slow", answered(double=f"{half_a_second}\ndef double(x):\n    return 2 * x"))
    hand_in(released, "wrong", answered(half=f"{half_a_second}\ndef half(x):\n    return x"))
    hand_in(released, "endless", answered(double="def double(x):\n    while True:\n        pass"))
    course = Course.find(released.root)
    quiet = told(grade(course, "small"))
    assert {name: one[:2] for name, one in quiet.items()} == {
        "slow": ("graded", 5.0),
        "wrong": ("graded", 3.0),
        "endless": ("partly_graded", 2.0),
    }
    assert quiet["endless"][2] == "test_double: the cell used more than 1 seconds of computing time"
    with busy_loops(4 * len(os.sched_getaffinity(0))):
        assert told(grade(course, "small", force=True)) == quiet


@LINUX
@pytest.mark.parametrize(
    ("source", "starved"),
    [
        ("import os\nos.sched_setaffinity(0, {core})\nos.nice(19)\nwhile True:\n    pass", True),
        ("import time\ntime.sleep(60)", False),
    ],
    ids=["lacks a processor", "sleeps"],
)
def test_who_lacked_a_processor_is_told_from_who_slept(launcher, source, starved):
    core = min(os.sched_getaffinity(0))
    limits = Limits(cell_seconds=1.0, wall_factor=3.0)
    pin = f"import os\nos.sched_setaffinity(0, {{{core}}})\nwhile True:\n    pass"
    with busy_loops(6, pin) if starved else contextlib.nullcontext():
        cells = Cell(0, "cell", source.replace("{core}", f"{{{core}}}")), Cell(1, "next", "1")
        outcome = execute(Job(cells, limits), launcher)
    assert [cell.status for cell in outcome.cells] == ["stopped", "ok"]
    assert "did not end within 3 seconds" in outcome.cells[0].error.evalue
    assert outcome.starved == starved


@LINUX
def test_what_a_cell_has_others_compute_counts(launcher):
    source = "import os\nif os.fork() == 0:\n    while True:\n        pass\nos.wait()"
    cell = execute(Job((Cell(0, "cell", source),), Limits(cell_seconds=0.5, wall_factor=100.0)), launcher).cells[0]
    assert cell.status == "stopped"
    assert cell.error.evalue == "the cell used more than 0.5 seconds of computing time and could not be interrupted"


@dataclass
class _Task:
    """Stands for a submission that ends starved for the first few times that it is run."""

    student: str
    times_starved: int
    log: list[tuple[str, int]]
    at_work: list[str] = field(default_factory=list)

    @property
    def submission(self):
        return SimpleNamespace(student=self.student)

    def run(self, release, launch):
        self.at_work.append(self.student)
        time.sleep(0.02)
        self.log.append((self.student, len(self.at_work)))
        self.at_work.remove(self.student)
        starved = sum(name == self.student for name, _ in self.log) <= self.times_starved
        outcome = Outcome((), starved=starved)
        return Result(self.student, "a", "", (NotebookResult("n", "graded", outcome=outcome),))


def test_starved_submissions_are_run_again_alone_and_once():
    times = {"ada": 1, "bob": 0, "eve": 5, "zoe": 0, "max": 0}
    log: list[tuple[str, int]] = []
    at_work: list[str] = []

    def tasks(students):
        return (_Task(student, times[student], log, at_work) for student in students)

    found = list(run_all(LocalEngine(3), None, None, tasks, times))
    assert sorted(task.student for task, _ in found) == sorted(times)
    assert {task.student: result.starved for task, result in found[-2:]} == {"ada": False, "eve": True}
    assert [name for name, _ in log].count("eve") == 2
    assert [beside for name, beside in log[-2:]] == [1, 1], "nothing else runs"
    assert max(beside for _, beside in log) > 1


def test_only_the_second_result_of_a_starved_submission_is_recorded(released, monkeypatch):
    hand_in(released, "ada", answered())
    hand_in(released, "bob", answered())
    counts = {"ada": 0, "bob": 0}
    lock = threading.Lock()
    run = Task.run

    def starved_at_first(task, release, launch):
        result = run(task, release, launch)
        student = task.submission.student
        with lock:
            counts[student] += 1
        if student == "ada" and counts["ada"] == 1:
            notebook = replace(
                result.notebooks[0], grades=(), outcome=replace(result.notebooks[0].outcome, starved=True)
            )
            return replace(result, notebooks=(notebook,))
        return result

    monkeypatch.setattr(Task, "run", starved_at_first)
    steps: list[tuple[int, int]] = []
    results = grade(released, "small", progress=lambda done, total: steps.append((done, total))).results
    assert counts == {"ada": 2, "bob": 1}
    assert {name: one.score for name, one in results.items()} == {"ada": 5.0, "bob": 5.0}
    assert steps == [(0, 2), (1, 2), (2, 2)]
    events = [entry["student"] for entry in Journal(released.state("small")).entries() if entry["event"] == "executed"]
    assert events == ["bob", "ada"]


class Clock:
    """A clock, and a worker whose use of time is told."""

    def __init__(self, monkeypatch) -> None:
        self.now = 0.0
        self.usage: Usage | None = Usage()
        monkeypatch.setattr(account, "time", SimpleNamespace(monotonic=lambda: self.now))

    def pass_by(self, seconds, computed=0.0, ready=0.0):
        self.now += seconds
        if self.usage is not None:
            self.usage += Usage(computed, ready)


LIMITS = Limits(cell_seconds=10.0, notebook_seconds=30.0, wall_factor=10.0)


@pytest.mark.parametrize(
    ("seconds", "computed", "ready", "starved"),
    [
        (100.0, 2.0, 90.0, True),
        (100.0, 2.0, 12.5, True),
        (100.0, 2.0, 11.5, False),
        (100.0, 0.0, 0.0, False),
        (100.0, 9.5, 100.0, False),
        (40.0, 2.0, 38.0, False),
    ],
    ids=["hardly any", "a little less", "noise", "asleep", "at its end anyway", "ended early"],
)
def test_which_stopped_cells_were_starved(monkeypatch, seconds, computed, ready, starved):
    clock = Clock(monkeypatch)
    found = account.Account(LIMITS)
    found.begin_worker(lambda: clock.usage)
    clock.pass_by(50.0, computed=3.0, ready=50.0)
    found.begin_phase()
    clock.pass_by(seconds, computed, ready)
    found.check()
    found.end_phase(stopped=False)
    assert not found.starved
    clock.pass_by(seconds, computed, ready)
    found.check()
    found.end_phase(stopped=True)
    assert found.starved == starved


def test_where_nothing_is_measured_only_the_clock_counts(monkeypatch):
    clock = Clock(monkeypatch)
    clock.usage = None
    found = account.Account(LIMITS)
    found.begin_worker(lambda: clock.usage)
    found.begin_phase()
    clock.pass_by(100.0 + account.WALL_GRACE_SECONDS - 0.1)
    found.check()
    clock.pass_by(0.2)
    with pytest.raises(account.LimitReached, match="within 100 seconds"):
        found.check()
    found.end_phase(stopped=True)
    assert found.starved, "it cannot be told, so it is run again"


def test_limits_that_are_kept_from_outside(monkeypatch):
    clock = Clock(monkeypatch)
    found = account.Account(LIMITS)
    found.begin_worker(lambda: clock.usage)
    clock.pass_by(account.START_SECONDS - 1, computed=1.0, ready=1.0)
    found.check()
    clock.pass_by(2.0)
    with pytest.raises(account.LimitReached, match="300 seconds by the clock"):
        found.check()

    found = account.Account(LIMITS)
    clock.usage = Usage()
    found.begin_worker(lambda: clock.usage)
    found.begin_phase()
    clock.pass_by(50.0, computed=12.9, ready=50.0)
    found.check()
    clock.pass_by(0.1, computed=0.2, ready=0.1)
    with pytest.raises(account.LimitReached, match="more than 10 seconds of computing time"):
        found.check()
    found.end_phase(stopped=True)
    assert not found.starved
    found.end_worker()

    clock.usage = Usage()
    found.begin_worker(lambda: clock.usage)
    found.begin_phase()
    clock.pass_by(5.0, computed=5.0)
    found.end_phase(stopped=False)
    clock.pass_by(11.8, computed=11.8)
    assert not found.is_used_up
    clock.pass_by(0.2, computed=0.2)
    assert found.is_used_up
    with pytest.raises(account.LimitReached, match="30 seconds of computing time were used up"):
        found.check()


@LINUX
def test_the_meter_agrees_with_psutil():
    meter = Meter()
    child = "import os, time\nif os.fork() == 0:\n    {}\n    os._exit(0)\nos.wait()\ntime.sleep(60)"
    work = COMPUTE.format(seconds=0.3).replace("import time\n", "").replace("\n", "\n    ")
    with busy_loops(1, child.format(work)) as (parent,):
        process = psutil.Process(parent)
        end = time.monotonic() + patience.SECONDS
        while process.cpu_times().children_user + process.cpu_times().children_system < 0.25:
            assert time.monotonic() < end
            time.sleep(0.02)
        times = process.cpu_times()
        found = meter.measure([parent])
        assert found.computed == pytest.approx(sum(times[:4]), abs=0.05)
        assert meter.measure([parent]).ready == found.ready, "it sleeps"
    assert meter.measure([parent]).computed == found.computed, "what is gone still counts"
    with busy_loops(1) as (loop,):
        before = meter.measure([loop])
        time.sleep(0.3)
        after = meter.measure([loop])
    assert after.ready - before.ready >= 0.3
