"""One file of many terabytes, most of it hole, and one of a gigabyte without holes.

score: 31
status: graded
"""

# %% own
import os

for name, size in (("holes", 2**43), ("full", 2**30)):
    try:
        with open(name, "wb") as file:
            if name == "holes":
                os.posix_fallocate(file.fileno(), 0, 2**33)
                file.truncate(size)
            else:
                for _ in range(200):
                    file.write(bytes(2**20))
    except OSError as error:
        print(error)
