"""Every cell sleeps nearly as long as a cell may take by the clock, so that the notebook takes longer than a notebook may.

score: 0
status: partly_graded
others: wrong
"""

# %% own1
import time

time.sleep(5.2)
# %% own2
time.sleep(5.2)
# %% own3
time.sleep(5.2)
# %% own4
time.sleep(5.2)
# %% own5
time.sleep(5.2)
# %% own6
time.sleep(5.2)
# %% own7
time.sleep(5.2)
# %% own8
time.sleep(5.2)
# %% own9
time.sleep(5.2)
# %% own10
time.sleep(5.2)
