"""Files in memory without a name would hold more than the submission may use, in no process's account.

score: 31
status: graded
"""

# %% own

import os

block = b"x" * (10 * 2**20)
try:
    files = [os.memfd_create(str(number)) for number in range(30)]
    print(sum(os.write(file, block) for file in files for _ in range(5)))
    print("velvet" + "_ocelot: this should not work", "memfd_create")
except OSError as error:
    print(error)
