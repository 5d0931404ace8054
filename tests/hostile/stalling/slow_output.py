"""One character after the other, so that something always seems to happen.

score: 31
status: partly_graded
"""

# %% own
import sys
import time

while True:
    print(".", end="", flush=True)
    sys.stderr.write("!")
    time.sleep(0.05)
