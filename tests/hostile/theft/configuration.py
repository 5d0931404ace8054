"""The course's configuration, its state folder and the manifest of known mistakes are read.

score: 31
status: graded
leaks without bubblewrap: yes
why without bubblewrap: nothing hides the course folder from a process of the same user
"""

# %% own
import os

for name in ("nbgrader_config.py", ".autograder/fortress/manifest.json", "solutions/fortress/fortress.ipynb", "."):
    path = os.path.join("__COURSE__", name)
    try:
        print(os.listdir(path) if os.path.isdir(path) else open(path).read())
    except OSError as error:
        print(error)
    try:
        descriptor = os.open("/proc/1/root" + path, os.O_PATH)
        print(os.fstat(descriptor))
    except OSError as error:
        print(error)
