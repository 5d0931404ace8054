"""A computation in C, which Python cannot interrupt: a power of a million digits, a regular expression.

score: 28
status: partly_graded
"""

# %% energy
import re


def energy(x):
    return 7 ** (7**9) % 10


# %% center
def center(X):
    return re.match(r"(a+)+$", "a" * 60 + "b")
