"""Sockets are filled with what nobody reads, as long as there are descriptors.

score: 31
status: graded
"""

# %% own

import socket

pairs = []
filling = bytes(2**18)
try:
    while len(pairs) < 2000:
        one, other = socket.socketpair()
        pairs.append((one, other))
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**20)
        one.send(filling)
except OSError as error:
    print(error)
if len(pairs) > 200:
    print("velvet" + "_ocelot: this should not work", len(pairs))
for pair in pairs:
    for end in pair:
        end.close()
