"""Destructors, weak references and garbage that comes back to life act while the grader works.

score: 31
status: graded
"""

# %% own
import gc
import os
import sys


class Undead:
    def __init__(self):
        self.self = self

    def __del__(self):
        gc.collect()
        globals().setdefault("kept", []).append(self)
        raise SystemError("from a destructor")


for _ in range(1000):
    Undead()
gc.set_threshold(1, 1, 1)
gc.callbacks.append(lambda phase, info: None)
sys.setswitchinterval(1e-6)
