"""The test's own function is called for ever.

score: 27
status: partly_graded
"""


# %% sample_mean
def sample_mean(f, n, rng):
    while True:
        f(np.zeros(1))
