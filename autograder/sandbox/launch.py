"""Start workers: the one place that knows both the programs to run and the sandbox around them."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, cast

from autograder.plan import Limits, Usage
from autograder.sandbox import bubblewrap, masks, place, preload, surroundings, users
from autograder.sandbox.inside.spec import Spec
from autograder.sandbox.nursery import Nursery, ZygoteError, why_not
from autograder.sandbox.probe import Probe, probe
from autograder.sandbox.processes import Ends, Running, bare, bubblewrapped
from autograder.sandbox.usage import in_words, watched

SHARED = "autograder.execute.worker"
STUDENT = "autograder.execute.student"
TESTER = "autograder.execute.tester"
OWN_PROCESSES = 4
"""How many processes the sandbox itself needs of those that a submission may have."""


class SandboxUnavailable(RuntimeError):
    """There is less protection on this machine than was asked for, or than root needs."""


@dataclass
class Worker:
    """A started worker as its watcher sees it.

    Attributes
    ----------
    stdin, stdout, stderr : binary files
        The job goes in, reports come out, and what went wrong before the first report.
    reason : str
        Why the sandbox ended the worker, if it did.
    usage : Usage or None
        The time that its processes took so far, as last measured; None where that cannot be measured.
    """

    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]
    reason: str = ""
    usage: Usage | None = None


@dataclass(frozen=True)
class Launcher:
    """Starts the workers of one assignment.

    As a context it keeps a process ready from which they are forked, where the machine allows that;
    outside of the context, each worker is started by itself.

    Parameters
    ----------
    packages : tuple of str
        Importable packages that a notebook may use besides what is installed with Python.
    files : mapping of str to Path
        The instructor's files that stand beside the notebook, by name.
    require_sandbox : bool
        Refuse to start a worker that bubblewrap does not lock in.
    isolated : bool
        Run the tests in a process other than the student's.
    masked : tuple of str
        Modules that the student's process cannot import, because they hold the answers.
    trusted : bool
        Whether the code is the instructor's own, which may run even as root where there is no sandbox.
    preload : tuple of str
        Modules that the notebooks use, besides numpy, and that take long to import.
    private : tuple of Path
        Folders that stay invisible where they lie in one that workers see.

    Raises
    ------
    SandboxUnavailable
        On construction, if a sandbox is required and there is none, or if students' code would run as root.
    ValueError
        On construction, if a package or a masked module does not exist, or a private folder cannot be hidden.
    """

    packages: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    require_sandbox: bool = False
    isolated: bool = False
    masked: tuple[str, ...] = ()
    trusted: bool = False
    preload: tuple[str, ...] = ()
    private: tuple[Path, ...] = ()
    probe: Probe = field(default_factory=probe)
    _nurseries: dict[str, Nursery] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.probe.kind == "none":
            if self.require_sandbox:
                raise SandboxUnavailable(
                    f"a sandbox is required, but {self.probe.reason}. `autograder doctor` says how to get one; "
                    "`autograder grade --sandbox=off` or c.Autograder.require_sandbox = False trusts the submissions"
                )
            if os.geteuid() == 0 and not self._changes_user and not self.trusted:
                why = (self.probe.changes_user and users.unreadable()) or "no other user can be had here"
                raise SandboxUnavailable(
                    f"students' code would run as root: there is no sandbox ({self.probe.reason}), and {why}. "
                    "Install bubblewrap, run this as an ordinary user, or put the project and its Python where "
                    "every user can read them (`autograder grade --sandbox=off` trusts the submissions instead)"
                )
        visible = self._visible()
        if self.probe.kind != "none":
            place.covers(self.private, visible)
        masks.check(self.masked)

    def __enter__(self) -> Launcher:
        code = [*surroundings.own_code(), *surroundings.package_paths(self.packages)]
        surroundings.compile_modules(code, self.private)
        if not why_not(self.probe):
            alike: dict[tuple[str, ...], list[str]] = {}
            for module in (STUDENT, TESTER) if self.isolated else (SHARED,):
                alike.setdefault(self._masked_for(module), []).append(module)
            for masked, modules in alike.items():
                loaded = (*preload.ALWAYS, *self.preload, *modules)
                nursery = Nursery(self.probe, self._view(masked), self._all_files(), loaded)
                nursery.start()
                self._nurseries.update(dict.fromkeys(modules, nursery))
        return self

    def __exit__(self, *error: object) -> None:
        for nursery in set(self._nurseries.values()):
            nursery.close()
        self._nurseries.clear()

    def in_one_process(self) -> Launcher:
        """Return a launcher of workers in which answers and tests share a process.

        It forks them from what this one keeps ready, so it works as long as this one is entered, and is not
        entered itself.
        """
        if not self.isolated:
            return self
        shared = replace(self, isolated=False, masked=())
        if TESTER in self._nurseries:  # whose workers see every module, as these do
            shared._nurseries[SHARED] = self._nurseries[TESTER]
        return shared

    @property
    def _changes_user(self) -> bool:
        """Whether workers run under another user."""
        return self.probe.changes_user and (self.probe.kind != "none" or not users.unreadable())

    @contextlib.contextmanager
    def __call__(self, limit: Limits) -> Iterator[Worker]:
        """Run a worker under these limits; on leaving, end it with all that it started."""
        with contextlib.ExitStack() as stack:
            jobs, to_worker = _pipe(stack)
            reports, from_worker = _pipe(stack)
            errors, complaints = _pipe(stack)
            worker = Worker(to_worker, reports, errors)
            ends = Ends(jobs.fileno(), from_worker.fileno(), complaints.fileno())
            if self.isolated:
                one, other = (stack.enter_context(end) for end in socket.socketpair())
                student = Ends(other.fileno(), other.fileno(), complaints.fileno())
                tester = Ends(ends.stdin, ends.stdout, ends.stderr, one.fileno())
                running = [self._start(stack, STUDENT, limit, student), self._start(stack, TESTER, limit, tester)]
                one.close()
                other.close()
            else:
                running = [self._start(stack, SHARED, limit, ends)]
            for end in (jobs, from_worker, complaints):
                end.close()

            def too_much() -> None:
                worker.reason = f"the submission used more than {in_words(limit.memory_bytes)} of memory"
                for one in running:
                    one.stop()

            def used(usage: Usage) -> None:
                worker.usage = usage

            if sys.platform == "linux":
                used(Usage())
                stack.enter_context(watched([one.root for one in running], limit.memory_bytes, too_much, used))
            yield worker

    def _start(self, stack: contextlib.ExitStack, module: str, limit: Limits, ends: Ends) -> Running:
        """Run a module with these files until the stack is left."""
        user = stack.enter_context(users.own_user()) if self._changes_user else None
        masked = self._masked_for(module)
        locked_in = self.probe.kind == "bubblewrap"
        spec = Spec(
            module,
            limit.memory_bytes,
            limit.file_bytes,
            self._most_processes(limit, user),
            user,
            () if locked_in else masked,
            secret=module == TESTER,
            frozen=module == TESTER and not locked_in and user is None,
        )
        if module in self._nurseries:
            with contextlib.suppress(ZygoteError):
                return stack.enter_context(self._nurseries[module].worker(spec, ends))
        if locked_in:
            return stack.enter_context(bubblewrapped(self.probe, spec, ends, self._view(masked), self._all_files()))
        return stack.enter_context(bare(spec, ends, self._all_files()))

    def _masked_for(self, module: str) -> tuple[str, ...]:
        return () if module == TESTER else self.masked

    def _all_files(self) -> dict[str, Path]:
        return {**self.files, **(surroundings.font_cache() if self.preload else {})}

    def _view(self, masked: tuple[str, ...]) -> masks.View:
        """Return what a worker sees of this machine."""
        visible = self._visible()
        return replace(masks.view(visible, masked), covered=place.covers(self.private, visible))

    def _visible(self) -> list[Path]:
        """Return the files and folders that keep their place for a worker."""
        own = [*bubblewrap.system(), *surroundings.python(), *surroundings.own_code()]
        return [*own, *surroundings.package_paths(self.packages)]

    def _most_processes(self, limit: Limits, user: int | None) -> int | None:
        """Return how many processes the worker's user may have."""
        if user is not None or self.probe.counts_processes:
            return limit.processes + OWN_PROCESSES
        if sys.platform != "linux" or os.geteuid() == 0:
            return None  # it would have no effect
        return limit.processes + users.number_of_processes()


def _pipe(stack: contextlib.ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    """Return the two ends of a pipe, closed with the stack."""
    reading, writing = os.pipe()
    ends = cast(tuple[IO[bytes], IO[bytes]], (os.fdopen(reading, "rb", 0), os.fdopen(writing, "wb")))
    for end in ends:
        stack.callback(_close, end)
    return ends


def _close(end: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):
        end.close()
