"""`start.py`, which installs the course for a student and opens it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from pathlib import Path, PureWindowsPath

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def start(tmp_path):
    """The script, in a folder with a blank in its name and nothing installed."""
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT = tmp_path / "my course"
    module.ROOT.mkdir()
    (module.ROOT / "requirements-lab.lock").write_text("numpy==2.0\nipython==9.0\n")
    (module.ROOT / "pyproject.toml").touch()
    return module


@pytest.fixture
def commands(start, monkeypatch):
    """What it would run."""
    seen = []

    def run(command, check):
        seen.append([str(part) for part in command])
        if "venv" in command:
            program = start.python_of(Path(command[-1]), os.name)
            program.parent.mkdir(parents=True)
            program.touch()

    class Process:
        def __init__(self, command, cwd):
            seen.append([str(part) for part in command])

        def wait(self):
            return 0

    monkeypatch.setattr(start.subprocess, "run", run)
    monkeypatch.setattr(start.subprocess, "Popen", Process)
    return seen


def test_the_first_time_it_installs_and_then_only_opens(start, commands, capsys):
    assert start.main([]) == 0
    venv, packages, course, opened = commands
    assert venv[1:3] == ["-m", "venv"]
    assert packages[-2:] == ["-r", str(start.ROOT / "requirements-lab.lock")]
    assert course[-3:] == ["--no-deps", "-e", str(start.ROOT)]
    assert opened[1:] == ["-m", "mlpkit.course", "open"]
    assert [line[:6] for line in capsys.readouterr().out.splitlines()] == ["1 of 3", "2 of 3", "3 of 3"]
    del commands[:]
    assert start.main(["progress"]) == 0
    assert [command[1:] for command in commands] == [["-m", "mlpkit.course", "progress"]]


def test_a_newer_lock_is_installed(start, commands):
    start.main([])
    stamp = (start.ROOT / ".venv" / ".lab").stat().st_mtime
    os.utime(start.ROOT / "requirements-lab.lock", (stamp + 5, stamp + 5))
    del commands[:]
    start.main([])
    assert ["-m", "venv"] not in [command[1:3] for command in commands]
    assert len(commands) == 3


def test_what_fails_is_said(start, monkeypatch, capsys):
    def fail(command, check):
        raise subprocess.CalledProcessError(3, command)

    monkeypatch.setattr(start.subprocess, "run", fail)
    assert start.main([]) == 3
    assert "sudo apt install python3-venv" in capsys.readouterr().out
    monkeypatch.setattr(start.sys, "version_info", (3, 10))
    assert start.main([]) == 1
    assert "Python 3.11 or later is needed" in capsys.readouterr().out


def test_windows_keeps_its_programs_elsewhere(start):
    assert start.python_of(PureWindowsPath("C:/mlp course/.venv"), "nt") == PureWindowsPath(
        r"C:\mlp course\.venv\Scripts\python.exe"
    )


def test_make_and_the_readme_use_it():
    assert "start.py" in (ROOT / "Makefile").read_text(encoding="utf-8")
    students = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Students")[2].partition("\n## ")[0]
    assert "python3 start.py" in students
    assert "py start.py" in students
