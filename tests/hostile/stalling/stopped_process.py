"""The process stops itself and waits for somebody who continues it.

score: 30
status: partly_graded
"""

# %% energy
import os
import signal


def energy(x):
    os.kill(os.getpid(), signal.SIGSTOP)
