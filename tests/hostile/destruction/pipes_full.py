"""Pipes are made as large as they can be and filled, as long as there are descriptors.

score: 31
status: graded
"""

# %% own

import fcntl
import os

pipes, held = [], 0
try:
    while len(pipes) < 2000:
        reading, writing = os.pipe2(os.O_NONBLOCK)
        pipes.append((reading, writing))
        try:
            fcntl.fcntl(writing, 1031, 2**20)
        except OSError:
            pass
        held += os.write(writing, bytes(2**20))
except OSError as error:
    print(error, held)
if len(pipes) > 200:
    print("velvet" + "_ocelot: this should not work", len(pipes))
for pair in pipes:
    for end in pair:
        os.close(end)
