"""The process removes the folder in which it works, and everything else that is its own.

score: 31
status: graded
"""

# %% own
import os
import shutil

here = os.getcwd()
if here.startswith(("/tmp/", "/home/student", "__WORK__/tmp/")):
    shutil.rmtree(here, ignore_errors=True)
try:
    os.chdir("/")
    os.rmdir(here)
except OSError:
    pass
