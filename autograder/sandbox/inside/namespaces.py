"""Namespaces and file systems of its own for each submission, inside the sandbox of the zygote."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
from collections.abc import Mapping

from autograder.sandbox.inside import syscalls
from autograder.sandbox.inside.confine import become

KEYS = "/proc/keys"
"""The kernel's list of all keys that a user may see, the login's too; covered for workers."""
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_ALL_BUT_USER = (
    syscalls.CLONE_NEWNS
    | syscalls.CLONE_NEWPID
    | syscalls.CLONE_NEWNET
    | syscalls.CLONE_NEWIPC
    | syscalls.CLONE_NEWUTS
    | syscalls.CLONE_NEWCGROUP
)


def kinds(user: int | None) -> int:
    """Return the namespaces to fork into, with root's rights if the zygote has them, else with a user namespace's."""
    return _ALL_BUT_USER | (syscalls.CLONE_NEWUSER if user is None else 0)


def settle(
    user: int | None, outside: tuple[int, int], scratch: Mapping[str, int], files: Mapping[str, str], home: str
) -> None:
    """Make file systems of one's own and give up the right to make any more; called by the first process in there.

    Parameters
    ----------
    user : int or None
        The user to become, for a zygote that runs as root.
    outside : tuple of int
        User and group of the zygote, which no longer have a number here where a user namespace is new.
    scratch : mapping of str to int
        Folders that can be written, and their sizes in bytes.
    files : mapping of str to str
        Name in the home folder to the file to show there, read-only.
    home : str
        The home folder, one of `scratch`.
    """
    if user is None:
        _be_oneself(*outside)
    syscalls.mount("none", "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    owner = os.getuid() if user is None else user
    guarded = syscalls.MS_NOSUID | syscalls.MS_NODEV
    for folder, size in scratch.items():
        syscalls.mount("tmpfs", folder, "tmpfs", guarded, f"size={size},mode=0755,uid={owner},gid={_group(user)}")
    syscalls.mount("proc", "/proc", "proc", guarded | syscalls.MS_NOEXEC)
    if os.path.exists(KEYS):
        syscalls.mount("/dev/null", KEYS, None, syscalls.MS_BIND)
    terminals = "newinstance,ptmxmode=0666,mode=0620"
    syscalls.mount("devpts", "/dev/pts", "devpts", syscalls.MS_NOSUID | syscalls.MS_NOEXEC, terminals)
    for name, source in files.items():
        _show(source, home, name, owner, _group(user))
    _raise_loopback()
    os.chdir(home)
    if user is not None:
        syscalls.forbid_capabilities()
        become(user)
        _own_user_namespace()
    with contextlib.suppress(OSError):  # not every kernel has it
        _write("/proc/sys/user/max_user_namespaces", "0")


def _group(user: int | None) -> int:
    return os.getgid() if user is None else user


def _own_user_namespace() -> None:
    """Enter a user namespace in which nobody else exists."""
    user, group = os.getuid(), os.getgid()
    syscalls.unshare(syscalls.CLONE_NEWUSER)
    _be_oneself(user, group)


def _be_oneself(user: int, group: int) -> None:
    """Have the numbers of a user and a group mean the same in a new user namespace."""
    syscalls.set_dumpable(True)  # or the files of this process in /proc are root's
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def _show(source: str, home: str, name: str, owner: int, group: int) -> None:
    """Show a file in the home folder, in folders that belong to its owner."""
    folder = home
    for part in os.path.dirname(name).split("/"):
        folder = os.path.join(folder, part)
        if not os.path.isdir(folder):
            os.mkdir(folder, 0o755)
            os.chown(folder, owner, group)
    target = os.path.join(home, name)
    with open(target, "w"):
        pass
    syscalls.mount(source, target, None, syscalls.MS_BIND)


def _raise_loopback() -> None:
    """Switch on the network's way back to oneself, the only one there is."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        flags = struct.unpack("16sh14x", answer)[1] | _IFF_UP
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags))


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
