"""Limits are raised, priorities changed, namespaces made, file systems mounted and users become others.

score: 31
status: graded
runs as root without bubblewrap: no
why as root without bubblewrap: root may do some of it
"""

# %% own
import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
for kind in (
    resource.RLIMIT_AS,
    resource.RLIMIT_FSIZE,
    resource.RLIMIT_NPROC,
    resource.RLIMIT_CPU,
    resource.RLIMIT_CORE,
):
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError) as error:
        print(error)
for act in (
    lambda: os.nice(-20),
    lambda: os.setuid(0),
    lambda: os.setgroups([0]),
    lambda: os.chroot("/"),
    lambda: open("/proc/self/oom_score_adj", "w").write("-1000"),
    lambda: open("/proc/sys/kernel/core_pattern", "w").write("|/bin/false"),
    lambda: os.mknod("disk", 0o60666, os.makedev(8, 0)),
):
    try:
        print(act())
    except OSError as error:
        print(error)
print(libc.unshare(0x10000000 | 0x00020000), libc.mount(b"none", b".", b"tmpfs", 0, None), libc.ptrace(16, 1, 0, 0))
