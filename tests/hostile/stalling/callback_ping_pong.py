"""The answer and the test's own functions call each other, deeper and deeper.

score: 15
status: graded
"""


# %% pipeline
def compose(*functions):
    def composed(x):
        return compose(composed, *functions)(x)

    return composed


def batches(X, size):
    return batches(X, size)
