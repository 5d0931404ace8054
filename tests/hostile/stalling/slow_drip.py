"""Every cell takes as long as a cell may, so that the notebook takes longer than a notebook may.

score: 0
status: partly_graded
others: wrong
"""

# %% own1
import time

time.sleep(1.7)
# %% own2
time.sleep(1.7)
# %% own3
time.sleep(1.7)
# %% own4
time.sleep(1.7)
# %% own5
time.sleep(1.7)
# %% own6
time.sleep(1.7)
# %% own7
time.sleep(1.7)
# %% own8
time.sleep(1.7)
# %% own9
time.sleep(1.7)
# %% own10
time.sleep(1.7)
