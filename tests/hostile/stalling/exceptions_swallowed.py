"""The loop catches everything that is thrown at it, and goes on.

score: 30
status: partly_graded
"""


# %% energy
def energy(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
