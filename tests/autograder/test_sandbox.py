"""What a cell can reach: tried from the inside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import patience
import pytest
from sandboxes import needs_bubblewrap

from autograder.execute.session import execute
from autograder.plan import Cell, Job, Limits
from autograder.sandbox import bubblewrap
from autograder.sandbox.launch import Launcher, SandboxUnavailable
from autograder.sandbox.masks import view
from autograder.sandbox.probe import Probe, probe

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def locked_in() -> Launcher:
    needs_bubblewrap()
    return Launcher(packages=("mlpkit",))


def ask(launcher: Launcher, expression: str):
    """Return what an expression shows when a student's cell evaluates it."""
    cell = execute(Job((Cell(0, "ask", expression),), Limits(cell_seconds=10)), launcher).cells[0]
    assert cell.error is None, cell.error
    return cell.outputs[-1]["data"]["text/plain"]


def test_the_course_is_not_there(locked_in, released):
    assert ask(locked_in, f"__import__('os').path.exists({str(released.root)!r})") == "False"
    for name in ("solutions", "course", "nbgrader_config.py", ".git", "tests"):
        assert ask(locked_in, f"__import__('os').path.exists({str(ROOT / name)!r})") == "False"


def test_of_the_grader_only_the_worker_is_there(locked_in):
    here = ROOT / "autograder"
    assert ask(locked_in, f"sorted(__import__('os').listdir({str(here)!r}))") == (
        "['__init__.py', 'execute', 'fields.py', 'plan.py', 'sandbox']"
    )


def test_packages_that_the_assignment_allows_are_there(locked_in):
    assert ask(locked_in, "__import__('mlpkit').__name__") == "'mlpkit'"


def test_no_environment_leaks_in(locked_in, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    assert ask(locked_in, "'SECRET_TOKEN' in __import__('os').environ") == "False"
    code = """
import contextlib, os
found = []
for process in filter(str.isdigit, os.listdir("/proc")):
    with contextlib.suppress(OSError):
        found.append(open(f"/proc/{process}/environ", "rb").read())
any(b"hunter2" in text for text in found), any(b"HOME" in text for text in found)
"""
    assert ask(locked_in, code) == "(False, True)"


def test_no_network(locked_in):
    code = "__import__('socket').socket().connect_ex(('192.0.2.1', 80)) != 0"
    assert ask(locked_in, code) == "True"
    interfaces = ask(locked_in, "[name for _, name in __import__('socket').if_nameindex()]")
    assert interfaces == "['lo']"


def test_other_processes_are_invisible(locked_in):
    assert int(ask(locked_in, "len([p for p in __import__('os').listdir('/proc') if p.isdigit()])")) <= 4


@pytest.mark.parametrize("folder", ["/usr", "/etc", sys.prefix, str(ROOT / "mlpkit")])
def test_the_system_cannot_be_written(locked_in, folder):
    code = f"open({folder + '/written-by-a-student'!r}, 'w')"
    cell = execute(Job((Cell(0, "write", code),), Limits()), locked_in).cells[0]
    assert cell.error.ename in ("OSError", "PermissionError")
    assert not os.path.exists(folder + "/written-by-a-student")


def test_the_home_folder_is_empty_writable_and_gone_afterwards(locked_in):
    assert ask(locked_in, "open('mine', 'w').write('x'), open('/tmp/mine', 'w').write('x')") == "(1, 1)"
    assert ask(locked_in, "[__import__('os').path.exists(p) for p in ('mine', '/tmp/mine')]") == "[False, False]"


def test_shared_memory_is_bounded(locked_in):
    code = "(lambda s: s.f_blocks * s.f_frsize)(__import__('os').statvfs('/dev/shm'))"
    assert int(ask(locked_in, code)) <= 256 * 2**20


def test_files_of_the_assignment_lie_beside_the_notebook(tmp_path, launcher):
    (tmp_path / "flu.csv").write_text("1,2\n")
    launcher = Launcher(files={"flu.csv": tmp_path / "flu.csv"}, trusted=True, probe=launcher.probe)
    assert ask(launcher, "open('flu.csv').read()") == r"'1,2\n'"


def test_background_processes_end_with_the_worker(locked_in, tmp_path):
    mark = f"sleep {10_000 + os.getpid()}"
    code = f"__import__('os').system('(setsid {mark} &) ; true')"
    assert ask(locked_in, code) == "0"
    end = time.monotonic() + patience.SECONDS
    while mark in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_sandbox_can_be_required():
    with pytest.raises(SandboxUnavailable, match="is required, but it is not here"):
        Launcher(require_sandbox=True, probe=Probe("none", reason="it is not here"))


def test_probe_without_bubblewrap_says_how_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    probe.cache_clear()
    try:
        found = probe()
    finally:
        probe.cache_clear()
    assert found.kind == "none"
    assert "apt-get install bubblewrap" in found.reason


def test_probe_believes_only_what_works(monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    probe.cache_clear()
    try:
        found = probe()
    finally:
        probe.cache_clear()
    assert found.kind == "none"
    assert "AppArmor" in found.reason


def test_missing_packages_are_named():
    with (
        pytest.raises(ValueError, match="'no_such_package', which is not installed"),
        Launcher(packages=("no_such_package",), probe=Probe("bubblewrap", "/bin/true"))(Limits()),
    ):
        pass


def test_paths_inside_shown_ones_are_left_out():
    seen = view([Path("/a"), Path("/a/b"), Path("/usr/lib"), Path("/c")], ())
    command = bubblewrap.command(["bwrap"], ["true"], seen, {}, {})
    bound = [command[i + 1] for i, word in enumerate(command) if word == "--ro-bind"]
    assert [path for path in bound if path in ("/a", "/a/b", "/usr/lib", "/c")] == ["/a", "/c"]
