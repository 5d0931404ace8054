"""Find out how well this machine can lock a worker in."""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

from autograder.sandbox.bubblewrap import scratch
from autograder.sandbox.users import can_change_user

EVERYTHING = ("--unshare-all", "--unshare-user")
ALL_BUT_USERS = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
COUNTS_BY_NAMESPACE = (5, 14)
"""Since this Linux, a user's processes are counted for each user namespace."""


@dataclass(frozen=True)
class Probe:
    """What was found.

    Attributes
    ----------
    kind : {"bubblewrap", "none"}
        The sandbox that works here.
    path : str
        Path of bubblewrap, if it is installed.
    reason : str
        Why the sandbox is not a better one.
    options : tuple of str
        The namespaces that bubblewrap can make here, as its options.
    changes_user : bool
        Whether the coordinator is root and students' code runs under another user.
    """

    kind: Literal["bubblewrap", "none"]
    path: str = ""
    reason: str = ""
    options: tuple[str, ...] = EVERYTHING
    changes_user: bool = False

    @property
    def options_around_forks(self) -> tuple[str, ...]:
        """The options with which workers may make namespaces of their own."""
        return tuple(option for option in self.options if option != "--disable-userns")

    @property
    def counts_processes(self) -> bool:
        """Whether the number of processes can be bounded for each submission by itself."""
        if sys.platform != "linux":
            return False
        own_namespace = self.kind == "bubblewrap" and EVERYTHING[0] in self.options
        return self.changes_user or (own_namespace and os.geteuid() != 0 and _linux() >= COUNTS_BY_NAMESPACE)


@functools.cache
def probe() -> Probe:
    """Try bubblewrap on a harmless command.

    Returns
    -------
    Probe
        Of kind "bubblewrap" only if it really started a process in namespaces of its own.
    """
    changes_user = can_change_user()
    path = shutil.which("bwrap")
    if path is None:
        why = "bubblewrap is not installed (Debian, Ubuntu: apt-get install bubblewrap)"
        return Probe("none", reason=why, changes_user=changes_user)
    said = ""
    for options in _candidates(changes_user):
        said = _try(path, options)
        if not said:
            return Probe("bubblewrap", path, options=options, changes_user=options == ALL_BUT_USERS)
    hint = ""
    if "uid map" in said or "Operation not permitted" in said:
        hint = " (are unprivileged user namespaces allowed? Ubuntu 24.04 and later restrict them by AppArmor)"
    return Probe("none", path, f"bubblewrap fails here: {said}{hint}", changes_user=changes_user)


def _candidates(changes_user: bool) -> list[tuple[str, ...]]:
    """Return the sets of options to try, the safest first."""
    if os.geteuid() == 0:
        return [*([ALL_BUT_USERS] if changes_user else []), (*EVERYTHING, "--cap-drop", "ALL")]
    return [(*EVERYTHING, "--disable-userns"), EVERYTHING]


def _try(path: str, options: tuple[str, ...]) -> str:
    """Return what bubblewrap says against these options, "" if it works."""
    trial = [path, *options, "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc"]
    trial += ["--dev", "/dev", *scratch("/tmp", 2**20), "true"]
    try:
        result = subprocess.run(trial, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if result.returncode == 0 else result.stderr.strip() or f"exit status {result.returncode}"


def _linux() -> tuple[int, ...]:
    found = re.match(r"(\d+)\.(\d+)", platform.release())
    return tuple(map(int, found.groups())) if found else (0, 0)
