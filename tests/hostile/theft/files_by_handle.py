"""Files are opened by their numbers on the disk, past all folders that hide them.

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


handle = ctypes.create_string_buffer(128)
handle[0] = 100
mount = ctypes.c_int()
if call((303, 264), -100, b"/usr", handle, ctypes.byref(mount), 0) == 0:
    print("velvet" + "_ocelot: this should not work", mount)
if call((304, 265), -100, handle, 0) >= 0:
    print("velvet" + "_ocelot: this should not work", "opened")
