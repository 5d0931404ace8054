"""The process crashes at once, every time it gets to this cell.

score: 30
status: partly_graded
"""

# %% energy
import os

os.abort()
