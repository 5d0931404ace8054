"""Destructors, exit handlers and threads that never end make the end of the process long.

score: 31
status: graded
"""

# %% own
import atexit
import threading
import time


class Slow:
    def __del__(self):
        time.sleep(60)


slow = Slow()
slow.self = slow
atexit.register(time.sleep, 60)
threading.Thread(target=time.sleep, args=(60,)).start()
