"""Half a report is written to every descriptor, and the rest never comes.

score: 30
status: partly_graded
"""

# %% energy
import os
import time


def energy(x):
    for descriptor in range(3, 64):
        try:
            os.set_blocking(descriptor, False)
            os.write(descriptor, b'{"done": {"key": 4, \x00\x00\x7f\xff')
        except OSError:
            pass
    time.sleep(60)
