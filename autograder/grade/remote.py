"""What a worker of a cluster runs: it receives a release once, and then jobs, all as text.

Nothing here needs the course, a gradebook or nbgrader. A student's code runs in processes that this module
starts, in the same sandbox as on the coordinator's machine; what comes back is text in JSON, errors too.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import json
import platform
import signal
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from autograder.execute.session import WorkerError, execute
from autograder.plan import Job
from autograder.sandbox.launch import Launcher, SandboxUnavailable

UNUSED_SECONDS = 3600.0
"""A release for which no job came for so long, because its coordinator was killed, is put away by the next."""

_lock = threading.Lock()
_releases: dict[str, _Release] = {}


@dataclass
class _Release:
    """What was made ready for a release, and when it was last used."""

    launcher: Launcher
    put_away: ExitStack
    used: float = field(default_factory=time.monotonic)


def dask_setup(worker: Any) -> None:
    """Leave Ctrl-C, which a terminal sends to both, to the coordinator; for the workers that it has started itself."""
    with contextlib.suppress(ValueError):  # not in the main thread, which alone hears of it
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@functools.cache
def identity() -> str:
    """Return which version of the program this is, by its number and its code, and which Python runs it."""
    here = Path(__file__).resolve().parent.parent
    parts = [here / "plan.py", here / "fields.py", Path(__file__)]
    parts += sorted(path for name in ("execute", "sandbox") for path in (here / name).rglob("*.py"))
    digest = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in parts)).hexdigest()[:8]
    try:
        number = version("mlp-course")
    except PackageNotFoundError:
        number = "unknown"
    return f"{number} ({digest}, Python {'.'.join(platform.python_version_tuple()[:2])})"


def packed(options: Mapping[str, Any]) -> str:
    """Return what a worker needs of a release, from the options of `Launcher`: the contents of the files, too."""
    files = {name: base64.b64encode(path.read_bytes()).decode() for name, path in options["files"].items()}
    private = [str(path) for path in options["private"]]
    return json.dumps({**options, "files": files, "private": private})


def receive(digest: str, text: str, dask_worker: Any = None) -> str:
    """Make a release ready; return in JSON what keeps it from being used here, and which sandbox there is.

    Parameters
    ----------
    digest : str
        The name under which jobs ask for it.
    text : str
        From `packed`.
    dask_worker : distributed.Worker, optional
        Dask gives it: its folder takes the files.
    """
    with _lock:
        for name in [name for name, one in _releases.items() if one.used < time.monotonic() - UNUSED_SECONDS]:
            _releases.pop(name).put_away.close()
        if digest not in _releases:
            try:
                _releases[digest] = _ready(json.loads(text), getattr(dask_worker, "local_directory", None))
            except (SandboxUnavailable, ValueError, OSError) as error:
                return json.dumps({"problem": str(error) or type(error).__name__})
        return json.dumps({"problem": "", "sandbox": _releases[digest].launcher.probe.kind})


def run(digest: str, text: str) -> str:
    """Execute a job of a release that was received; return its outcome, or why there is none, in JSON."""
    release = _releases.get(digest)
    if release is None:  # this process was started anew
        return json.dumps({"missing": True})
    release.used = time.monotonic()
    try:
        outcome = execute(Job.from_json(text), release.launcher)
    except WorkerError as error:
        return json.dumps({"error": str(error)})
    except Exception as error:  # no exception travels: it would have to be unpickled
        return json.dumps({"error": f"{type(error).__name__}: {error}"})
    release.used = time.monotonic()
    return json.dumps({"outcome": outcome.to_dict()})


def forget(digest: str) -> None:
    """Put a release away: its run has ended."""
    with _lock:
        if release := _releases.pop(digest, None):
            release.put_away.close()


def _ready(options: dict[str, Any], parent: str | None) -> _Release:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-", dir=parent)))
        files = {}
        for number, (name, content) in enumerate(options.pop("files").items()):
            files[name] = folder / str(number)
            files[name].write_bytes(base64.b64decode(content))
            files[name].chmod(0o644)
        private = tuple(map(Path, options.pop("private")))
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in options.items()
        }
        launcher = Launcher(**plain, files=files, private=private)
        stack.enter_context(launcher)
        return _Release(launcher, stack.pop_all())
