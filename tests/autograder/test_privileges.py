"""What a student's process may do to the machine: tried from the inside, with bounds of its own on everything."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import patience
import pytest
from ordinary_user import NOBODY_SPECIAL, ROOT, become, reach
from sandboxes import needs_bubblewrap

from autograder.execute.session import execute
from autograder.plan import Cell, Job, Limits
from autograder.sandbox import users
from autograder.sandbox.launch import Launcher, SandboxUnavailable
from autograder.sandbox.probe import Probe, probe

SUITE = ("test_sandbox.py", "test_privileges.py", "test_masks.py", "test_zygote.py")
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

STATUS = "dict(line.split(':', 1) for line in open('/proc/self/status'))"
FORKS = """
import os, time
children = 0
try:
    while children < 300:
        if os.fork() == 0:
            time.sleep(90)
            os._exit(0)
        children += 1
except BlockingIOError:
    pass
children
"""
TREE_OF_MEMORY = """
import mmap, os, time
for _ in range(10):
    if os.fork() == 0:
        block = mmap.mmap(-1, 150 * 2**20)
        for page in range(0, len(block), 4096):
            block[page] = 1
        time.sleep(90)
        os._exit(0)
time.sleep(90)
"""


def run(launcher, code: str, limits: Limits | None = None):
    return execute(Job((Cell(0, "c", code),), limits or Limits(cell_seconds=10)), launcher).cells[0]


def shown(launcher, code: str) -> str:
    outcome = run(launcher, code)
    assert outcome.error is None, outcome.error
    return outcome.outputs[-1]["data"]["text/plain"]


@pytest.fixture(params=["zygote", "bubblewrap"])
def locked_in(request) -> Iterator[Launcher]:
    needs_bubblewrap()
    launcher = Launcher(masked=("mlpkit.activations",), packages=("mlpkit",))
    with launcher if request.param == "zygote" else contextlib.nullcontext():
        yield launcher


@pytest.fixture(params=["zygote", "bubblewrap", "none"])
def confined(request) -> Iterator[Launcher]:
    """A launcher whose workers do not run as root: without bubblewrap, only where another user can be had."""
    if request.param == "none" and os.geteuid() == 0 and users.unreadable():
        pytest.skip(users.unreadable())
    launcher = Launcher()
    if request.param == "none":
        found = Probe("none", reason="left out by the test", changes_user=users.can_change_user())
        launcher = Launcher(probe=found)
    else:
        needs_bubblewrap()
    with launcher if request.param == "zygote" else contextlib.nullcontext():
        yield launcher


def test_no_rights_are_left(confined):
    names = ("CapPrm", "CapEff", "CapBnd", "NoNewPrivs")
    code = f"s = {STATUS}\n' '.join(s[name].strip('0 \\n\\t') or '0' for name in {names})"
    held, effective, bounding, nothing_new = shown(confined, code).strip("'").split()
    assert (held, effective, nothing_new) == ("0", "0", "1")
    if os.geteuid() == 0:
        assert bounding == "0"  # an ordinary user cannot shrink it, and without new privileges it means nothing


def test_the_student_is_not_root(confined):
    assert shown(confined, "import os; 0 in (*os.getresuid(), *os.getresgid())") == "False"
    assert shown(confined, "import os; os.stat('/proc/self').st_uid == os.getuid()") == "True"


@pytest.mark.parametrize("way", ["os.setuid(0)", "os.setgroups([0])", "os.chroot('/tmp')", "os.chown('/usr', 1, 1)"])
def test_rights_cannot_be_had_back(confined, way):
    assert run(confined, f"import os; {way}").error.ename in ("PermissionError", "OSError")


def test_masks_cannot_be_taken_off(locked_in):
    folder = ROOT / "mlpkit"
    code = f"""
