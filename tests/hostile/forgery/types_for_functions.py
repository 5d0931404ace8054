"""Built-in types stand where functions and classes are asked for: they cross the wall as themselves.

score: 0
status: graded
others: wrong
"""

# %% energy
energy = np.float64

# %% center
center = list

# %% sample_mean
sample_mean = bytes

# %% momentum
Momentum = dict

# %% pipeline
compose = set
batches = np.ndarray
