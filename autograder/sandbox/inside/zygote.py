"""A process that has loaded what every worker needs, and forks for each submission.

``python -I -B -m autograder.sandbox.inside.zygote CONTROL SETTINGS``, inside bubblewrap. Each request
on the socket CONTROL is a `Spec` with the descriptors of a worker; for each, two processes follow:

- the *first process* of a PID namespace, with whose end everything in there ends; the zygote, which no process
  of the submission can see, kills it when the coordinator lets go of the lifeline;
- the *worker*, in namespaces and file systems of its own, without any right.

The zygote itself never sees a job, a test or an answer; what it knows is the same for all submissions.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import pkgutil
import random
import select
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NoReturn

from autograder.sandbox.inside import namespaces, program, syscalls
from autograder.sandbox.inside.confine import confine
from autograder.sandbox.inside.keeper import Keeper, close_all_but
from autograder.sandbox.inside.spec import Spec

REQUEST_BYTES = 1 << 16
MOST_DESCRIPTORS = 5
READY = b"ready"
STANDARD: tuple[tuple[int, Any], ...] = ((0, "r"), (1, "w"), (2, "w"))


@dataclass(frozen=True)
class Settings:
    """What is the same for all workers of a zygote.

    Attributes
    ----------
    preload : list of str
        Modules to import beforehand, and functions (``module:name``) to call without arguments.
    scratch : dict of str to int
        Folders that can be written, and their sizes in bytes.
    files : dict of str to str
        Name in the home folder to the file to show there.
    home : str
        The home folder.
    """

    preload: list[str]
    scratch: Mapping[str, int]
    files: Mapping[str, str]
    home: str


def main(arguments: list[str]) -> None:
    """Serve requests until the coordinator closes the socket."""
    settings = Settings(**json.loads(arguments[1]))
    for number, name in enumerate(settings.preload):
        with contextlib.suppress(Exception):  # the worker will say so, if it needs it
            found = pkgutil.resolve_name(name)
            if ":" in name:
                found()
        if len(os.listdir("/proc/self/task")) > 1:  # a fork would be without the thread: begin again without this
            settings.preload.pop(number)
            again = [sys.executable, "-I", "-B", "-m", "autograder.sandbox.inside.zygote"]
            os.execv(sys.executable, [*again, arguments[0], json.dumps(asdict(settings))])
    gc.collect()
    gc.freeze()  # shared pages stay shared
    syscalls.collapse()  # a fork then copies a smaller page table
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries those that end
    keeper = Keeper()
    with socket.socket(fileno=int(arguments[0])) as control:
        keeper.poll.register(control, select.POLLIN)
        control.send(READY)
        while True:
            told = {descriptor for descriptor, _ in keeper.poll.poll()}
            for descriptor in told - {control.fileno()}:
                keeper.handle(descriptor)
            if control.fileno() in told:  # last, since a new worker may get the numbers of descriptors just closed
                request, descriptors = _receive(control)
                if not request:
                    return
                _fork(Spec.from_json(request.decode()), descriptors, settings, keeper)


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    """Return the next request and its descriptors: lifeline, standard input, output, error, and maybe a peer."""
    numbers = array.array("i")
    room = socket.CMSG_SPACE(MOST_DESCRIPTORS * numbers.itemsize)
    request, ancillary, _, _ = control.recvmsg(REQUEST_BYTES, room, socket.MSG_CMSG_CLOEXEC)
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            numbers.frombytes(data[: len(data) - len(data) % numbers.itemsize])
    return request, list(numbers)


def _fork(spec: Spec, descriptors: list[int], settings: Settings, keeper: Keeper) -> None:
    """Fork the first process of a worker; it never returns into the zygote's loop."""
    lifeline, *others = descriptors
    outside = os.getuid(), os.getgid()
    child = syscalls.fork(namespaces.kinds(spec.user))
    if child == 0:
        _become_first(spec, descriptors, settings, outside)
    for descriptor in others:
        os.close(descriptor)
    keeper.keep(lifeline, child)


def _become_first(spec: Spec, descriptors: list[int], settings: Settings, outside: tuple[int, int]) -> NoReturn:
    """Settle in the new namespaces, start the worker, and bury what ends in there until it ends."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        lifeline, *standard = descriptors
        for number, descriptor in enumerate(standard[:3]):
            os.dup2(descriptor, number)
        peer = standard[3:]
        with socket.socket(fileno=lifeline) as line:
            line.send(b"+")  # with it goes this process's number, as the kernel knows it
        close_all_but({0, 1, 2, *peer})  # the lifelines of others, too
        os.setsid()  # the zygote's group is that of all workers, whom a submission of the same user could signal
        namespaces.settle(spec.user, outside, settings.scratch, settings.files, settings.home)
        worker = os.fork()
        if worker == 0:
            _become_worker(spec, peer[0] if peer else None)
        close_all_but(set())
        confine(replace(spec, processes=None, secret=True))
        while os.wait()[0] != worker:
            pass
        status = 0
    finally:
        _end(status)


def _become_worker(spec: Spec, peer: int | None) -> NoReturn:
    """Run the program, as if it had been started by itself."""
    confine(spec)
    _reseed()
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, closefd=False) for number, mode in STANDARD)
    if peer is not None:
        os.set_inheritable(peer, False)
    program.run(spec, peer)
    _end(0)


def _reseed() -> None:
    """Let no two submissions draw the same random numbers."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _end(status: int) -> NoReturn:
    """End a fork without any of the zygote's own clearing up; say what went wrong, if anything did."""
    if sys.exc_info()[0] is not None:
        sys.excepthook(*sys.exc_info())
    with contextlib.suppress(Exception):
        sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    syscalls.set_dumpable(True)
    main(sys.argv[1:])
