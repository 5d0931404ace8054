"""Workers forked from one process: as separate as if each had a machine of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time

import patience
import psutil
import pytest
from descriptors import opened
from sandboxes import needs_forking

from autograder.execute.session import execute
from autograder.plan import Cell, Job, Limits
from autograder.sandbox.launch import SHARED, STUDENT, TESTER, Launcher
from autograder.sandbox.nursery import why_not
from autograder.sandbox.preload import ALWAYS, slow_modules
from autograder.sandbox.probe import Probe

SHOWS_ITSELF = """
import json, os, random, numpy
print(json.dumps({
    "process": os.getpid(),
    "processes": sorted(filter(str.isdigit, os.listdir("/proc"))),
    "descriptors": [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
                    if os.path.lexists(f"/proc/self/fd/{n}")],
    "spaces": {name: os.readlink(f"/proc/self/ns/{name}") for name in ("user", "pid", "mnt", "net", "ipc", "uts")},
    "draws": [random.random(), float(numpy.random.random())],
    "terminals": os.listdir("/dev/pts"),
}))
"""


@pytest.fixture(autouse=True)
def _forks() -> None:
    needs_forking()


def run(launcher: Launcher, *sources: str, **limits):
    cells = tuple(Cell(number, str(number), source) for number, source in enumerate(sources))
    return execute(Job(cells, Limits(**{"cell_seconds": 10, **limits})), launcher).cells


def facts(launcher: Launcher) -> dict:
    outcome = run(launcher, SHOWS_ITSELF)[0]
    assert outcome.error is None, outcome.error
    return eval(outcome.outputs[0]["text"])


def zygote(launcher: Launcher, side: str = SHARED) -> psutil.Process:
    """Return the process that forks, below the two of bubblewrap."""
    outer = psutil.Process(launcher._nurseries[side]._process.pid)
    return only_child(only_child(outer))


def command_line(process: psutil.Process) -> list[str]:
    """Return a process's program and arguments; nothing if it has ended, or only waits to be buried."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.cmdline()
    return []


def only_child(process: psutil.Process) -> psutil.Process:
    """Return a process's child as soon as there is one: a zygote may just be starting anew."""
    wait_until(process.children)
    return process.children()[0]


def wait_until(holds) -> None:
    end = time.monotonic() + patience.SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_everything_is_a_submissions_own(forking):
    one, other = facts(forking), facts(forking)
    assert one["processes"] == ["1", "2"]
    assert one["process"] == 2
    assert all(one["spaces"][name].startswith(name) for name in one["spaces"])
    assert set(one["draws"]).isdisjoint(other["draws"])
    assert one["terminals"] == ["ptmx"]
    assert not [path for path in one["descriptors"] if "socket" in path]


