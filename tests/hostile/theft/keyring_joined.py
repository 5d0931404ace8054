"""The session keyring of a name is joined, and the parent is given it.

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


if call((250, 219), 1, b"everybody") > 0 or call((250, 219), 18) == 0:  # JOIN_SESSION_KEYRING, SESSION_TO_PARENT
    print("velvet" + "_ocelot: this should not work", "joined")
