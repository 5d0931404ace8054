"""Start workers: the one place that knows both the programs to run and the sandbox around them."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from autograder.plan import Limits
from autograder.sandbox import bubblewrap, limits, masks
from autograder.sandbox.probe import Probe, probe

SHARED = "autograder.execute.worker"
STUDENT = "autograder.execute.student"
TESTER = "autograder.execute.tester"
PROGRAM = "autograder.sandbox.inside.program"


class SandboxUnavailable(RuntimeError):
    """A sandbox was required and there is none on this machine."""


@dataclass
class Worker:
    """A started worker as its watcher sees it.

    Attributes
    ----------
    stdin, stdout, stderr : binary files
        The job goes in, reports come out, and what went wrong before the first report.
    reason : str
        Why the sandbox ended the worker, if it did.
    """

    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]
    reason: str = ""


@dataclass(frozen=True)
class Launcher:
    """Starts the workers of one assignment.

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

    Raises
    ------
    SandboxUnavailable
        On construction, if a sandbox is required and there is none.
    ValueError
        On construction, if a masked module does not exist.
    """

    packages: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    require_sandbox: bool = False
    isolated: bool = False
    masked: tuple[str, ...] = ()
    probe: Probe = field(default_factory=probe)

    def __post_init__(self) -> None:
        if self.require_sandbox and self.probe.kind == "none":
            raise SandboxUnavailable(f"a sandbox is required, but {self.probe.reason}")
        masks.check(self.masked)

    @contextlib.contextmanager
    def __call__(self, limit: Limits) -> Iterator[Worker]:
        """Run a worker under these limits; on leaving, end it with all that it started."""
        with contextlib.ExitStack() as stack:
            jobs, to_worker = _pipe(stack)
            reports, from_worker = _pipe(stack)
            errors, complaints = _pipe(stack)
            if self.isolated:
                one, other = (stack.enter_context(end) for end in socket.socketpair())
                stack.enter_context(self._start(STUDENT, limit, (other.fileno(),) * 2 + (complaints.fileno(),)))
                descriptors = jobs.fileno(), from_worker.fileno(), complaints.fileno()
                stack.enter_context(self._start(TESTER, limit, descriptors, one.fileno()))
                one.close()
                other.close()
            else:
                stack.enter_context(
                    self._start(SHARED, limit, (jobs.fileno(), from_worker.fileno(), complaints.fileno()))
                )
            for end in (jobs, from_worker, complaints):
                end.close()
            yield Worker(to_worker, reports, errors)

    @contextlib.contextmanager
    def _start(
        self, module: str, limit: Limits, descriptors: tuple[int, int, int], peer: int | None = None
    ) -> Iterator[None]:
        """Run a module with these files as its standard input, output and error, and `peer` left open for it."""
        program = [sys.executable, "-I", "-S", str(Path(limits.__file__).resolve())]
        program += [str(limit.memory_bytes), str(limit.file_bytes)]
        program += [sys.executable, "-I", "-B", "-m", PROGRAM, module, *([] if peer is None else [str(peer)])]
        kept = () if peer is None else (peer,)
        masked = () if module == TESTER else self.masked
        files = {**self.files, **_font_cache()}
        if self.probe.kind == "bubblewrap":
            view = masks.view([*bubblewrap.system(), *_python(), *_package_paths(self.packages)], masked)
            environment = _environment(bubblewrap.HOME, "/tmp")
            command = bubblewrap.command(self.probe.path, program, view, files, environment)
            with _process(command, "/", {}, descriptors, kept):
                yield
            return
        with tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as home:
            for name, path in files.items():
                target = Path(home, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
            program += ["--masked", *masked] if masked else []
            with _process(program, home, _environment(home, home), descriptors, kept):
                yield


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


@contextlib.contextmanager
def _process(
    command: list[str],
    folder: str,
    environment: dict[str, str],
    descriptors: tuple[int, int, int],
    kept: tuple[int, ...],
) -> Iterator[None]:
    """Run a command in a session of its own, and kill the whole process group on leaving."""
    stdin, stdout, stderr = descriptors
    process = subprocess.Popen(
        command,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=folder,
        env=environment,
        start_new_session=True,
        pass_fds=kept,
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment(home: str, scratch: str) -> dict[str, str]:
    """Return the whole environment of a worker: nothing of the coordinator's leaks into it."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        "HOME": home,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "TMPDIR": scratch,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "IPYTHONDIR": f"{home}/.ipython",
        "NBGRADER_EXECUTION": "autograde",
        **threads,
    }


def _python() -> list[Path]:
    """Return the folders of the running Python and of its installed packages."""
    return [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]


def _package_paths(names: tuple[str, ...]) -> list[Path]:
    """Return the folders of the packages allowed, and of the worker's own code."""
    here = Path(__file__).resolve().parent.parent
    paths = [here / "__init__.py", here / "plan.py", here / "execute"]
    paths += [here / "sandbox" / name for name in ("__init__.py", "limits.py", "inside")]
    for name in names:
        spec = importlib.util.find_spec(name)
        if spec is None:
            raise ValueError(
                f"c.Autograder.packages lists {name!r}, which is not installed here: install it or remove it"
            )
        locations = spec.submodule_search_locations
        paths += [Path(place).resolve() for place in locations] if locations else [Path(str(spec.origin)).resolve()]
    return paths


def _font_cache() -> dict[str, Path]:
    """Return matplotlib's list of fonts, whose making costs seconds, under its name in the home folder."""
    from matplotlib import get_cachedir
    from matplotlib.font_manager import FontManager

    name = f"fontlist-v{FontManager.__version__}.json"
    path = Path(get_cachedir(), name)
    return {f".matplotlib/{name}": path} if path.exists() else {}
