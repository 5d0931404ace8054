"""The same scores whatever grades: 1, 2 or 8 workers, here or on a cluster, into SQLite or PostgreSQL.

`make test` compares one worker, two and a cluster of two (`test_cluster.py`).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from itertools import count

import pytest
from nbgrader.api import Gradebook
from test_cluster import PYTHON, WORKER, class_of, cluster, scheduler, started, twin
from test_grade import events
from test_postgresql import postgresql

from autograder.course import Course, calling_nbgrader
from autograder.grade.engines import LocalEngine
from autograder.grade.run import grade

pytestmark = [
    pytest.mark.slow,  # it grades the same class again and again
    pytest.mark.filterwarnings("ignore:.*:ResourceWarning", "ignore:.*:DeprecationWarning"),  # Dask's own
]

N_STUDENTS = 16
NETWORKS = (("10.231.18.1", "10.231.18.2"), ("10.231.19.1", "10.231.19.2"))
"""The addresses of the two ends of each worker's only link: the coordinator's, and its own."""


@pytest.fixture(scope="module")
def handed_in(released_template, tmp_path_factory):
    """A course in which a class has handed in."""
    root = tmp_path_factory.mktemp("same") / "course"
    shutil.copytree(released_template, root)
    course = Course.find(root)
    class_of(course, N_STUDENTS)
    return course


def points(course):
    """Return the points of every graded cell in the gradebook."""
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        return {
            submission.student.id: {
                cell.name: (cell.auto_score, cell.needs_manual_grade)
                for notebook in submission.notebooks
                for cell in notebook.grades
            }
            for submission in gradebook.assignment_submissions("small")
        }


@pytest.fixture(scope="module")
def expected(handed_in):
    """What one worker gives."""
    course = twin(handed_in, handed_in.root.parent / "one")
    assert grade(course, "small", engine=LocalEngine(1)).failures == {}
    found = points(course)
    assert len(found) == N_STUDENTS
    assert len({str(one) for one in found.values()}) > 1, "the class differs"
    return found


@pytest.mark.parametrize("workers", [2, 8])
def test_workers_on_this_machine(handed_in, expected, tmp_path, workers):
    course = twin(handed_in, tmp_path / "course")
    assert grade(course, "small", engine=LocalEngine(workers)).failures == {}
    assert points(course) == expected


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_workers_of_a_cluster(handed_in, expected, tmp_path, workers):
    course = twin(handed_in, tmp_path / "course")
    with cluster(workers=workers) as engine:
        assert grade(course, "small", engine=engine).failures == {}
    assert points(course) == expected
    assert set(events(course).values()) == {1}


@pytest.mark.parametrize("where", ["here", "cluster"])
def test_postgresql(handed_in, expected, tmp_path, where):
    with postgresql(tmp_path) as (url, _):
        course = twin(handed_in, tmp_path / "course").moved(db_url=url)
        line = [*PYTHON, "autograder", "--course", str(course.root), "--db-url", url]
        subprocess.run([*line, "release", "small"], check=True, capture_output=True)
        with contextlib.nullcontext(LocalEngine(2)) if where == "here" else cluster() as engine:
            assert grade(course, "small", engine=engine).failures == {}
        assert points(course) == expected


def run(*words):
    return subprocess.run(words, check=False, capture_output=True, text=True)


@pytest.fixture
def networks():
    """Two network namespaces, each with one link to this one and none to the other; their names."""
    if os.geteuid() or not shutil.which("ip") or not shutil.which("unshare"):
        pytest.skip("network namespaces need root, ip (iproute2) and unshare (util-linux)")
    names = [f"grade{os.getpid()}{letter}" for letter in "ab"]
    with contextlib.ExitStack() as stack:
        for number, name, (here, there) in zip(count(), names, NETWORKS, strict=False):
            link = f"gr{os.getpid() % 100000}{number}"
            steps = [
                f"ip netns add {name}",
                f"ip link add {link} type veth peer name eth0 netns {name}",
                f"ip address add {here}/24 dev {link}",
                f"ip link set dev {link} up",
                f"ip -n {name} address add {there}/24 dev eth0",
                f"ip -n {name} link set dev eth0 up",
                f"ip -n {name} link set dev lo up",
                f"ip -n {name} route add default via {here}",
            ]
            stack.callback(run, "ip", "netns", "delete", name)
            for step in steps:
                done = run(*step.split())
                if done.returncode:
                    pytest.skip(f"network namespaces cannot be made here: {step}: {done.stderr.strip()}")
        yield names


def test_workers_in_networks_of_their_own_without_a_common_folder(handed_in, expected, networks, tmp_path):
    """Each worker has one link, to the coordinator's machine, and does not see the folder of the course."""
    course = twin(handed_in, tmp_path / "course")
    with scheduler(tmp_path, NETWORKS[0][0]) as (address, _), contextlib.ExitStack() as stack:
        for name in networks:
            worker = [*PYTHON, WORKER, address, "--nthreads", "1", "--no-dashboard", "--local-directory", "/tmp"]
            steps = ["mount -t tmpfs none /tmp", f"test ! -e {course.root}"]
            steps.append(f"exec {' '.join(worker)}")
            apart = ["ip", "netns", "exec", name, "unshare", "--mount", "--propagation", "private"]
            stack.enter_context(started([*apart, "sh", "-c", " && ".join(steps)], "Registered to", cwd="/"))
        line = [*PYTHON, "autograder", "--course", str(course.root), "grade", "small", "--json"]
        done = run(*line, "--scheduler", address)
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(json.loads(done.stdout)["submissions"]) == N_STUDENTS
    assert points(course) == expected
    assert set(events(course).values()) == {1}
