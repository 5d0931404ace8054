"""The few system calls of Linux that Python 3.11 has no name for."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522
_MOST_CAPABILITIES = 64

_MADV_COLLAPSE = 25
_HUGE = 2 << 20

_CLONE = {"x86_64": 56, "aarch64": 220}
_KEYCTL = {"x86_64": 250, "aarch64": 219}
_JOIN_SESSION_KEYRING = 1

_libc = ctypes.CDLL(None, use_errno=True)
_python = ctypes.PyDLL(None, use_errno=True)
"""As `_libc`, for calls in which Python's interpreter lock is held."""


def fork(namespaces: int) -> int:
    """Fork as `os.fork` does, with the child in new namespaces: the first process in a new namespace of PIDs.

    This is for processes of one thread: what the C library does at a fork for the locks of other threads is left out.

    Parameters
    ----------
    namespaces : int
        The flags of ``clone`` that name them.

    Returns
    -------
    int
        The child's number; 0 in the child.

    Raises
    ------
    OSError
        If the kernel refuses it, or its number is not known here.
    """
    number = _CLONE.get(platform.machine())
    if number is None:
        raise OSError(errno.ENOSYS, f"the number of the call clone is known of {' and '.join(_CLONE)} only")
    arguments = [ctypes.c_long(one) for one in (number, namespaces | signal.SIGCHLD, 0, 0, 0, 0)]
    _python.PyOS_BeforeFork()
    child = int(_python.syscall(*arguments))
    refused = ctypes.get_errno()
    (_python.PyOS_AfterFork_Parent if child else _python.PyOS_AfterFork_Child)()
    if child < 0:
        raise OSError(refused, f"clone: {os.strerror(refused)}")
    return child


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` for new ones; for PIDs, the children do."""
    _checked(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Mount a file system, or change how one is mounted."""
    encoded = None if kind is None else kind.encode()
    result = _libc.mount(source.encode(), target.encode(), encoded, ctypes.c_ulong(flags), data.encode())
    _checked(result, f"mount {target}")


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends; a change of user undoes it."""
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def set_dumpable(dumpable: bool) -> None:
    """Say whether processes of the same user may look into this one."""
    prctl(_PR_SET_DUMPABLE, int(dumpable))


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ended."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def leave_keyring() -> None:
    """Go on with a session keyring of one's own: keys of the login that started this cannot be reached any more."""
    number = _KEYCTL.get(platform.machine())
    if number is not None:
        _libc.syscall(ctypes.c_long(number), ctypes.c_long(_JOIN_SESSION_KEYRING), None)
        # Where it fails, there are no keys, containers refuse all calls, or the user has no room for one more.


def forbid_capabilities() -> None:
    """Let no program that is started from here on have a capability, as far as this process may say so."""
    for capability in range(_MOST_CAPABILITIES):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # after the last one that this kernel has, or without the right to drop any


def drop_capabilities() -> None:
    """Give up all capabilities, and never gain any again."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(header, nothing), "capset")
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def collapse() -> None:
    """Put this process's own memory into huge pages where that can be done; each fork then copies a smaller table."""
    try:
        with open("/proc/self/maps") as maps:
            lines = [line.split() for line in maps]
    except OSError:
        return
    for addresses, rights, _, _, inode, *name in lines:
        if inode != "0" or not rights.startswith("rw") or name == ["[stack]"]:
            continue
        start, end = (int(one, 16) for one in addresses.split("-"))
        for page in range(-(-start // _HUGE) * _HUGE, end - _HUGE + 1, _HUGE):
            _libc.madvise(ctypes.c_void_p(page), ctypes.c_size_t(_HUGE), _MADV_COLLAPSE)  # an older kernel refuses it


def prctl(option: int, value: int, more: int = 0) -> None:
    """Change something about this process."""
    words = (ctypes.c_ulong(one) for one in (value, more, 0, 0))
    _checked(_libc.prctl(option, *words), f"prctl {option}")


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
