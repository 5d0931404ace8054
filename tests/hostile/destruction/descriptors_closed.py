"""Every descriptor of the process is closed.

score: 31
status: partly_graded
"""

# %% own
import os

os.closerange(0, 4096)
