"""Answers raise what test runners take for a normal end or for a skipped test.

score: 0
status: graded
others: wrong
"""

# %% energy
import sys
import unittest


def energy(x):
    sys.exit(0)


# %% center
def center(X):
    raise unittest.SkipTest("not today")


# %% sample_mean
def sample_mean(f, n, rng):
    raise GeneratorExit


# %% momentum
class Momentum:
    def __init__(self, rate, momentum):
        raise KeyboardInterrupt


# %% pipeline
def compose(*functions):
    raise StopIteration(lambda x: x)


def batches(X, size):
    raise StopAsyncIteration
