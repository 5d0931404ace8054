"""A worker as a process of its own, with or without bubblewrap around it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import bubblewrap
from autograder.sandbox.inside.spec import Spec
from autograder.sandbox.masks import View
from autograder.sandbox.probe import Probe
from autograder.sandbox.surroundings import environment

PROGRAM = "autograder.sandbox.inside.program"
END_SECONDS = 60.0


@dataclass(frozen=True)
class Ends:
    """Descriptors that a worker gets: its standard input, output and error, and its socket to the other side."""

    stdin: int
    stdout: int
    stderr: int
    peer: int | None = None


@dataclass(frozen=True)
class Running:
    """A worker that runs: the process from which all its processes come, and what ends them at once."""

    root: int
    stop: Callable[[], object]


@contextlib.contextmanager
def bubblewrapped(probe: Probe, spec: Spec, ends: Ends, view: View, files: Mapping[str, Path]) -> Iterator[Running]:
    """Run a worker in a sandbox of its own."""
    bwrap = [probe.path, *probe.options, "--die-with-parent"]
    inner = environment(bubblewrap.HOME, "/tmp")
    with _process(bubblewrap.command(bwrap, _program(spec, ends), view, files, inner), "/", {}, ends) as process:
        yield Running(process, lambda: _kill_group(process))


@contextlib.contextmanager
def bare(spec: Spec, ends: Ends, files: Mapping[str, Path]) -> Iterator[Running]:
    """Run a worker without a sandbox, in a folder of its own."""
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True))
        for name, path in files.items():
            target = Path(home, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        if spec.user is not None:
            _give(home, spec.user)
        own, other = (stack.enter_context(end) for end in socket.socketpair())
        keeper = other.fileno() if sys.platform == "linux" else None
        process = stack.enter_context(
            _process(_program(spec, ends, keeper), home, environment(home, home), ends, keeper)
        )
        other.close()
        stack.callback(let_go, own)
        yield Running(process, lambda: let_go(own, 0.0))


def _program(spec: Spec, ends: Ends, lifeline: int | None = None) -> list[str]:
    descriptors = ["-1" if one is None else str(one) for one in (ends.peer, lifeline)]
    return [sys.executable, "-I", "-B", "-m", PROGRAM, spec.to_json(), *descriptors]


def _give(folder: str, user: int) -> None:
    """Make a folder with all that is in it another user's."""
    os.chown(folder, user, user)
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            os.chown(os.path.join(place, name), user, user)


def let_go(lifeline: socket.socket, seconds: float = END_SECONDS) -> None:
    """Ask the keeper to end everything, and wait so long until it has."""
    with contextlib.suppress(OSError):
        lifeline.shutdown(socket.SHUT_WR)
        if seconds:
            lifeline.settimeout(seconds)
            while lifeline.recv(1):
                pass


def _kill_group(process: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)


@contextlib.contextmanager
def _process(
    command: list[str], folder: str, environment: dict[str, str], ends: Ends, lifeline: int | None = None
) -> Iterator[int]:
    """Run a command in a session of its own, and kill the whole process group on leaving."""
    process = subprocess.Popen(
        command,
        stdin=ends.stdin,
        stdout=ends.stdout,
        stderr=ends.stderr,
        cwd=folder,
        env=environment,
        start_new_session=True,
        pass_fds=[one for one in (ends.peer, lifeline) if one is not None],
    )
    try:
        yield process.pid
    finally:
        _kill_group(process.pid)
        process.wait()
