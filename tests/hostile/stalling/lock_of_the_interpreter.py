"""A call into C sleeps while it holds Python's global lock.

score: 30
status: partly_graded
"""

# %% energy
import ctypes


def energy(x):
    return ctypes.PyDLL(None).sleep(60)
