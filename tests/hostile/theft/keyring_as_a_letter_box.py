"""Answers are left in every keyring for the next submission, and looked for there.

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


for ring in (-1, -2, -3, -4, -5):
    if call((250, 219), 10, ring, b"user", b"letters", 0) > 0:
        print("velvet" + "_ocelot: this should not work", ring)
    if call((248, 217), b"user", b"letters", b"my answers", 10, ring) > 0:
        print("velvet" + "_ocelot: this should not work", ring)
