"""Find out how well this machine can lock a worker in."""

from __future__ import annotations

import functools
import shutil
import subprocess
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Probe:
    """What was found: `kind` is the sandbox that works here, `reason` says why it is not a better one."""

    kind: Literal["bubblewrap", "none"]
    path: str = ""
    reason: str = ""


@functools.cache
def probe() -> Probe:
    """Try bubblewrap on a harmless command.

    Returns
    -------
    Probe
        Of kind "bubblewrap" only if it really started a process in namespaces of its own.
    """
    path = shutil.which("bwrap")
    if path is None:
        return Probe("none", reason="bubblewrap is not installed (Debian, Ubuntu: apt-get install bubblewrap)")
    trial = [path, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc"]
    trial += ["--dev", "/dev", "--tmpfs", "/tmp", "true"]
    try:
        result = subprocess.run(trial, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Probe("none", path, f"bubblewrap does not start: {error}")
    if result.returncode != 0:
        hint = ""
        if "uid map" in result.stderr or "Operation not permitted" in result.stderr:
            hint = " (are unprivileged user namespaces allowed? Ubuntu 24.04 and later restrict them by AppArmor)"
        return Probe("none", path, f"bubblewrap fails here: {result.stderr.strip()}{hint}")
    return Probe("bubblewrap", path)
