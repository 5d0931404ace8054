"""Set limits and give up rights: the last steps before untrusted code runs."""

from __future__ import annotations

import os
import resource
import sys

from autograder.sandbox.inside.spec import Spec

LINUX = sys.platform == "linux"
if LINUX:
    from autograder.sandbox.inside import seccomp, syscalls

DESCRIPTORS = 256
"""How many a process may have open: pipes and sockets hold data that is in no process's account."""


def confine(spec: Spec) -> None:
    """Apply the limits, leave the keyring, become the other user, drop all capabilities, and filter system calls."""
    _limit(resource.RLIMIT_AS, spec.memory_bytes)
    _limit(resource.RLIMIT_FSIZE, spec.file_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, DESCRIPTORS)
    if LINUX:
        syscalls.leave_keyring()
        syscalls.forbid_capabilities()
    if spec.user is not None:
        become(spec.user)
    if spec.processes is not None:
        _limit(resource.RLIMIT_NPROC, spec.processes)
    if LINUX:
        syscalls.drop_capabilities()
        syscalls.set_dumpable(not spec.secret)  # anew, since a change of user switches it off
        # Without a PID namespace nothing else ends the worker when its parent is killed.
        syscalls.die_with_parent()
        seccomp.install()


def become(user: int) -> None:
    """Become another user, in no group but one of the same number."""
    if os.getuid() == user:
        return
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(kind, (ceiling, ceiling))
    except (OSError, ValueError):
        if LINUX:  # macOS does not know every limit
            raise
