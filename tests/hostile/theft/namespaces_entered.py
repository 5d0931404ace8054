"""The namespaces of other processes are entered.

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


import glob

for name in glob.glob("/proc/[0-9]*/ns/*"):
    try:
        with open(name) as file:
            if call((308, 268), file.fileno(), 0) == 0:
                print("velvet" + "_ocelot: this should not work", name)
    except OSError:
        pass
