"""Exceptions in groups in groups, and a chain of a thousand causes.

score: 30
status: graded
"""


# %% energy
def energy(x):
    error = ValueError("first")
    for number in range(1000):
        following = KeyError(number)
        following.__cause__ = error
        error = ExceptionGroup("group", [following]) if number % 50 == 0 else following
    raise error
