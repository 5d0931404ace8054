"""Text without end on standard output and error, in the cell and in the answers.

score: 30
status: partly_graded
"""

# %% own
import os
import sys

for _ in range(3000):
    print("x" * 100_000)
    print("y" * 1000, file=sys.stderr)
for descriptor in (1, 2):
    for _ in range(100):
        os.write(descriptor, b"z" * 100_000)


# %% energy
def energy(x):
    while True:
        print("x" * 100_000)
