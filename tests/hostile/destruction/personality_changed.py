"""The layout of memory is made predictable for the next program.

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


if call((135, 92), ctypes.c_long(0x0040000)) >= 0:
    print("velvet" + "_ocelot: this should not work", "it does")
