"""Threads that never end, as many as can be had.

score: 31
status: graded
"""

# %% own
import threading
import time

for _ in range(2000):
    try:
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
    except RuntimeError:
        break
