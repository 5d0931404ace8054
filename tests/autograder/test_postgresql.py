"""The gradebook may be in PostgreSQL: a real server, started for the test."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import patience
import pytest
from course_maker import hand_in, make_course
from nbgrader.api import Gradebook
from test_grade import answered

from autograder.course import calling_nbgrader


@pytest.fixture
def server(tmp_path):
    """The address of an empty database."""
    with postgresql(tmp_path) as (address, _):
        yield address


@contextlib.contextmanager
def postgresql(tmp_path):
    """Start a server; yield the address of an empty database, and what ends the server and starts it anew.

    PostgreSQL refuses to run as root, so root becomes its user.
    """
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    binaries = places[-1] if places else Path(shutil.which("initdb") or "/nowhere/initdb").parent
    if not (binaries / "initdb").exists():
        if os.environ.get("CI"):
            pytest.fail("CI must have PostgreSQL")
        pytest.skip("PostgreSQL is not installed (Debian, Ubuntu: apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        who: dict[str, Any] = {}
        if os.geteuid() == 0:
            who = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(name, "postgres")
        data = f"{name}/data"
        made = [binaries / "initdb", "-D", data, "--auth=trust", "--username=grader", "--no-sync"]
        subprocess.run(made, cwd=name, check=True, capture_output=True, timeout=patience.SECONDS, **who)
        line = [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", name, "-F"]
        running = []

        def start():
            with Path(name, "log").open("w") as log:
                running.append(subprocess.Popen(line, cwd=name, stderr=log, **who))
            deadline = time.monotonic() + patience.SECONDS
            while "ready to accept" not in Path(name, "log").read_text():
                assert time.monotonic() < deadline, Path(name, "log").read_text()
                time.sleep(0.1)

        def stop():
            process = running.pop()
            process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
            process.wait(patience.SECONDS)

        def restart():
            stop()
            start()

        start()
        try:
            yield f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres", restart
        finally:
            stop()


def test_the_loop_with_postgresql(server, tmp_path):
    course = make_course(tmp_path)

    def call(*words):
        command = [sys.executable, "-m", "autograder", "--course", str(tmp_path), "--db-url", server, *words, "--json"]
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience.SECONDS)
        assert result.returncode == 0, result.stdout + result.stderr
        return json.loads(result.stdout)

    call("release", "small")
    hand_in(course, "ada", answered())
    hand_in(course, "bob", b"{")
    graded = call("grade", "small")["submissions"]
    assert [(one["student"], one["status"], one["score"]) for one in graded] == [
        ("ada", "graded", 5.0),
        ("bob", "not_gradable", 0.0),
    ]
    assert call("grade", "small")["kept"] == 2
    call("feedback", "small")
    call("report", "small")
    with calling_nbgrader(), Gradebook(server, course.course_id) as gradebook:
        assert gradebook.find_submission("small", "ada").score == 5
    assert not (tmp_path / "gradebook.db").exists()
