"""The cell waits: for a lock, a pipe, a child, a signal, a connection.

score: 28
status: partly_graded
"""

# %% energy
import os
import socket


def energy(x):
    ours, theirs = os.pipe()
    return os.read(ours, 1)


# %% center
def center(X):
    return socket.socketpair()[0].recv(1)
