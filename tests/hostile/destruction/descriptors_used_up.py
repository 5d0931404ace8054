"""Every descriptor that can be had is opened, and kept; then no module can be read any more.

score: 31
status: graded
"""

# %% own
import os

kept = []
try:
    while len(kept) < 100_000:
        kept.append(os.open("/dev/null", os.O_RDONLY))
except OSError as error:
    print(error)
