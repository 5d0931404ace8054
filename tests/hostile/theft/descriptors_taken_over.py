"""Descriptors of other processes are taken over by the call that debuggers have for it.

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


import os

for name in filter(str.isdigit, os.listdir("/proc")):
    try:
        process = os.pidfd_open(int(name))
    except OSError:
        continue
    for number in range(10):
        if call((438, 438), process, number, 0) >= 0:
            print("velvet" + "_ocelot: this should not work", name, number)
    os.close(process)
