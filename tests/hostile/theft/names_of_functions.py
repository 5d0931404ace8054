"""The names of the test's own functions, and what else is known of them, are told.

score: 31
status: graded
"""

# %% own
seen = []


# %% sample_mean
def sample_mean(f, n, rng):
    for name in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__", "__signature__"):
        seen.append(getattr(f, name, None))
    seen.append((repr(f), str(f), vars(f)))
    return float(np.mean(f(rng.normal(size=n))))


# %% test_sample_mean

# %% late
print(seen)
raise RuntimeError(str(seen))
