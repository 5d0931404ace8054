"""An answer raises a message of thousands of places that are none.

score: 30
status: graded
"""


# %% energy
def energy(x):
    raise ValueError("(<cell 1" * 1_200 + "1" * 400)
