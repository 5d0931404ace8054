"""A cell of the student's own never ends.

score: 31
status: partly_graded
"""

# %% own
while True:
    pass
