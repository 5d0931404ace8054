"""Grading on a Dask cluster gives what grading on this machine gives, whatever becomes of its workers."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import patience
import pytest
from course_maker import hand_in
from test_grade import answered, events, scores

from autograder.course import Course
from autograder.grade import remote
from autograder.grade.cluster import dask_engine
from autograder.grade.engines import EngineError, LocalEngine
from autograder.grade.run import grade
from autograder.grade.task import Release
from autograder.sandbox.probe import Probe

pytestmark = pytest.mark.filterwarnings("ignore:.*:ResourceWarning", "ignore:.*:DeprecationWarning")  # Dask's own

N_STUDENTS = 12


def class_of(course, n_students=N_STUDENTS):
    """Let a class hand in right and wrong answers; return its students."""
    names = [f"student{number:02}" for number in range(n_students)]
    for number, name in enumerate(names):
        body = (
            "return 2 * x",
            "return 2 * int(x)",
            "import time; time.sleep(0.2); return 'wrong'",
            "return [0][1]",
        )[number % 4]
        hand_in(course, name, answered(double=f"def double(x):\n    {body}  # {number}"))
    return names


@pytest.fixture
def in_class(released):
    class_of(released)
    return released


def twin(course, folder):
    """Return a copy of a course."""
    shutil.copytree(course.root, folder)
    return Course.find(folder)


def found(course, names):
    return {name: scores(course, name) for name in names}


@pytest.fixture
def undisturbed(in_class, tmp_path):
    """What everybody gets from one worker on this machine."""
    other = twin(in_class, tmp_path / "undisturbed")
    run = grade(other, "small", engine=LocalEngine(1))
    assert run.failures == {}
    return found(other, run.results)


@contextlib.contextmanager
def cluster(say=lambda line: None, workers=2):
    with dask_engine(workers=workers, say=say) as engine:
        yield engine


def processes(engine):
    """Return the numbers of the workers' processes."""
    return engine._client.run(os.getpid)


def test_a_cluster_gives_the_same_scores_though_a_worker_is_killed(in_class, undisturbed, tmp_path):
    """Also with two workers here; then a submission that ends its worker is set aside, and nobody suffers with it."""
    two = twin(in_class, tmp_path / "two")
    grade(two, "small", engine=LocalEngine(2))
    assert found(two, undisturbed) == undisturbed
    said, sent = [], []
    poisoned = twin(in_class, tmp_path / "poisoned")
    hand_in(poisoned, "poison", answered(double="def double(x):\n    return 'poison'"))
    with cluster(said.append) as engine:

        def kill_one(done, total):
            if done == 3 and not sent:
                sent.append(next(iter(processes(engine).values())))
                os.kill(sent[0], signal.SIGKILL)

        run = grade(in_class, "small", engine=engine, progress=kill_one)
        assert (run.failures, len(run.results), len(sent)) == ({}, N_STUDENTS, 1)
        assert found(in_class, undisturbed) == undisturbed
        assert set(events(in_class).values()) == {1}
        assert any("is lost; what it ran is run elsewhere" in line for line in said)

        killed = tmp_path / "killed"

        def run_or_die(digest, text, killed=str(killed)):
            import os
            import signal

            from autograder.grade import remote

            if "'poison'" in text:
                with open(killed, "a") as file:
                    file.write("x")
                os.kill(os.getpid(), signal.SIGKILL)
            return remote.run(digest, text)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("autograder.grade.cluster.run_job", run_or_die)
            run = grade(poisoned, "small", engine=engine)
        assert killed.read_text() == "xx"
        assert run.failures.keys() == {"poison"}
        assert "ended two workers" in run.failures["poison"]
        assert found(poisoned, undisturbed) == undisturbed
        again = grade(poisoned, "small", engine=engine)
        assert (again.kept, "not tried again" in again.failures["poison"]) == (N_STUDENTS, True)
        assert grade(poisoned, "small", students=["poison"], force=True, engine=engine).results["poison"].score == 2


PYTHON = [sys.executable, "-m"]


