"""Every process that may be signalled is stopped and never continued, when a test calls.

score: 31
status: graded
runs without bubblewrap: no
why without bubblewrap: without process numbers of its own it would reach every process of the user
"""

# %% energy
import os
import signal


def energy(x):
    try:
        if len([entry for entry in os.listdir("/proc") if entry.isdigit()]) < 20:
            os.kill(-1, signal.SIGSTOP)
    except ProcessLookupError:  # there is nobody else
        pass
    return x * x / 2 + 3 * x
