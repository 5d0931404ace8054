"""The cell forks, and both processes go on with the notebook.

score: 31
status: graded
"""

# %% own
import os

os.fork()
