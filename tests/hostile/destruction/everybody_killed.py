"""Every process that may be signalled is killed: kill -1.

score: 31
status: graded
runs without bubblewrap: no
why without bubblewrap: without process numbers of its own it would reach every process of the user
"""

# %% own
import os
import signal

if len([entry for entry in os.listdir("/proc") if entry.isdigit()]) < 20:  # never where others live, too
    os.kill(-1, signal.SIGKILL)
