"""The shell's own methods wait for ever for a lock.

score: 0
status: partly_graded
"""

# %% own
import threading

lock = threading.Lock()
lock.acquire()
shell = get_ipython()
for name in ("run_cell", "_run_cell", "run_cell_async", "showtraceback", "transform_cell"):
    setattr(type(shell), name, lambda *args, **kwargs: lock.acquire())
