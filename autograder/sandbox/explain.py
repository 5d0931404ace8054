"""The state of this machine's sandbox in words: what it does, what it does not, and how to get a better one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from autograder.sandbox import users
from autograder.sandbox.nursery import why_not
from autograder.sandbox.probe import COUNTS_BY_NAMESPACE, Probe, probe

State = Literal["ok", "better", "broken"]

APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
CLONE = Path("/proc/sys/kernel/unprivileged_userns_clone")
NAMESPACES = Path("/proc/sys/user/max_user_namespaces")
PROFILE = "bwrap-userns-restrict"
"""Ubuntu's own; 25.04 and later have it in place."""


def explain() -> Iterator[tuple[str, State, str]]:
    """Yield findings on the sandbox: a topic, its state, and a sentence."""
    found = probe()
    if found.kind == "none":
        yield "sandbox", "better", f"none: {found.reason}; {_without(found)}"
        for remedy in remedies():
            yield "sandbox", "better", remedy
    else:
        yield "sandbox", "ok", f"bubblewrap works ({found.path})"
        reason = why_not(found)
        yield (
            ("forking", "better", f"each worker is started by itself, some tenths of a second slower: {reason}")
            if reason
            else ("forking", "ok", "workers are forked from a process that is ready, in namespaces of their own")
        )
    yield _user(found)
    yield _processes(found)
    memory = "the memory of a submission's processes together is watched"
    yield ("memory", "ok", memory) if sys.platform == "linux" else ("memory", "better", "only bounded on Linux")


def remedies() -> Iterator[str]:
    """Yield the remedies for what keeps bubblewrap from working, as far as this machine shows it."""
    if os.geteuid() != 0 and _holds(APPARMOR, "1"):
        yield (
            "AppArmor keeps programs from making user namespaces (Ubuntu 24.04 and later). Allow it to bubblewrap: "
            "sudo apt-get install apparmor-profiles && "
            f"sudo cp /usr/share/apparmor/extra-profiles/{PROFILE} /etc/apparmor.d/ && "
            f"sudo apparmor_parser -r /etc/apparmor.d/{PROFILE}"
        )
    if os.geteuid() != 0 and _holds(CLONE, "0"):
        yield "users may not make namespaces here; allow it: sudo sysctl -w kernel.unprivileged_userns_clone=1"
    if _holds(NAMESPACES, "0"):
        yield "no user namespaces are allowed here; allow some: sudo sysctl -w user.max_user_namespaces=10000"
    if in_container():
        yield (
            "this is a container, which by default may not make namespaces. Start it with `docker run --security-opt "
            "seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined` "
            "(for root also --cap-add SYS_ADMIN), or grade outside of it"
        )


def in_container() -> bool:
    """Whether this looks like the inside of Docker, Podman or Kubernetes."""
    marks = (Path("/.dockerenv"), Path("/run/.containerenv"))
    return any(mark.exists() for mark in marks) or "KUBERNETES_SERVICE_HOST" in os.environ


def _without(found: Probe) -> str:
    if os.geteuid() != 0:
        return (
            "students' code can read your files, modules that hold the answers among them (they can only be kept from "
            "being imported), use the network and outlive grading"
        )
    if found.changes_user and not users.unreadable():
        return "students' code runs as another user, but can read what all users can, and use the network"
    return f"grading as root is refused: {users.unreadable() or 'no other user can be had here'}"


def _user(found: Probe) -> tuple[str, State, str]:
    if os.geteuid() != 0:
        return "user", "ok", "students' code runs as you, without any right inside the sandbox"
    if found.changes_user and (found.kind != "none" or not users.unreadable()):
        return "user", "ok", f"as root, students' code runs as users {users.FIRST} to {users.LAST}"
    return "user", "better", "students' code would run as root: run the autograder as an ordinary user"


def _processes(found: Probe) -> tuple[str, State, str]:
    if found.counts_processes:
        return "processes", "ok", "the number of processes is bounded for each submission by itself"
    if os.geteuid() == 0:
        return "processes", "better", "the number of processes is not bounded: it never is for root"
    since = ".".join(map(str, COUNTS_BY_NAMESPACE))
    return (
        "processes",
        "better",
        "the number of processes is bounded for all that you run together, so that submissions can disturb each other; "
        f"for each by itself it takes bubblewrap and Linux {since} or later",
    )


def _holds(path: Path, value: str) -> bool:
    try:
        return path.read_text().strip() == value
    except OSError:
        return False
