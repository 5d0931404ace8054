"""Recursion without end, with the limit on its depth taken away.

score: 30
status: partly_graded
"""

# %% energy
import sys


def energy(x):
    sys.setrecursionlimit(2**31 - 1)
    return energy(x) + 1
