"""Counters of the processor are opened, which tell of other programs.

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


if call((298, 241), ctypes.create_string_buffer(b"\1\0\0\0\x70", 128), 0, -1, -1, 0) >= 0:
    print("velvet" + "_ocelot: this should not work", "it does")
