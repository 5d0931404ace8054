"""The generator of the answer never ends.

score: 15
status: partly_graded
"""


# %% pipeline
def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x

    return composed


def batches(X, size):
    while True:
        yield X[:size]
