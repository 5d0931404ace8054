"""Page faults of the kernel are handled by the program, which holds the kernel up.

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


if call((323, 282), 1) >= 0:
    print("velvet" + "_ocelot: this should not work", "it does")
