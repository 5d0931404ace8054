"""Whatever is killed at whatever moment: the run that goes on gives the grades of an undisturbed one, none twice.

`make test` kills the coordinator once (`test_grade.py`) and a worker of a cluster once (`test_cluster.py`). KILLS is
how often each is killed here, at moments drawn by lot; a tenth is enough to see whether anything is wrong.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from functools import partial

import patience
import psutil
import pytest
from test_cluster import PYTHON, WORKER, class_of, cluster, found, processes, scheduler, started, twin
from test_grade import events
from test_postgresql import postgresql

from autograder.course import Course
from autograder.grade.run import grade

pytestmark = [
    pytest.mark.slow,  # each test grades a class again and again
    pytest.mark.filterwarnings("ignore:.*:ResourceWarning", "ignore:.*:DeprecationWarning"),
]

KILLS = int(os.environ.get("KILLS", "2"))
N_STUDENTS = 16
OFTEN = pytest.mark.parametrize("seed", range(KILLS))
SOMETIMES = pytest.mark.parametrize("seed", range(max(1, KILLS // 4)))


@pytest.fixture(scope="module")
def undisturbed(released_template, tmp_path_factory):
    """A course in which a class has handed in, what everybody gets, and how long that takes."""
    root = tmp_path_factory.mktemp("kill") / "course"
    shutil.copytree(released_template, root)
    course = Course.find(root)
    names = class_of(course, N_STUDENTS)
    other = twin(course, root.parent / "undisturbed")
    began = time.monotonic()
    command(other)
    return course, found(other, names), time.monotonic() - began


@pytest.fixture
def again(undisturbed, tmp_path):
    """A fresh copy of it."""
    course, expected, seconds = undisturbed
    return twin(course, tmp_path / "course"), expected, seconds


def words(course, *more):
    return [*PYTHON, "autograder", "--course", str(course.root), *more, "grade", "small", "--workers", "2", "--json"]


def command(course, *more):
    """Grade by the command; return its exit status and what it said."""
    result = subprocess.run(words(course, *more), capture_output=True, text=True, check=False, timeout=patience.SECONDS)
    assert result.returncode == 0, result.stdout + result.stderr


def check(course, expected, *, reruns=0):
    """Compare the gradebook, and look for what was run or recorded twice."""
    assert found(course, expected) == expected
    counts = events(course)
    twice = {key: count for key, count in counts.items() if count != 1}
    assert sum(count - 1 for count in twice.values()) <= reruns, twice
    assert {student for student, event in counts if event == "recorded"} == set(expected)


@OFTEN
def test_the_coordinator_is_killed(again, seed):
    course, expected, seconds = again
    with subprocess.Popen(words(course), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(random.Random(seed).uniform(0.2, 1.0) * seconds)
        workers = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.kill()
    assert psutil.wait_procs(workers, timeout=patience.SECONDS)[1] == []
    before = events(course)
    command(course)
    check(course, expected, reruns=1)  # recorded, and killed before that was noted: recorded again, to the same effect
    assert all(events(course)[key] == count for key, count in before.items() if key[1] == "executed")


@OFTEN
def test_a_worker_is_killed(again, seed):
    """A process in which a submission runs; its cell is run again, or is to blame if it was the student's own."""
    course, expected, seconds = again
    lot = random.Random(seed)
    with subprocess.Popen(words(course), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(lot.uniform(0.3, 0.9) * seconds)
        if process.poll() is None and (workers := psutil.Process(process.pid).children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                lot.choice(workers).kill()
        said = process.communicate(timeout=patience.SECONDS)[1]
    assert process.returncode in (0, 1), said
    command(course)
    graded = found(course, expected)
    differing = [name for name in expected if graded[name] != expected[name]]
    assert len(differing) <= 2, differing  # whoever kills a cell from outside costs what ran in that process then
    if differing:
        grade(course, "small", students=differing, force=True)
    assert found(course, expected) == expected


@SOMETIMES
def test_a_worker_of_a_cluster_is_killed(again, seed):
    course, expected, _ = again
    lot = random.Random(seed)
    with cluster() as engine:
        killed = []

        def kill_one():
            time.sleep(lot.uniform(0, 3))
            killed.append(lot.choice(list(processes(engine).values())))
            os.kill(killed[0], signal.SIGKILL)

        killing = threading.Thread(target=kill_one)
        killing.start()
        run = grade(course, "small", engine=engine)
        killing.join()
    assert (run.failures, len(killed)) == ({}, 1)
    check(course, expected)


def test_the_scheduler_is_killed(again, tmp_path):
    course, expected, _ = again
    with scheduler(tmp_path) as (address, process):
        run = [*PYTHON, WORKER, address, "--nthreads", "2", "--no-dashboard", "--local-directory", str(tmp_path)]
        with started(run, "Registered to"):
            line = [one for one in words(course, "--db-url", course.db_url) if one not in ("--workers", "2")]
            line += ["--scheduler", address]
            with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as grading:
                while events(course).total() < 6:
                    assert grading.poll() is None
                    time.sleep(0.02)
                process.kill()
                said = grading.communicate(timeout=patience.SECONDS)[0]
    assert (grading.returncode, "no longer answers" in said) == (1, True), said
    command(course)
    check(course, expected)


def test_postgresql_is_restarted(released_template, undisturbed, tmp_path):
    _, expected, _ = undisturbed
    with postgresql(tmp_path) as (url, restart):
        course = twin(Course.find(released_template), tmp_path / "course").moved(db_url=url)
        subprocess.run(
            [*PYTHON, "autograder", "--course", str(course.root), "--db-url", url, "release", "small"],
            check=True,
            capture_output=True,
        )
        class_of(course, N_STUDENTS)
        line = words(course, "--db-url", url)
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as grading:
            while events(course).total() < 6:
                assert grading.poll() is None
                time.sleep(0.02)
            restart()
            said = "".join(grading.communicate(timeout=patience.SECONDS))
        assert "Traceback" not in said
        command(course, "--db-url", url)
        check(course, expected, reruns=2)


def test_an_interrupted_run_on_a_cluster_ends_in_order(again):
    """Ctrl-C reaches everything that the terminal runs: the workers of the cluster leave it to the coordinator."""
    course, expected, _ = again
    line = [*words(course), "--cluster", "local"]
    hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen(line, preexec_fn=hear, **piped) as grading:
        while events(course).total() < 4:
            assert grading.poll() is None
            time.sleep(0.02)
        os.killpg(grading.pid, signal.SIGINT)
        told, said = grading.communicate(timeout=patience.SECONDS)
    assert grading.returncode == 130, said
    answer = json.loads(told)
    assert (answer["failures"], answer["left"] > 0) == ({}, True), said
    assert len(answer["submissions"]) + answer["left"] == N_STUDENTS
    assert "is lost" not in said
    command(course)
    check(course, expected)
