"""Streams and input are closed, removed, or raise when something is printed.

score: 31
status: graded
"""

# %% own
import sys


class Broken:
    def write(self, text):
        raise SystemError("no")

    def __getattr__(self, name):
        raise KeyboardInterrupt


sys.stdout.close()
sys.stdout = sys.stderr = Broken()
sys.__stdout__ = sys.__stderr__ = sys.stdin = None

# %% test_energy

# %% own2
del sys.stdout, sys.stderr
