"""What is said about the sandbox fits what was found, and names the remedy."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sandboxes import needs_bubblewrap

import autograder
from autograder.sandbox import explain, users
from autograder.sandbox.probe import ALL_BUT_USERS, EVERYTHING, Probe


@pytest.fixture
def told(monkeypatch, tmp_path):
    """A function that returns what is explained of a machine, by topic."""

    def tell(found: Probe, *, user: int = 1000, forking: str = "", unreadable: str = "", **files: str):
        monkeypatch.setattr(explain, "probe", lambda: found)
        monkeypatch.setattr(explain, "why_not", lambda probe: forking)
        monkeypatch.setattr(users, "unreadable", lambda: unreadable)
        monkeypatch.setattr(os, "geteuid", lambda: user)
        for name in ("APPARMOR", "CLONE", "NAMESPACES"):
            path = tmp_path / name
            if name in files:
                path.write_text(files[name] + "\n")
            monkeypatch.setattr(explain, name, path)
        monkeypatch.setattr(explain, "in_container", lambda: "container" in files)
        said: dict[str, list[tuple[str, str]]] = {}
        for topic, state, text in explain.explain():
            said.setdefault(topic, []).append((state, text))
        return said

    return tell


def test_all_is_well_for_an_ordinary_user(told):
    said = told(Probe("bubblewrap", "/usr/bin/bwrap", options=EVERYTHING))
    assert {state for topic in ("sandbox", "forking", "user") for state, _ in said[topic]} == {"ok"}


def test_code_that_a_worker_would_not_see_is_named_as_the_cause():
    """A worker has a /tmp of its own: nothing that lies in the machine's is there."""
    needs_bubblewrap()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        package = Path(autograder.__file__).parent
        shutil.copytree(package, Path(folder, "autograder"), ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-m", "autograder", "doctor", "--json"]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    (finding,) = (one for one in json.loads(run.stdout)["findings"] if one["topic"] == "forking")
    assert finding["state"] == "better"
    assert re.search(rf": {folder}/autograder/\S+ lies in /tmp, .* put the project", finding["text"])


def test_root_uses_other_users(told):
    said = told(Probe("bubblewrap", "/usr/bin/bwrap", options=ALL_BUT_USERS, changes_user=True), user=0)
    assert said["user"] == [("ok", "as root, students' code runs as users 60706 to 61183")]
    assert said["processes"][0][0] == "ok"


def test_without_forking_the_reason_is_named(told):
    said = told(Probe("bubblewrap", "/usr/bin/bwrap"), forking="mount /proc: Operation not permitted")
    assert said["forking"][0][0] == "better"
    assert "mount /proc: Operation not permitted" in said["forking"][0][1]


@pytest.mark.parametrize(
    ("files", "remedy"),
    [
        ({"APPARMOR": "1"}, "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict"),
        ({"CLONE": "0"}, "kernel.unprivileged_userns_clone=1"),
        ({"NAMESPACES": "0"}, "user.max_user_namespaces=10000"),
        ({"container": "yes"}, "docker run --security-opt seccomp=unconfined"),
    ],
)
def test_a_remedy_is_named(told, files, remedy):
    said = told(Probe("none", reason="it fails here"), **files)
    assert [state for state, _ in said["sandbox"]] == ["better", "better"]
    assert "it fails here" in said["sandbox"][0][1]
    assert remedy in said["sandbox"][1][1]


def test_root_without_a_sandbox_is_told_what_happens(told):
    bad = told(Probe("none", reason="it is not here", changes_user=True), user=0, unreadable="Python is root's own")
    assert "grading as root is refused: Python is root's own" in bad["sandbox"][0][1]
    assert bad["user"][0][0] == "better"
    better = told(Probe("none", reason="it is not here", changes_user=True), user=0)
    assert "runs as another user, but can read what all users can" in better["sandbox"][0][1]


def test_an_old_kernel_is_said_to_count_processes_together(told, monkeypatch):
    monkeypatch.setattr("platform.release", lambda: "5.10.0-28-amd64")
    said = told(Probe("bubblewrap", "/usr/bin/bwrap"))
    assert said["processes"][0][0] == "better"
    assert "Linux 5.14 or later" in said["processes"][0][1]
