"""Segments of System V are filled and let go of, so that they are in no process.

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


libc.shmat.restype = ctypes.c_void_p
for number in range(30):
    segment = libc.shmget(0, 50 * 2**20, 0o1600)
    if segment < 0:
        break
    print("velvet" + "_ocelot: this should not work", segment)
    place = libc.shmat(segment, None, 0)
    ctypes.memset(place, 1, 50 * 2**20)
    libc.shmdt(ctypes.c_void_p(place))
    libc.shmctl(segment, 0, None)
