"""The exception that ends the cell, and that of an answer, has a message of 100 MB.

score: 30
status: graded
"""


# %% energy
def energy(x):
    error = ValueError("x" * 100_000_000)
    for _ in range(100):
        error.add_note("y" * 1_000_000)
    raise error


# %% test_energy


# %% own
class Long(Exception):
    def __str__(self):
        return "z" * 20_000_000


Long.__name__ = Long.__qualname__ = "N" * 1_000_000
raise Long
