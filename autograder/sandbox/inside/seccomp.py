"""Refuse the system calls that no notebook needs, by a filter that the kernel runs at each call.

The filter is a program of classic BPF, the kernel's little machine with one register
(``Documentation/userspace-api/seccomp_filter.rst``): load a word of the call's description, compare, jump
forward, return a verdict. It holds for all that the process starts, and nothing can take it off again.
What is refused widens what can be attacked in the kernel, reaches past the sandbox, or takes memory that
is counted nowhere. `numpy`, threads, `multiprocessing` and matplotlib use none of it.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
import struct

from autograder.sandbox.inside import syscalls

X86_64, AARCH64 = 0xC000003E, 0xC00000B7
"""How the kernel writes the two architectures (``AUDIT_ARCH_...`` in ``linux/audit.h``)."""
MACHINES = {"x86_64": (X86_64, 0), "aarch64": (AARCH64, 1)}
"""Name of a machine to its architecture and the place of its numbers in `REFUSED`."""

REFUSED: dict[str, tuple[int | None, int | None]] = {
    # keys of the kernel
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # memory in no process's account: files without a name, segments, queues and semaphores of System V
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190),
    # large and rarely used parts of the kernel
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "userfaultfd": (323, 282), "bpf": (321, 280), "perf_event_open": (298, 241),
    "fanotify_init": (300, 262), "fanotify_mark": (301, 263),
    "personality": (135, 92), "modify_ldt": (154, None), "iopl": (172, None), "ioperm": (173, None),
    "migrate_pages": (256, 238), "move_pages": (279, 239),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    # namespaces, mounts, files by handle
    "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51), "pivot_root": (155, 41),
    "mount": (165, 40), "umount2": (166, 39), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "open_tree_attr": (467, 467),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    # the machine itself
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "reboot": (169, 142), "swapon": (167, 224),
    "swapoff": (168, 225), "acct": (163, 89), "syslog": (103, 116), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "sethostname": (170, 161), "setdomainname": (171, 162),
}  # fmt: skip
"""Name of a refused call to its number on x86_64 and on aarch64, None where there is no such call."""

CLONE, SOCKET, CLONE3 = (56, 220), (41, 198), 435
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, 16)
"""Sockets that may be made; 16 is the kernel's own (netlink). Some others, such as AF_VSOCK, know no namespaces."""
NEW_NAMESPACES = 0x7E020000
"""The flags of ``clone`` that make a namespace of any kind."""
X32 = 0x40000000
"""Numbers from here on are a second set of x86_64's calls, which would go past a filter of the first."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Places in ``struct seccomp_data``; of an argument, its lower half: both machines are little-endian."""
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


def program(machine: str) -> bytes:
    """Return the filter for a machine, "x86_64" or "aarch64", eight bytes an instruction.

    Raises
    ------
    KeyError
        For another machine.
    """
    architecture, place = MACHINES[machine]
    refuse = _step(_RETURN, _ERROR | errno.EPERM)
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),  # a call of 32-bit programs has other numbers
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, X32, 0, 1),
        refuse,
    ]
    for numbers in REFUSED.values():
        if numbers[place] is not None:
            steps += [_step(_EQUAL, numbers[place], 0, 1), refuse]
    # The flags of clone3 lie behind a pointer, where no filter can look; the C library then falls back on clone.
    steps += [_step(_EQUAL, CLONE3, 0, 1), _step(_RETURN, _ERROR | errno.ENOSYS)]
    steps += [
        _step(_EQUAL, CLONE[place], 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_ANY_BIT, NEW_NAMESPACES, 0, 1),
        refuse,
        _step(_RETURN, _ALLOW),
    ]
    steps += [_step(_EQUAL, SOCKET[place], 0, len(FAMILIES) + 2), _step(_LOAD, _FIRST_ARGUMENT)]
    steps += [_step(_EQUAL, family, len(FAMILIES) - index, 0) for index, family in enumerate(FAMILIES)]
    steps += [refuse, _step(_RETURN, _ALLOW)]
    return b"".join(steps)


def install() -> bool:
    """Filter the calls of this process from here on; False on a machine whose numbers are not known.

    Raises
    ------
    OSError
        If the kernel takes no filter.
    """
    if platform.machine() not in MACHINES:
        return False
    code = program(platform.machine())
    room = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(room)))
    syscalls.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(header))
    return True


def _step(code: int, value: int | None, if_true: int = 0, if_false: int = 0) -> bytes:
    """Return one instruction; the last two are how many to pass over after a comparison."""
    return struct.pack("HBBI", code, if_true, if_false, value)
