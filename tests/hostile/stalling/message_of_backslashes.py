"""An answer raises a message of nothing but backslashes, which a search for secret lines reads.

score: 30
status: graded
"""


# %% energy
def energy(x):
    raise ValueError("\\" * 9_000)