@contextlib.contextmanager
def started(command, ready, **options):
    """Start a program, wait until it has printed something, and end it."""
    with (
        tempfile.NamedTemporaryFile("w+") as printed,
        subprocess.Popen(command, stderr=printed, stdout=subprocess.DEVNULL, **options) as process,
    ):
        lines = Path(printed.name)
        try:
            end = time.monotonic() + patience.SECONDS
            while ready not in lines.read_text(encoding="utf-8"):
                assert process.poll() is None, lines.read_text(encoding="utf-8")
                assert time.monotonic() < end, lines.read_text(encoding="utf-8")
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def scheduler(folder, host="127.0.0.1"):
    """Start a scheduler; yield its address and its process."""
    path = Path(folder, "scheduler.json")
    command = ["distributed.cli.dask_scheduler", "--host", host, "--port", "0", "--scheduler-file", str(path)]
    with started([*PYTHON, *command, "--no-dashboard"], "Scheduler at") as process:
        while not path.exists():
            time.sleep(0.05)
        yield json.loads(path.read_text())["address"], process


WORKER = "distributed.cli.dask_worker"


@pytest.mark.slow  # the grading of the test above, in namespaces of their own
def test_workers_need_no_folder_in_common(in_class, undisturbed, tmp_path):
    """Each worker has a /tmp of its own, in which neither the course nor the other's files lie."""
    outside = "mount -t tmpfs none /tmp && "
    apart = ["unshare", "--mount", "--propagation", "private"] + ["--map-root-user"] * (os.geteuid() != 0)
    if not str(in_class.root).startswith("/tmp/"):
        pytest.skip("the course of the test does not lie in /tmp")
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        pytest.skip("mount namespaces cannot be had here")
    with scheduler(tmp_path) as (address, _), contextlib.ExitStack() as stack:
        words = [*PYTHON, WORKER, address, "--nthreads", "1", "--no-dashboard", "--local-directory", "/tmp"]
        check = f"test ! -e {in_class.root} && "
        for _ in range(2):
            run = [*apart, "sh", "-c", f"{outside}{check}exec {' '.join(words)}"]
            stack.enter_context(started(run, "Registered to", cwd="/"))
        command = [*PYTHON, "autograder", "--course", str(in_class.root), "grade", "small", "--json"]
        result = subprocess.run([*command, "--scheduler", address], check=False, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
        assert found(in_class, undisturbed) == undisturbed


def test_what_a_worker_lacks_is_said_in_a_line(released, monkeypatch, tmp_path):
    monkeypatch.setattr("autograder.sandbox.launch.Launcher.__enter__", lambda self: self)
    options = {}
    Release.load(released, "small").launcher(True, False, lambda **given: options.update(given))
    said = json.loads(remote.receive("one", remote.packed(options | {"packages": ("no_such_package",)})))
    assert "'no_such_package', which is not installed here" in said["problem"]
    with pytest.MonkeyPatch.context() as patch:
        none = Probe("none", reason="bubblewrap is not installed")
        patch.setattr("autograder.grade.remote.Launcher", lambda **given: _without(none, **given))
        said = json.loads(remote.receive("one", remote.packed(options)))
    assert said["problem"].startswith("a sandbox is required, but bubblewrap is not installed")
    assert json.loads(remote.run("one", "{}")) == {"missing": True}
    assert json.loads(remote.receive("one", remote.packed(options)))["problem"] == ""
    assert "KeyError" in json.loads(remote.run("one", "{}"))["error"]
    remote.forget("one")
    assert json.loads(remote.run("one", "{}")) == {"missing": True}


def _without(probe, **given):
    from autograder.sandbox.launch import Launcher

    return Launcher(**given, probe=probe)


def test_a_worker_of_another_version_is_refused(in_class, monkeypatch):
    with cluster(workers=1) as engine:
        monkeypatch.setattr("autograder.grade.remote.identity", lambda: "0.0.1 (abc, Python 3.11)")
        with pytest.raises(EngineError, match=r"worker \S+ cannot grade: it has .* and this is 0\.0\.1"):
            grade(in_class, "small", engine=engine)
        assert events(in_class).total() == 0


def test_without_dask_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match=r"pip install 'mlp-course\[cluster\]'"), dask_engine():
        pass


@pytest.mark.parametrize(
    ("where", "words"), [("nonsense", "neither a file nor the address"), ("tcp://127.0.0.1:1", "does not answer")]
)
def test_a_scheduler_that_does_not_answer_is_named(monkeypatch, where, words):
    monkeypatch.setattr("autograder.grade.cluster.CONNECT_SECONDS", 0.5)
    with pytest.raises(EngineError, match=words) as raised, dask_engine(where):
        pass
    assert "\n" not in str(raised.value)
