"""Sockets are made that no network namespace holds: to the host of a virtual machine, of raw packets.

score: 31
status: graded
"""

# %% own

import socket

for family in (40, 17, 38, 31, 44):  # AF_VSOCK, AF_PACKET, AF_ALG, AF_BLUETOOTH, AF_XDP
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind)
        except OSError:
            continue
        print("velvet" + "_ocelot: this should not work", family)
