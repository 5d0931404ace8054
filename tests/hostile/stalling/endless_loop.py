"""An answer never returns.

score: 30
status: partly_graded
"""


# %% energy
def energy(x):
    while True:
        pass
