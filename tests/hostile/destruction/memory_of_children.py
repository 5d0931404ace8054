"""Six child processes take 400 MB each: each is within a limit for one process, not all together.

score: 30
status: partly_graded
score without bubblewrap: 31
status without bubblewrap: graded
why without bubblewrap: only the memory of each process is limited there
"""

# %% energy
import os
import time

for _ in range(6):
    if os.fork() == 0:
        hoard = np.ones(400 * 2**20, np.uint8)
        time.sleep(20)
        os._exit(0)
time.sleep(1.5)


def energy(x):
    return x * x / 2 + 3 * x
