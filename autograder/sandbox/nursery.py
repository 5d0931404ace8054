"""The coordinator's side of a zygote: start it, ask it for workers, end them, and start it anew if it died."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

from autograder.sandbox import bubblewrap, masks, surroundings, users
from autograder.sandbox.inside.spec import Spec
from autograder.sandbox.inside.zygote import READY, Settings
from autograder.sandbox.probe import Probe
from autograder.sandbox.processes import Ends, Running, let_go

ZYGOTE = "autograder.sandbox.inside.zygote"
TRIAL = "autograder.sandbox.inside.trial"
FILES = "/grading"
START_SECONDS = 300.0
END_SECONDS = 10.0
TRIES = 3


class ZygoteError(RuntimeError):
    """No worker could be had from the zygote."""


class Nursery:
    """Forks workers from one process that has loaded what they need.

    Parameters
    ----------
    probe : Probe
        How to use bubblewrap.
    view : View
        What the workers see.
    files : mapping of str to Path
        Name in the home folder to the file to show there.
    preload : sequence of str
        Modules to import once for all workers.
    """

    def __init__(self, probe: Probe, view: masks.View, files: Mapping[str, Path], preload: Sequence[str] = ()) -> None:
        settings = Settings(
            list(preload), bubblewrap.SCRATCH, {name: f"{FILES}/{name}" for name in files}, bubblewrap.HOME
        )
        self._settings = json.dumps(asdict(settings))
        self._bwrap = [probe.path, *probe.options_around_forks]
        self._view = view
        self._files = {f"{FILES}/{name}": path for name, path in files.items()}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = self._closed = False
        self._said: IO[bytes] | None = None

    def start(self) -> None:
        """Start the zygote without waiting for it."""
        with self._lock:
            self._start()

    def close(self) -> None:
        """End the zygote and all its workers."""
        with self._lock:
            self._closed = True
            self._end()
            if self._said is not None:
                self._said.close()

    @contextlib.contextmanager
    def worker(self, spec: Spec, ends: Ends) -> Iterator[Running]:
        """Fork a worker; on leaving, end it with all that it started.

        Raises
        ------
        ZygoteError
            If none could be had.
        """
        own, keeper = self._fork(spec, ends)
        with own:
            try:
                yield Running(keeper, functools.partial(let_go, own, 0.0))
            finally:
                let_go(own)

    def _fork(self, spec: Spec, ends: Ends) -> tuple[socket.socket, int]:
        """Return the lifeline of a new worker, and the process at its root."""
        for _ in range(TRIES):
            control = self._serving()
            own, other = socket.socketpair()
            own.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            descriptors = [other.fileno(), ends.stdin, ends.stdout, ends.stderr]
            descriptors += [] if ends.peer is None else [ends.peer]
            with other, contextlib.suppress(OSError):
                socket.send_fds(control, [spec.to_json().encode()], descriptors)
            with contextlib.suppress(OSError):
                keeper = _sender(own)
                if keeper:
                    return own, keeper
            own.close()
            self._wait_for_its_end()
        raise ZygoteError(f"the process that workers are forked from died {TRIES} times: {self._last_words()}")

    def _wait_for_its_end(self) -> None:
        """Give a zygote that no longer answers a moment to be gone; its other workers live on if it is not."""
        with self._lock, contextlib.suppress(subprocess.TimeoutExpired):
            if self._process is not None:
                self._process.wait(END_SECONDS)

    def _serving(self) -> socket.socket:
        """Return the socket of a zygote that is alive and ready."""
        with self._lock:
            if self._closed:
                raise ZygoteError("the run has ended")
            if self._process is None or self._process.poll() is not None:
                self._end()
                self._start()
            assert self._control is not None
            if not self._ready:
                self._control.settimeout(START_SECONDS)
                with contextlib.suppress(OSError):
                    self._ready = self._control.recv(len(READY)) == READY
                self._control.settimeout(None)
                if not self._ready:
                    self._end()
                    raise ZygoteError(f"the process that workers are forked from did not start: {self._last_words()}")
            return self._control

    def _start(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = [sys.executable, "-I", "-B", "-m", ZYGOTE, str(theirs.fileno()), self._settings]
        environment = surroundings.environment(bubblewrap.HOME, "/tmp")
        command = bubblewrap.command(self._bwrap, program, self._view, self._files, environment, forks=True)
        self._ready = False
        if self._said is not None:
            self._said.close()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                cwd="/",
                env={},
                start_new_session=True,
                pass_fds=[theirs.fileno()],
            )

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = self._control = None
        self._ready = False

    def _last_words(self) -> str:
        if self._said is None or self._said.closed:
            return "it said nothing"
        self._said.seek(0)
        return self._said.read().decode(errors="replace").strip()[-2000:] or "it said nothing"


def _sender(line: socket.socket) -> int:
    """Return the number of the process that sends the first byte, as this process sees it; 0 at the end."""
    line.settimeout(START_SECONDS)
    credentials = struct.Struct("3i")
    data, ancillary, _, _ = line.recvmsg(1, socket.CMSG_SPACE(credentials.size))
    line.settimeout(None)
    for level, kind, value in ancillary:
        if data and (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            return int(credentials.unpack(value)[0])
    return 0


@functools.cache
def why_not(probe: Probe) -> str:
    """Return why workers cannot be forked in namespaces of their own here, or "" if they can."""
    if probe.kind == "none" or sys.platform != "linux":
        return probe.reason or "it needs Linux"
    code = [*surroundings.python(), *surroundings.own_code()]
    for path, folder in itertools.product(code, bubblewrap.SCRATCH):
        if path.is_relative_to(folder):
            return (
                f"{path} lies in {folder}, of which each worker has its own: put the project and its Python elsewhere"
            )
    nursery = Nursery(probe, masks.view(code, ()), {})
    reading, writing = os.pipe()
    with contextlib.ExitStack() as stack:
        user = stack.enter_context(users.own_user()) if probe.changes_user else None
        nothing = stack.enter_context(open(os.devnull, "rb"))
        complaints = stack.enter_context(tempfile.TemporaryFile())
        answer = stack.enter_context(os.fdopen(reading, "rb"))
        told = stack.enter_context(os.fdopen(writing, "wb"))
        stack.callback(nursery.close)
        try:
            ends = Ends(nothing.fileno(), told.fileno(), complaints.fileno())
            stack.enter_context(nursery.worker(Spec(TRIAL, 2**32, 2**20, user=user), ends))
        except ZygoteError as error:
            return str(error)
        told.close()
        found = answer.read(1000)
        complaints.seek(0)
        lines = complaints.read().decode(errors="replace").strip().splitlines()
    return "" if found else (lines[-1] if lines else "the kernel does not allow it")
