"""The test cells hold tests that always pass.

score: 0
status: graded
others: wrong
"""

# %% test_energy
assert True

# %% test_center
2.0

# %% test_sample_mean
4.0

# %% test_momentum
None

# %% test_pipeline
16
