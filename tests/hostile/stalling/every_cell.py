"""Every answer and ten cells more never end: each costs its own time, and together all there is.

score: 0
status: partly_graded
others: wrong
"""

# %% own1
while True:
    pass
# %% own2
while True:
    pass
# %% own3
while True:
    pass
# %% own4
while True:
    pass
# %% own5
while True:
    pass
# %% own6
while True:
    pass
# %% own7
while True:
    pass
# %% own8
while True:
    pass
# %% own9
while True:
    pass
# %% own10
while True:
    pass
