"""Files are written everywhere until the disk is full, or a second has passed.

score: 31
status: graded
leaves without bubblewrap: yes
why without bubblewrap: only the size of each file is limited there
"""

# %% own
import os
import time

end = time.monotonic() + 1
block = bytes(10 * 2**20)
for place in (os.getcwd(), "/tmp", "/dev/shm", "/var/tmp"):
    for number in range(40):
        try:
            with open(f"{place}/__MARK__{number}", "wb") as file:
                file.write(block)
        except OSError:
            break
        if time.monotonic() > end:
            break
