"""Run a command as a user without any rights, from tests that root runs."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

NOBODY_SPECIAL = 61999
ROOT = Path(__file__).resolve().parents[2]
NEEDED = (Path(sys.prefix), Path(sys.base_prefix), ROOT)


def reach() -> list[str]:
    """Return the start of a command that sees Python and this project though they lie in root's own folders."""
    locked = sorted({parent for path in NEEDED for parent in path.parents if not parent.stat().st_mode & 0o001})
    outermost = [folder for folder in locked if not any(other in folder.parents for other in locked)]
    if not outermost:
        return []
    command = [str(shutil.which("bwrap")), "--dev-bind", "/", "/"]
    for folder in outermost:
        command += ["--perms", "0755", "--tmpfs", str(folder)]
        for path in NEEDED:
            if path.is_relative_to(folder):
                inside = [parent for parent in reversed(path.parents) if parent.is_relative_to(folder)]
                for parent in inside:
                    command += ["--perms", "0755", "--dir", str(parent)]
                command += ["--ro-bind", str(path), str(path)]
    return [*command, "--"]


def become(user: int = NOBODY_SPECIAL) -> list[str]:
    """Return the start of a command that another user runs."""
    return [*reach(), "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