import ctypes, os
libc = ctypes.CDLL(None)
tried = [libc.umount2({str(folder)!r}.encode(), 2), libc.umount2({str(folder)!r}.encode(), 8)]
spaces = libc.unshare(0x10000000 | 0x00020000)
tried += [libc.umount2({str(folder)!r}.encode(), 2), libc.umount2({str(folder)!r}.encode(), 8)]
tried, os.path.exists({str(folder / "activations" / "__init__.py")!r})
"""
    assert shown(locked_in, code) == "([-1, -1, -1, -1], False)"


def test_the_system_cannot_be_written_in_dev_either(locked_in):
    assert run(locked_in, "open('/dev/mine', 'w')").error.ename in ("OSError", "PermissionError")


def test_what_is_shown_can_be_read(locked_in):
    """Folders that bubblewrap makes on the way to what is shown must be open to a user that is not root."""
    code = "import os; [name for folder in ('/', '/etc/', '/home/') for name in os.listdir(folder)"
    assert shown(locked_in, code + " if not os.access(folder + name, os.R_OK)]") == "[]"
    assert shown(locked_in, "import os; [f for f in ('/etc/fonts', '/etc/localtime') if not os.path.exists(f)]") == str(
        [name for name in ("/etc/fonts", "/etc/localtime") if not os.path.exists(name)]
    )


def test_processes_are_bounded(confined):
    if not confined.probe.counts_processes:
        assert int(shown(confined, FORKS)) < 300
    else:
        assert 50 <= int(shown(confined, FORKS)) <= 64 + 4


def test_submissions_at_once_do_not_use_up_each_others_processes(confined):
    if not confined.probe.counts_processes:
        pytest.skip("counted for all processes of the user here")
    found: list[str] = []
    both = [threading.Thread(target=lambda: found.append(shown(confined, FORKS))) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert [50 <= int(number) <= 68 for number in found] == [True, True]


def test_the_memory_of_all_processes_together_is_bounded(confined):
    outcome = run(confined, TREE_OF_MEMORY, Limits(cell_seconds=10, memory_bytes=2**30))
    assert outcome.status == "stopped"
    assert outcome.error.evalue == "the submission used more than 1 GB of memory"
    assert outcome.seconds < 8


def test_one_process_gets_a_memory_error(confined):
    outcome = run(confined, "x = bytearray(3 * 2**30)", Limits(memory_bytes=2**31))
    assert outcome.error.ename == "MemoryError"


def test_a_file_is_bounded(confined):
    code = "import os\nfor i in range(3): open('big', 'ab').write(bytes(2**20))"
    assert "File too large" in run(confined, code, Limits(file_bytes=2**20)).error.evalue


def test_what_forks_twice_is_gone_afterwards(confined):
    mark = f"sleep {20_000 + os.getpid()}"
    assert shown(confined, f"__import__('os').system('(setsid setsid {mark} &) ; true')") == "0"
    for _ in range(600):
        running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        if mark not in running:
            return
        time.sleep(0.1)
    pytest.fail("still running")


@ROOT_ONLY
def test_root_is_refused_where_students_code_would_run_as_root(monkeypatch):
    nowhere = Probe("none", reason="it is not here", changes_user=True)
    monkeypatch.setattr(users, "unreadable", lambda: "its Python may be used by root only")
    with pytest.raises(
        SandboxUnavailable, match=r"run as root: there is no sandbox \(it is not here\), and its Python"
    ):
        Launcher(probe=nowhere)
    assert shown(Launcher(probe=nowhere, trusted=True), "1 + 1") == "2"


@pytest.fixture
def two_users(monkeypatch):
    """Leave two users to be given, which no other test that runs now gets."""
    monkeypatch.setattr(users, "FIRST", users.LAST - 1)


@ROOT_ONLY
def test_users_are_given_once(two_users, monkeypatch):
    with users.own_user() as one, users.own_user() as other:
        assert {one, other} == {users.FIRST, users.LAST}
        monkeypatch.setattr(users, "WAIT_SECONDS", 0.2)
        with pytest.raises(RuntimeError, match=f"all users from {one} to {other} are taken"), users.own_user():
            pass
    with users.own_user() as again:
        assert again == one


@ROOT_ONLY
def test_a_user_is_given_when_its_last_process_has_gone(two_users):
    with subprocess.Popen(["sleep", "60"], user=users.FIRST, group=users.FIRST, extra_groups=[]) as left:
        with users.own_user() as user:
            assert user == users.LAST
        left.kill()
        os.waitid(os.P_PID, left.pid, os.WEXITED | os.WNOWAIT)
        with users.own_user() as user:
            assert user == users.LAST, "dead, but nobody waited for it: the kernel still counts it"
    with users.own_user() as user:
        assert user == users.FIRST


@pytest.mark.slow  # every attack is tried as both users in every lane
@ROOT_ONLY
@pytest.mark.parametrize(
    "user",
    [
        pytest.param(NOBODY_SPECIAL, id="as an ordinary user"),
        pytest.param(0, id="as root with a Python for all"),
    ],
)
def test_all_of_this_holds(user):
    """Run these tests once more as somebody else, and as root where another user can run Python."""
    needs_bubblewrap()
    if user == 0 and not users.unreadable():
        pytest.skip("that is how these tests run already")
    inner = "import pytest, sys; sys.exit(pytest.main(sys.argv[1:]))"
    with tempfile.TemporaryDirectory(prefix="ordinary-") as folder:
        os.chmod(folder, 0o777)
        tests = [str(Path(__file__).with_name(name)) for name in SUITE]
        pytest_command = [sys.executable, "-B", "-c", inner, "-p", "no:cacheprovider", f"--basetemp={folder}/base"]
        deselected = [
            "-k",
            "not test_all_of_this_holds and not test_the_course_is_not_there and not way_of_importing"
            " and not test_many_submissions",
            "-x",
        ]
        result = subprocess.run(
            [*(become(user) if user else reach()), *pytest_command, *deselected, *tests],
            cwd=ROOT,
            env={"HOME": folder, "PATH": os.environ["PATH"], "TMPDIR": folder, "CI": os.environ.get("CI", "")},
            capture_output=True,
            text=True,
            timeout=patience.SECONDS,
            check=False,
        )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]
    assert probe().kind == "bubblewrap"
