"""What lies over hidden folders is unmounted, and other file systems are mounted or opened.

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


for target in (b"/tmp", b"/home/student", b"/proc", b"/usr", b"/"):
    if call((166, 39), target, 2) == 0:
        print("velvet" + "_ocelot: this should not work", target)
if call((165, 40), b"none", b"/tmp", b"tmpfs", 0, None) == 0 or call((430, 430), b"tmpfs", 0) >= 0:
    print("velvet" + "_ocelot: this should not work", "mounted")
if call((428, 428), -100, b"/", 1) >= 0:
    print("velvet" + "_ocelot: this should not work", "a copy of the tree")
