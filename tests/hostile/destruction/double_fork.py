"""A daemon made by forking twice holds on to the channels of its parent.

score: 31
status: graded
leaves without bubblewrap: yes
why without bubblewrap: a process in a session of its own is not found again there
"""

# %% own
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
