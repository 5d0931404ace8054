"""A PostgreSQL server of one's own, for as long as a benchmark runs; and an empty database for each measurement."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 120


@contextmanager
def server() -> Iterator[str]:
    """Start a server with its usual settings; yield the address of a database whose user may create others.

    PostgreSQL refuses to run as root, so root becomes its user.
    """
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    binaries = places[-1] if places else Path(shutil.which("initdb") or "/nowhere/initdb").parent
    if not (binaries / "initdb").exists():
        raise SystemExit("PostgreSQL is not installed: install its server, or name one with --db-url")
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        who: dict[str, Any] = {}
        if os.geteuid() == 0:
            who = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(name, "postgres")
        made = [binaries / "initdb", "-D", f"{name}/data", "--auth=trust", "--username=grader"]
        subprocess.run(made, cwd=name, check=True, capture_output=True, timeout=SECONDS, **who)
        line = [binaries / "postgres", "-D", f"{name}/data", "-h", "127.0.0.1", "-p", str(port), "-k", name]
        log = Path(name, "log")
        with log.open("w") as said, subprocess.Popen(line, cwd=name, stderr=said, **who) as process:
            end = time.monotonic() + SECONDS
            while "ready to accept" not in log.read_text():
                if process.poll() is not None or time.monotonic() > end:
                    raise SystemExit(f"PostgreSQL does not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)
            try:
                yield f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres"
            finally:
                process.send_signal(signal.SIGINT)  # its "fast" shutdown


@contextmanager
def database(address: str, name: str) -> Iterator[str]:
    """Create an empty database on a server; yield its address, and drop it at the end."""
    import psycopg
    from psycopg import sql

    plain = address.replace("postgresql+psycopg://", "postgresql://")

    def execute(words: str) -> None:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.SQL(words).format(sql.Identifier(name)))  # type: ignore[arg-type]

    execute("CREATE DATABASE {}")
    try:
        yield f"{address.rpartition('/')[0]}/{name}"
    finally:
        execute("DROP DATABASE {} WITH (FORCE)")
