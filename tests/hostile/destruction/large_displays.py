"""The cell of an answer shows as much as it may: four displays of almost two million characters each.

score: 31
status: graded
"""

# %% energy
from IPython.display import HTML, display

for letter in "abcd":
    display(HTML(letter * 1_900_000))


def energy(x):
    return x * x / 2 + 3 * x
