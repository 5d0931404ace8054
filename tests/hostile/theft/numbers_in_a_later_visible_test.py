"""What a hidden test called with is raised by another answer, in a visible test that quotes it.

score: 29
status: graded
inputs: yes
why: a function knows what it was called with, and its process lives on; inputs are no answers (docs/threat-model.md)
"""

# %% own
seen = []


# %% energy
def energy(x):
    seen.append(x)
    return x * x / 2 + 3 * x


# %% test_energy


# %% center
def center(X):
    raise ValueError(f"the numbers were {seen}")
