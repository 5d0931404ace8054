"""A user namespace is made, in which a program has every capability, by each call that can.

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

if call((272, 97), 0x10000000) == 0:
    print("velvet" + "_ocelot: this should not work", "unshare")
for flag in (0x10000000, 0x10000000 | 0x20000):
    child = call((56, 220), ctypes.c_long(flag | 17), None, None, None, None)
    if child == 0:
        os._exit(0)
    if child > 0:
        print("velvet" + "_ocelot: this should not work", "clone")
room = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, 17)
child = call((435, 435), room, ctypes.c_long(88))
if child == 0:
    os._exit(0)
if child > 0:
    print("velvet" + "_ocelot: this should not work", "clone3")
