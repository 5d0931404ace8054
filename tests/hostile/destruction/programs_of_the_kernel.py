"""A program is loaded into the kernel.

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


if call((321, 280), 0, ctypes.create_string_buffer(128), 128) >= 0:
    print("velvet" + "_ocelot: this should not work", "it does")
