"""The process group, and with it the process itself, is killed.

score: 31
status: partly_graded
"""

# %% own
import os
import signal

os.killpg(0, signal.SIGKILL)
