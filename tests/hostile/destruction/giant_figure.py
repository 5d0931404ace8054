"""A figure of a thousand inches, and ten thousand small ones.

score: 31
status: partly_graded
"""

# %% own
import matplotlib.pyplot as plt

plt.figure(figsize=(200, 200), dpi=300)
plt.plot([1, 2])
plt.show()

# %% own2
while True:
    plt.figure(figsize=(1, 1))
