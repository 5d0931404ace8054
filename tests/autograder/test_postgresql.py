"""The gradebook may be in PostgreSQL: a real server, started for the test."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from course_maker import hand_in, make_course
from nbgrader.api import Gradebook
from test_grade import answered

from autograder.course import calling_nbgrader


@pytest.fixture
def server(tmp_path_factory):
    """The address of an empty database; PostgreSQL refuses to run as root, so root becomes its user."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    binaries = places[-1] if places else Path(shutil.which("initdb") or "/nowhere/initdb").parent
    if not (binaries / "initdb").exists():
        if os.environ.get("CI"):
            pytest.fail("CI must have PostgreSQL")
        pytest.skip("PostgreSQL is not installed (Debian, Ubuntu: apt-get install postgresql)")
    folder = tmp_path_factory.mktemp("postgresql")
    as_user = []
    if os.geteuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        for parent in [folder, *folder.parents][:4]:
            if parent.owner() == "root" and parent.is_relative_to("/tmp") and parent != Path("/tmp"):
                parent.chmod(0o755)
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program, *words):
        command = [*as_user, str(binaries / program), "-D", str(folder / "data"), *words]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=60)

    run("initdb", "--auth=trust", "--username=grader", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "start", "-w", "-o", options, "-l", str(folder / "log"))
    try:
        yield f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "stop", "-m", "immediate")


def test_the_loop_with_postgresql(server, tmp_path):
    course = make_course(tmp_path)

    def call(*words):
        command = [sys.executable, "-m", "autograder", "--course", str(tmp_path), "--db-url", server, *words, "--json"]
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
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