def test_a_signal_to_ones_own_group_reaches_no_other_submission(forking):
    """For an ordinary user all workers are processes of the same user, who may signal them."""
    outcomes = {}
    codes = {
        "lives": "import time; time.sleep(2); 'done'",
        "kills": "import os, signal, time; time.sleep(1); os.killpg(0, signal.SIGKILL)",
    }
    both = [
        threading.Thread(target=lambda name=name, code=code: outcomes.update({name: run(forking, code)[0]}))
        for name, code in codes.items()
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert outcomes["lives"].error is None
    assert outcomes["kills"].status == "stopped"


def test_two_at_once_do_not_see_each_other(forking):
    leave = """
import os, socket, time
from multiprocessing import shared_memory
for folder in ("/tmp", "/dev/shm", "/home/student"):
    open(folder + "/mark", "w").write("x")
server = socket.socket(socket.AF_UNIX); server.bind("\\0mark")
tcp = socket.create_server(("127.0.0.1", 4444))
time.sleep(3)
"""
    look = """
import os, socket, time
time.sleep(1)
found = [folder for folder in ("/tmp", "/dev/shm", "/home/student") if os.path.exists(folder + "/mark")]
found += [name for name in ("\\0mark",) if socket.socket(socket.AF_UNIX).connect_ex(name) == 0]
found += [4444] if socket.socket().connect_ex(("127.0.0.1", 4444)) == 0 else []
print(found)
"""
    outcomes = {}
    both = [
        threading.Thread(target=lambda name=name, code=code: outcomes.update({name: run(forking, code)[0]}))
        for name, code in (("leave", leave), ("look", look))
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert outcomes["leave"].error is None, outcomes["leave"].error
    assert outcomes["look"].outputs[0]["text"] == "[]\n"


def test_the_zygote_is_out_of_reach(forking):
    before = zygote(forking).pid
    code = """
import ctypes, os, signal
reached = []
for process in range(1, 70000):
    for attempt in (lambda: os.kill(process, 0), lambda: os.kill(process, signal.SIGKILL)):
        try:
            if process != os.getpid() and process != 1:
                attempt()
                reached.append(process)
        except OSError:
            pass
libc = ctypes.CDLL(None, use_errno=True)
reached, libc.ptrace(16, 1, 0, 0), libc.setns(3, 0), libc.unshare(0x10000000)
"""
    outcome = run(forking, code)[0]
    assert outcome.outputs[-1]["data"]["text/plain"] == "([], -1, -1, -1)"
    assert zygote(forking).pid == before
    assert run(forking, "1 + 1")[0].value == 2


def test_killing_everything_costs_oneself_only(forking):
    kills_all = """
import os, signal
try:
    os.kill(-1, signal.SIGKILL)
except ProcessLookupError:  # nobody else is there
    os.kill(os.getpid(), signal.SIGKILL)
"""
    kills_first = "import os, signal; os.kill(1, signal.SIGKILL); os.kill(1, signal.SIGTERM)"
    outcomes = run(forking, "1", kills_all, kills_first, "2")
    assert [outcome.status for outcome in outcomes] == ["ok", "stopped", "ok", "ok"]


def test_background_processes_end_with_the_worker(forking):
    mark = f"sleep {30_000 + os.getpid()}"
    assert run(forking, f"__import__('os').system('(setsid setsid {mark} &) ; true')")[0].error is None
    running = [" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])]
    assert not [command for command in running if command.startswith(mark)]


def test_many_submissions_leave_nothing_behind(forking):
    run(forking, "1")
    parent = zygote(forking)
    own, before = opened(), (parent.num_fds(), parent.memory_info().rss)
    for number in range(200):
        assert run(forking, f"block = bytearray(2**20); {number}")[0].value == number
    after = parent.num_fds(), parent.memory_info().rss
    assert opened() <= own
    assert after[0] == before[0]
    assert after[1] - before[1] < 5 * 2**20
    wait_until(lambda: parent.children() == [])
    assert parent.num_threads() == 1


def test_a_zygote_that_died_is_started_anew(forking):
    old = zygote(forking)
    old.kill()
    assert run(forking, "1 + 1")[0].value == 2
    assert zygote(forking).pid != old.pid


def test_files_stand_in_the_home_folder(tmp_path):
    (tmp_path / "a.csv").write_text("1\n")
    with Launcher(files={"a.csv": tmp_path / "a.csv", "deep/er/b.csv": tmp_path / "a.csv"}) as launcher:
        code = "open('deep/er/own', 'w'), open('a.csv').read() + open('deep/er/b.csv').read()"
        assert run(launcher, code)[0].outputs[-1]["data"]["text/plain"].endswith(r"'1\n1\n')")
        assert run(launcher, "open('a.csv', 'w')")[0].error.ename in ("OSError", "PermissionError")
        assert run(launcher, "import os; os.path.exists('deep/er/own')")[0].value is False


def test_pictures_are_shown_as_without(forking):
    sources = "import matplotlib.pyplot as plt", "plt.plot([1, 2]);", "fig, ax = plt.subplots(); ax.bar([1], [2])"
    with Launcher(preload=slow_modules(["import matplotlib"])) as loaded:
        kinds = [
            [sorted(output["data"]) for outcome in run(launcher, *sources) for output in outcome.outputs]
            for launcher in (forking, loaded, Launcher())
        ]
    assert kinds[0] == kinds[1] == kinds[2]
    assert kinds[0]


def test_both_sides_are_forked_from_one_process_unless_the_student_sees_less():
    with Launcher(isolated=True) as alike, Launcher(isolated=True, masked=("colorsys",)) as apart:
        assert [len(set(launcher._nurseries.values())) for launcher in (alike, apart)] == [1, 2]


@pytest.mark.parametrize("masked", [(), ("colorsys",)])
def test_answers_and_tests_in_one_process_are_forked_from_what_is_ready(masked):
    with Launcher(isolated=True, masked=masked) as launcher:
        shared = launcher.in_one_process()
        assert shared._nurseries == {SHARED: launcher._nurseries[TESTER]}
        (cell,) = run(shared, "import colorsys; colorsys.ONE_THIRD == 1 / 3")
        assert cell.value is True
        parts = Cell(0, "student", "a = 1"), Cell(1, "test", "a")
        assert execute(Job(parts), shared).cells[1].value == 1
    with Launcher() as launcher:
        assert launcher.in_one_process() is launcher


def test_what_nearly_every_notebook_uses_is_loaded_from_the_start(forking):
    modules = {name.split(":")[0] for name in ALWAYS}
    (cell,) = run(forking, f"import sys; {modules!r} <= sys.modules.keys()")
    assert cell.value is True


def test_a_fork_loads_no_library_that_its_zygote_has_not():
    """What a fork loads by itself, every submission takes the time for."""
    code = "print(*{line.split()[-1] for line in open('/proc/self/maps') if '.so' in line})"
    cells = Cell(0, "student", code, side="student"), Cell(1, "test", code, side="test")
    with Launcher(isolated=True, masked=("colorsys",)) as launcher:  # each side has a zygote of its own
        outcomes = execute(Job(cells), launcher).cells
        for outcome, side in zip(outcomes, (STUDENT, TESTER), strict=True):
            shown = outcome.outputs[0]["text"].split()
            held = {library.path for library in zygote(launcher, side).memory_maps()}
            assert any("numpy" in library for library in shown)
            assert [library for library in shown if library not in held] == []


def test_what_starts_a_thread_is_left_to_the_worker():
    """A fork has none of the threads of the process that it was made from."""
    listens = "multiprocessing.resource_sharer:_resource_sharer._start"  # in a thread, until the process ends
    with Launcher(preload=("wave", listens, "no_such_module", "fractions")) as launcher:
        (cell,) = run(
            launcher,
            "import sys; sorted({'wave', 'fractions', 'multiprocessing.resource_sharer'} & sys.modules.keys())",
        )
    assert cell.outputs[0]["data"]["text/plain"] == "['fractions', 'wave']"


def test_nothing_outlives_a_coordinator_that_is_killed(tmp_path):
    mark = f"sleep {40_000 + os.getpid()}"
    code = f"""
import subprocess, sys
from autograder.execute.session import execute
from autograder.plan import Cell, Job
from autograder.sandbox.launch import Launcher
cell = "import os, time; os.system('(setsid {mark} &) ; true'); time.sleep(250)"
with Launcher() as launcher:
    execute(Job((Cell(0, "c", cell),)), launcher)
"""
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        try:
            end = time.monotonic() + patience.SECONDS
            below: dict[psutil.Process, list[str]] = {}
            while mark.split() not in below.values():
                assert time.monotonic() < end
                time.sleep(0.1)
                children = psutil.Process(process.pid).children(recursive=True)
                below = {one: command for one in children if (command := command_line(one))}
        finally:
            process.kill()
    assert psutil.wait_procs(below, timeout=patience.SECONDS)[1] == []


def test_why_not_says_why(tmp_path):
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'no namespaces today' >&2\nexit 1\n")
    broken.chmod(0o755)
    assert "no namespaces today" in why_not(Probe("bubblewrap", str(broken)))
    with Launcher(probe=Probe("bubblewrap", str(broken))) as launcher:
        assert not launcher._nurseries


@pytest.mark.skipif(sys.platform != "linux", reason="it is a call of Linux")
def test_memory_in_huge_pages_holds_what_it_held():
    program = (
        "import os\nfrom autograder.sandbox.inside import syscalls\n"
        "data = os.urandom(1 << 16) * 128\nheld = [bytearray(data), [str(n) for n in range(100_000)]]\n"
        "syscalls.collapse()\nchild = os.fork()\n"
        "held[0][::4096] = bytes(2048)\nheld[1][5] = 'changed'\n"
        "assert bytes(held[0][1:4096]) == data[1:4096] and held[1][:6] == ['0', '1', '2', '3', '4', 'changed']\n"
        "assert held[1][6:] == [str(n) for n in range(6, 100_000)]\n"
        "os._exit(0) if child == 0 else None\n"
        "assert os.waitpid(child, 0)[1] == 0"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=patience.SECONDS)
    assert done.returncode == 0, done.stderr
