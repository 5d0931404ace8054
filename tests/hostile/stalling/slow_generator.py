"""The generator gives each of its parts just before anybody loses patience.

score: 15
status: partly_graded
"""

# %% pipeline
import time


def compose(*functions):
    return lambda x: x


def batches(X, size):
    for _ in range(1000):
        time.sleep(0.4)
        yield X[:size]


compose = (lambda right: right)(compose)


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x

    return composed
