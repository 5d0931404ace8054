"""Memory that even the kernel does not see is asked for.

score: 31
status: graded
"""

# %% own
import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
second = platform.machine() == "aarch64"


def call(numbers, *arguments):
    return libc.syscall(ctypes.c_long(numbers[second]), *arguments)


if call((447, 447), 0) >= 0:
    print("velvet" + "_ocelot: this should not work", "memfd_secret")
