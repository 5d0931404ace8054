"""Every folder that can be written is filled to the brim by several files, which are deleted but open.

score: 31
status: graded
runs without bubblewrap: no
why without bubblewrap: folders are the machine's own, and only the size of one file is bounded
"""

# %% own

import os

held = 0
for folder in ("/tmp", "/dev/shm", os.path.expanduser("~")):
    try:
        for number in range(20):
            file = os.open(f"{folder}/__MARK__{number}", os.O_RDWR | os.O_CREAT)
            os.unlink(f"{folder}/__MARK__{number}")
            for _ in range(10):
                held += os.write(file, bytes(10 * 2**20))
    except OSError as error:
        print(folder, error)
if held > 500 * 2**20:
    print("velvet" + "_ocelot: this should not work", held)
for number in range(3, 256):
    try:
        if "__MARK__" in os.readlink(f"/proc/self/fd/{number}"):
            os.close(number)
    except OSError:
        pass
