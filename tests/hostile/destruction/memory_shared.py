"""Segments of shared memory, queues and semaphores are made, which would outlive the process.

score: 31
status: graded
runs without bubblewrap: no
why without bubblewrap: they would stay until somebody removes them
"""

# %% own
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for key in range(1, 5000):
    if libc.shmget(0x5150 + key, 2**20, 0o1666) < 0:
        break
for key in range(1, 100):
    libc.msgget(0x5150 + key, 0o1666)
    libc.semget(0x5150 + key, 100, 0o1666)
