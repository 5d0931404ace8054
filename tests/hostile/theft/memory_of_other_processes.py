"""The memory of the parent and of all other processes is read by the calls of debuggers.

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

room = ctypes.create_string_buffer(8)
local = (ctypes.c_size_t * 2)(ctypes.addressof(room), 8)
for name in filter(str.isdigit, os.listdir("/proc")):
    if int(name) == os.getpid():
        continue
    if call((101, 117), 16, int(name), None, None) == 0:  # PTRACE_ATTACH
        print("velvet" + "_ocelot: this should not work", name)
    far = (ctypes.c_size_t * 2)(0x400000, 8)
    if call((310, 270), int(name), local, ctypes.c_long(1), far, ctypes.c_long(1), 0) > 0:
        print("velvet" + "_ocelot: this should not work", name)
