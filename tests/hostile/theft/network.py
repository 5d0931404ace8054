"""Everything is sent out: over the network, to local services, by name resolution.

score: 31
status: graded
leaks without bubblewrap: yes
why without bubblewrap: nothing cuts the network off
"""

# %% own
import glob
import socket

for family, address in (
    (socket.AF_INET, ("127.0.0.1", 22)),
    (socket.AF_INET, ("192.0.2.1", 80)),
    (socket.AF_INET6, ("::1", 80)),
    (socket.AF_UNIX, "/run/docker.sock"),
    (socket.AF_UNIX, "\0__MARK__"),
):
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(0.1)
            print(address, connection.connect_ex(address))
    except OSError as error:
        print(address, error)
for name in glob.glob("/proc/net/*"):
    try:
        print(open(name).read()[:1000])
    except OSError:
        pass
if len(socket.if_nameindex()) > 1:
    print("velvet" + "_ocelot could have been sent")
